import type { LedgerRow } from "./ports.ts";

/** Texts that are shared by many rows; others are kept once for each. */
const MAX_SHARED = 10_000;
const NO_NOTES: LedgerRow["notesExtra"] = {};

/** Lets rows that say the same share one text: a database gives each row texts of its own. */
export class SharedTexts {
  readonly #known = new Map<string, string>();

  /** The same row with the texts of those before it. */
  share(row: LedgerRow): LedgerRow {
    const { action, assetId, account, wallet, venue, notesExtra } = row;
    return {
      ...row,
      action: this.#text(action),
      assetId: this.#text(assetId),
      account: this.#text(account),
      wallet: wallet && this.#text(wallet),
      venue: venue && this.#text(venue),
      notesExtra: Object.keys(notesExtra).length === 0 ? NO_NOTES : notesExtra,
    };
  }

  #text<Text extends string>(text: Text): Text {
    const known = this.#known.get(text);
    if (known !== undefined) return known as Text;
    if (this.#known.size < MAX_SHARED) this.#known.set(text, text);
    return text;
  }
}
