import { keyAction, type KeyPress } from "@/components/keys/keymap.ts";
import { assertEquals } from "@/tests/assert.ts";

function press(key: string, changes: Partial<KeyPress> = {}): KeyPress {
  return {
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    isTyping: false,
    isAwaitingLetter: false,
    ...changes,
  };
}

const cases: readonly [string, KeyPress, ReturnType<typeof keyAction>][] = [
  ["opens the palette with Ctrl K", press("k", { ctrlKey: true }), { kind: "palette" }],
  ["opens the palette with Cmd K", press("K", { metaKey: true }), { kind: "palette" }],
  [
    "opens the palette while typing",
    press("k", { ctrlKey: true, isTyping: true }),
    { kind: "palette" },
  ],
  ["moves down with j", press("j"), { kind: "move", by: 1 }],
  ["moves up with k", press("k"), { kind: "move", by: -1 }],
  ["waits for a letter after g", press("g"), { kind: "await_letter" }],
  ["goes by the letter after g", press("d", { isAwaitingLetter: true }), {
    kind: "go",
    letter: "d",
  }],
  ["filters with /", press("/"), { kind: "filter" }],
  ["goes to the range with t", press("t"), { kind: "range" }],
  ["helps with ?", press("?"), { kind: "help" }],
  ["leaves letters alone while typing", press("j", { isTyping: true }), null],
  [
    "leaves the letter after g alone while typing",
    press("o", {
      isTyping: true,
      isAwaitingLetter: true,
    }),
    null,
  ],
  ["leaves other Ctrl keys to the browser", press("f", { ctrlKey: true }), null],
  ["leaves Alt keys to the browser", press("g", { altKey: true }), null],
  ["ignores other keys", press("x"), null],
];
for (const [name, given, expected] of cases) {
  Deno.test(`keyAction() ${name}`, () => assertEquals(keyAction(given), expected));
}
