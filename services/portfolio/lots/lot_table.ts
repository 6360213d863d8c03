import { IntColumn } from "./int_column.ts";

/** A lot that is in an account; those with a link, or `LOST`, have left and not arrived. */
export const ARRIVED = -2;
export const LOST = -1;

/** Where a lot comes from (its event), and where it is. */
export interface LotPlace {
  readonly event: number;
  readonly account: number;
  /** The transfer that it is in; `ARRIVED` or `LOST`. */
  readonly link: number;
}

/** Where every lot of an asset comes from and where it is, in columns by lot. */
export class LotTable {
  readonly #events = new IntColumn();
  readonly #accounts = new IntColumn();
  readonly #links = new IntColumn();
  readonly #byLink = new Map<number, number[]>();
  readonly #byRow = new Map<string, number[]>();

  get length(): number {
    return this.#events.length;
  }

  eventOf(lot: number): number {
    return this.#events.at(lot);
  }

  accountOf(lot: number): number {
    return this.#accounts.at(lot);
  }

  linkOf(lot: number): number {
    return this.#links.at(lot);
  }

  /** The lots that `nameBy` named so, in the order in which they came to be. */
  ofRow(rowId: string): readonly number[] {
    return this.#byRow.get(rowId) ?? [];
  }

  /** Makes room for so many lots. */
  reserve(capacity: number): void {
    for (const column of [this.#events, this.#accounts, this.#links]) column.reserve(capacity);
  }

  /** Adds the next lot, and tells which it is. */
  add({ event, account, link }: LotPlace): number {
    const lot = this.#events.length;
    this.#events.push(event);
    this.#accounts.push(account);
    this.#links.push(link);
    if (link >= 0) addTo(this.#byLink, link, lot);
    return lot;
  }

  /** Lets a lot be found by the row that acquired it. */
  nameBy(rowId: string, lot: number): void {
    addTo(this.#byRow, rowId, lot);
  }

  /** Puts a lot into another account. */
  relocate(lot: number, account: number): void {
    this.#accounts.write(lot, account);
  }

  /** Lets all lots of a transfer arrive in an account, and tells which they are. */
  arrive(link: number, account: number): readonly number[] {
    const lots = this.#byLink.get(link) ?? [];
    for (const lot of lots) {
      this.#accounts.write(lot, account);
      this.#links.write(lot, ARRIVED);
    }
    this.#byLink.delete(link);
    return lots;
  }

  /** Remembers the table, of which `open` lots may still change; the answer brings it back. */
  save(open: Int32Array): () => void {
    const { length } = this.#events;
    const accounts = open.map((lot) => this.#accounts.at(lot));
    const links = open.map((lot) => this.#links.at(lot));
    return () => {
      this.#truncate(length);
      for (const [place, lot] of open.entries()) {
        const link = links[place] ?? ARRIVED;
        this.#accounts.write(lot, accounts[place] ?? 0);
        this.#links.write(lot, link);
        if (link >= 0) addTo(this.#byLink, link, lot);
      }
    };
  }

  clear(): void {
    this.#truncate(0);
  }

  #truncate(length: number): void {
    for (const column of [this.#events, this.#accounts, this.#links]) column.truncate(length);
    this.#byLink.clear();
    for (const lots of this.#byRow.values()) {
      while ((lots.at(-1) ?? -1) >= length) lots.pop();
    }
  }
}

function addTo<Key>(lists: Map<Key, number[]>, key: Key, lot: number): void {
  const list = lists.get(key);
  if (list) list.push(lot);
  else lists.set(key, [lot]);
}
