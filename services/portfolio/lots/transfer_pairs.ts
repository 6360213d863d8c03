import { DAY_MS } from "../../kernel/time.ts";
import { absolute, type Exact, parseExact, smaller, subtract } from "./exact.ts";
import type { LotRow } from "./lot_book.ts";

/** So much of an asset that left with one row and arrived with another. */
export interface TransferLink {
  readonly out: LotRow;
  readonly in: LotRow;
  readonly quantity: Exact;
}

/** The transfers of an asset: what belongs together, and what is left over of each row. */
export interface TransferPairs {
  readonly links: readonly TransferLink[];
  readonly rests: readonly TransferRest[];
}

export interface TransferRest {
  readonly row: LotRow;
  readonly quantity: Exact;
  /** Whether a part of the row did find its other side. */
  readonly isPartial: boolean;
}

interface Side {
  readonly row: LotRow;
  rest: Exact;
  isLinked: boolean;
}

/**
 * Pairs the transfers of one asset: by hash, equal amounts first; then, of rows of which one or
 * both have no hash, by equal amount in the shortest time within the window. Rows are in order.
 */
export function pairTransfers(
  rows: readonly LotRow[],
  { windowMs = DAY_MS }: { readonly windowMs?: number | undefined } = {},
): TransferPairs {
  const outs = sidesOf(rows, "TRANSFER_OUT");
  const ins = sidesOf(rows, "TRANSFER_IN");
  const links: TransferLink[] = [];
  linkByHash(outs, ins, links);
  linkByAmount(outs, ins, { windowMs, links });
  const rests = [...outs, ...ins].filter(({ rest }) => rest.units > 0n)
    .map(({ row, rest, isLinked }) => ({ row, quantity: rest, isPartial: isLinked }));
  return { links, rests };
}

function sidesOf(rows: readonly LotRow[], action: LotRow["action"]): Side[] {
  return rows.filter((row) => row.action === action)
    .map((row) => ({ row, rest: absolute(parseExact(row.quantity)), isLinked: false }));
}

function link(out: Side, into: Side, links: TransferLink[]): void {
  const quantity = smaller(out.rest, into.rest);
  links.push({ out: out.row, in: into.row, quantity });
  for (const side of [out, into]) {
    side.rest = subtract(side.rest, quantity);
    side.isLinked = true;
  }
}

function linkByHash(outs: readonly Side[], ins: readonly Side[], links: TransferLink[]): void {
  const insByHash = Map.groupBy(ins, ({ row }) => row.txHash);
  for (const needsEqual of [true, false]) {
    for (const out of outs) {
      if (out.row.txHash === null) continue;
      for (const into of insByHash.get(out.row.txHash) ?? []) {
        if (out.rest.units === 0n) break;
        if (into.rest.units === 0n || into.row.account === out.row.account) continue;
        if (!needsEqual || isSame(out.rest, into.rest)) link(out, into, links);
      }
    }
  }
}

function linkByAmount(
  outs: readonly Side[],
  ins: readonly Side[],
  { windowMs, links }: { readonly windowMs: number; readonly links: TransferLink[] },
): void {
  let first = 0;
  for (const out of outs) {
    if (out.isLinked) continue;
    while (first < ins.length && (ins[first]?.row.at ?? Infinity) < out.row.at - windowMs) first++;
    let best: Side | null = null;
    for (let i = first; i < ins.length; i++) {
      const into = ins[i];
      if (!into || into.row.at > out.row.at + windowMs) break;
      if (isMatch(out, into) && (best === null || gap(out, into) < gap(out, best))) best = into;
    }
    if (best) link(out, best, links);
  }
}

function isMatch(out: Side, into: Side): boolean {
  // Two hashes that differ are two transactions, however alike.
  const areHashed = out.row.txHash !== null && into.row.txHash !== null;
  return !into.isLinked && !areHashed && out.row.account !== into.row.account &&
    isSame(out.rest, into.rest);
}

function gap(out: Side, into: Side): number {
  return Math.abs(out.row.at - into.row.at);
}

function isSame(a: Exact, b: Exact): boolean {
  return subtract(a, b).units === 0n;
}
