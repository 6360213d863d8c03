import type { Uuid } from "../../kernel/ids.ts";
import { feeId, identityOf } from "../imports/entry.ts";
import type { FileKeys, SaidBefore } from "./file_keys.ts";
import type { EntryGroup, NamedEntry } from "./ledger_ports.ts";

/** What is known of a row of the ledger that may be the same as one of a file. */
export interface KnownRow {
  readonly id: Uuid;
  readonly identity: string | null;
  readonly content: number;
}

/** What is to become of the entries of a group. */
export type Judgement =
  /** Another row of the same file has the same key, and says something else. */
  | { readonly kind: "conflict"; readonly line: number }
  | {
    readonly kind: "accepted";
    /** Entries that the ledger does not have. */
    readonly inserts: readonly NamedEntry[];
    /** Entries that say something else than the row of the ledger with their key. */
    readonly updates: readonly { readonly named: NamedEntry; readonly row: KnownRow }[];
  };

/** What a file's entry is found to be. */
type Match =
  | { readonly kind: "new" }
  | { readonly kind: "said"; readonly said: SaidBefore }
  | { readonly kind: "known"; readonly row: KnownRow };

/** Rows of the ledger by their key and by their id. */
export class KnownRows {
  readonly #byIdentity = new Map<string, KnownRow>();
  readonly #byId = new Map<Uuid, KnownRow>();

  constructor(rows: Iterable<KnownRow>) {
    for (const row of rows) {
      this.#byId.set(row.id, row);
      if (row.identity !== null) this.#byIdentity.set(row.identity, row);
    }
  }

  findByIdentity(identity: string): KnownRow | null {
    return this.#byIdentity.get(identity) ?? null;
  }

  findById(id: Uuid): KnownRow | null {
    return this.#byId.get(id) ?? null;
  }
}

/**
 * Holds the next groups of a file against the ledger's rows of their keys, and against what the
 * file said before, which `keys` remembers from call to call.
 */
export function judgeGroups(
  groups: readonly EntryGroup[],
  { known, keys }: { readonly known: KnownRows; readonly keys: FileKeys },
): readonly Judgement[] {
  return groups.map((group) => judgeGroup(group, { known, keys }));
}

function judgeGroup(
  { entries, line }: EntryGroup,
  { known, keys }: { readonly known: KnownRows; readonly keys: FileKeys },
): Judgement {
  const matches = entries.map((named) => ({ named, match: matchOf(named, { known, keys }) }));
  for (const { named, match } of matches) {
    if (match.kind === "said" && match.said.content !== named.content) {
      return { kind: "conflict", line: match.said.line };
    }
  }
  for (const { named: { entry, id }, match } of matches) {
    if (match.kind !== "new" || entry.fee === null) continue;
    // A row stands where the fee of this one would.
    const said = keys.find(feeId(id));
    if (said !== null || known.findById(feeId(id)) !== null) {
      return { kind: "conflict", line: said?.line ?? line };
    }
  }
  if (hasTwins(entries)) return { kind: "conflict", line };
  const inserts: NamedEntry[] = [];
  const updates: { named: NamedEntry; row: KnownRow }[] = [];
  for (const { named, match } of matches) {
    remember(keys, { named, match, line });
    if (match.kind === "new") inserts.push(named);
    else if (match.kind === "known" && match.row.content !== named.content) {
      updates.push({ named, row: match.row });
    }
  }
  return { kind: "accepted", inserts, updates };
}

/** What an entry is: the row of its key, else the one of its id; the file's own word comes first. */
function matchOf(
  { entry, id }: NamedEntry,
  { known, keys }: { readonly known: KnownRows; readonly keys: FileKeys },
): Match {
  const identity = identityOf(entry);
  const said = identity === null ? null : keys.find(identity);
  if (said !== null) return { kind: "said", said };
  const same = identity === null ? null : known.findByIdentity(identity);
  if (same !== null) return { kind: "known", row: same };
  const saidOfId = keys.find(id);
  if (saidOfId !== null) return { kind: "said", said: saidOfId };
  const row = known.findById(id);
  return row === null ? { kind: "new" } : { kind: "known", row };
}

/** Later rows of the file are held against this one by each of the keys that it has, or had. */
function remember(
  keys: FileKeys,
  { named: { entry, id, content }, match, line }: {
    readonly named: NamedEntry;
    readonly match: Match;
    readonly line: number;
  },
): void {
  if (match.kind === "said") return;
  const said = { content, line };
  const own = match.kind === "new" ? id : match.row.id;
  const identities = [identityOf(entry), match.kind === "new" ? null : match.row.identity];
  keys.set(own, said);
  for (const identity of new Set(identities)) if (identity !== null) keys.set(identity, said);
  const isWritten = match.kind === "new" || match.row.content !== content;
  // A fee is compared with its row, so what it says itself is nothing.
  if (isWritten && entry.fee !== null) keys.set(feeId(own), { content: 0, line });
}

/** Whether two entries of one group would be the same row. */
function hasTwins(entries: readonly NamedEntry[]): boolean {
  if (entries.length < 2) return false;
  const keys = entries.flatMap(({ entry, id }) => [id, identityOf(entry) ?? []].flat());
  return new Set(keys).size < keys.length;
}
