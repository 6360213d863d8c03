import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatBarTime } from "../../components/charts/candles_summary.ts";
import { type LineSet, lineTime } from "../../components/charts/lines.ts";
import { Icon } from "../../components/Icon.tsx";
import type { LineExplorer } from "./line_explorer.ts";
import { readPalette } from "./palette.ts";
import { SavePng } from "./SavePng.tsx";

export interface LineToolsProps {
  readonly id: string;
  readonly explorer: LineExplorer;
  readonly plot: RefObject<HTMLElement>;
  readonly height: number;
  /** Whether its amounts are hidden: then no picture of them is made either. */
  readonly isHidden: boolean;
}

function spanWords(set: LineSet): string {
  const words = (at: number) => formatBarTime(lineTime(set, at), set.barMs);
  return `${words(0)} – ${words(set.length - 1)}`;
}

/** What a chart of lines offers to those with scripts: out of the zoom again, and its picture. */
export function LineTools({ id, explorer, plot, height, isHidden }: LineToolsProps) {
  const [isReady, setReady] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => setReady(true), []);

  async function save() {
    setProblem(null);
    try {
      if (plot.current !== null) {
        await savePicture(explorer.shown.value, { id, plot: plot.current, height });
      }
    } catch (error) {
      // What draws pictures is loaded with the first one, and the server may be gone by then.
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <div class="line-tools">
      {explorer.isWhole
        ? null
        : (
          <button type="button" class="btn" data-size="s" onClick={() => explorer.reset()}>
            <Icon name="zoom" />
            <span class="span-words">{spanWords(explorer.shown.value)}</span>
            <span class="sr">, show everything</span>
          </button>
        )}
      {problem === null
        ? null
        : <span role="alert" class="hint" title={problem}>No picture could be made</span>}
      {isReady && !isHidden ? <SavePng onSave={save} /> : null}
    </div>
  );
}

async function savePicture(
  shown: LineSet,
  { id, plot, height }: {
    readonly id: string;
    readonly plot: HTMLElement;
    readonly height: number;
  },
): Promise<void> {
  const { linePicture } = await import("./line_picture.ts");
  const { downloadPng } = await import("./png.ts");
  const { clientWidth: width } = plot;
  const palette = readPalette(plot);
  await downloadPng(linePicture(shown, { width, height, palette }), {
    caption: { ...signature(plot, shown), fileName: `${id}.png` },
    palette,
  });
}

/** The words of a title without its badges. */
function wordsOf(title: Element | null): string {
  const parts = Array.from(title?.childNodes ?? [])
    .filter((node) => !(node instanceof Element && node.matches(".badge")));
  return parts.map(({ textContent }) => textContent ?? "").join("").trim();
}

/** What the panel is called and how it is signed: a picture says no less than its panel. */
function signature(plot: HTMLElement, shown: LineSet): { title: string; note: string } {
  const panel = plot.closest("section, .panel");
  const page = wordsOf(document.querySelector("h1"));
  const title = panel?.querySelector("h2, h3")?.textContent ?? "";
  const source = Array.from(
    panel?.querySelectorAll(".source > span") ?? [],
    (part) => part.textContent.trim(),
  );
  return {
    title: [title, page].filter(Boolean).join("  ·  "),
    note: [spanWords(shown), "times in UTC", ...source].join("  ·  "),
  };
}
