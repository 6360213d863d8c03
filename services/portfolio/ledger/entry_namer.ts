import { contentFingerprint, contentId, identityOf, type LedgerEntry } from "../imports/entry.ts";
import type { NamedEntry } from "./ledger_ports.ts";

/**
 * Gives the entries of one file their ids: their own, or one that follows from what they say. Rows
 * without a key that say the same are told apart by how many of them came before.
 */
export class EntryNamer {
  readonly #seen = new Map<number, number>();

  name(entry: LedgerEntry): NamedEntry {
    const content = contentFingerprint(entry);
    if (entry.id !== null) return { entry, id: entry.id, content };
    if (identityOf(entry) !== null) return { entry, id: contentId(entry, 0), content };
    const occurrence = this.#seen.get(content) ?? 0;
    this.#seen.set(content, occurrence + 1);
    return { entry, id: contentId(entry, occurrence), content };
  }
}
