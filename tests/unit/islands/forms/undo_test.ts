import { undoOf } from "@/islands/forms/undo.ts";
import { assertEquals } from "@/tests/assert.ts";

function fields(entries: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(entries)) form.set(name, value);
  return form;
}

const before = fields({ quantity: "1" });
const at = "/portfolio/p/transactions";
const home = "http://x/portfolio/p";

Deno.test("undoOf() takes an added row away again", () => {
  const sent = fields({ quantity: "2" });
  const undo = undoOf({ kind: "add", action: `${at}/new`, sent, before, href: `${home}?row=r` });
  assertEquals([undo?.action, [...undo?.fields ?? []]], [`${at}/r`, [["act", "delete"]]]);
  assertEquals(undoOf({ kind: "add", action: `${at}/new`, sent, before, href: home }), null);
});

Deno.test("undoOf() writes what an edited row said, and brings a removed one back", () => {
  const form = { kind: "edit", action: `${at}/r`, before, href: home };
  const saved = undoOf({ ...form, sent: fields({ quantity: "2" }) });
  assertEquals([saved?.action, [...saved?.fields ?? []]], [`${at}/r`, [["quantity", "1"]]]);
  const removed = undoOf({ ...form, sent: fields({ act: "delete" }) });
  assertEquals([...removed?.fields ?? []], [["act", "restore"]]);
});

Deno.test("undoOf() knows no way back from other forms", () => {
  const sent = fields({ name: "x" });
  assertEquals(undoOf({ kind: undefined, action: "/x", sent, before, href: home }), null);
});
