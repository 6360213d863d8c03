import { SITE_PAGES } from "../shell/site_map.ts";

/** What a key press asks for. */
export type KeyAction =
  | { readonly kind: "palette" | "help" | "filter" | "range" | "privacy" }
  | { readonly kind: "move"; readonly by: 1 | -1 }
  | { readonly kind: "await_letter" }
  | { readonly kind: "go"; readonly letter: string };

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** The press goes to a field, an open dialog or a chart, which have their own keys. */
  readonly isTyping: boolean;
  /** `g` was pressed just before. */
  readonly isAwaitingLetter: boolean;
}

/** The action of a key press, or `null`. Single letters never act while the reader types. */
export function keyAction(press: KeyPress): KeyAction | null {
  const { key } = press;
  if ((press.ctrlKey || press.metaKey) && !press.altKey) {
    return key.toLowerCase() === "k" ? { kind: "palette" } : null;
  }
  if (press.ctrlKey || press.metaKey || press.altKey || press.isTyping) return null;
  if (press.isAwaitingLetter && /^[a-z]$/.test(key)) return { kind: "go", letter: key };
  switch (key) {
    case "g":
      return { kind: "await_letter" };
    case "j":
      return { kind: "move", by: 1 };
    case "k":
      return { kind: "move", by: -1 };
    case "/":
      return { kind: "filter" };
    case "t":
      return { kind: "range" };
    case ".":
      return { kind: "privacy" };
    case "?":
      return { kind: "help" };
    default:
      return null;
  }
}

/** Every key and what it does, for the help dialog. */
export const KEY_HELP: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["Ctrl", "K"], "Search assets, pages and actions (⌘ K on a Mac)"],
  [["/"], "Filter the table"],
  [["j"], "Next row"],
  [["k"], "Previous row"],
  [["Enter"], "Open the row"],
  [["t"], "Go to the range of the chart"],
  [["←", "→"], "Read the chart that has the focus"],
  [["+", "−"], "Zoom it; 0 shows everything"],
  [["."], "Hide or show amounts"],
  [["Ctrl", "Z"], "Take the last change of a ledger back"],
  [["?"], "This help"],
  [["Esc"], "Close what is open"],
  ...SITE_PAGES.map(({ key, label }) => [["g", key], label] as const),
];
