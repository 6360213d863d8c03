import { type Signal, signal } from "@preact/signals";
import { field } from "../../components/api/client.ts";
import type { LineSet } from "../../components/charts/lines.ts";

/** What a chart of lines shows, and that in a sentence. */
export interface LineSpec {
  readonly set: LineSet;
  readonly label: string;
}

const specs = new Map<string, Signal<LineSpec | null>>();

/** What has come for a chart since its page was made; `null` until then. */
export function newerSpec(id: string): Signal<LineSpec | null> {
  const known = specs.get(id) ?? signal<LineSpec | null>(null);
  specs.set(id, known);
  return known;
}

/** Has the charts of this page show what an answer holds for each of them, by its id. */
export function replaceSpecs(answer: unknown): void {
  for (const [id, known] of specs) {
    const spec = field(answer, id);
    if (isSpec(spec)) known.value = spec;
  }
}

function isSpec(value: unknown): value is LineSpec {
  return typeof field(value, "label") === "string" &&
    Array.isArray(field(field(value, "set"), "lines"));
}
