import { compareLots } from "../lots/joined_book.ts";
import type { Lot, LotBook } from "../lots/lot_book.ts";
import { BookSums, datedBook } from "./book_totals.ts";
import type { DatedAmount } from "./running_sums.ts";

/** What figures of a past instant need of its books. */
export interface PastLots {
  readonly sums: BookSums;
  /** In order of acquisition. */
  readonly lots: readonly Lot[];
}

/** Gathers it from books that follow each other, of which nothing else is kept. */
export async function gatherPast(books: AsyncIterable<LotBook>): Promise<PastLots> {
  const lots: Lot[] = [];
  const realized: DatedAmount[] = [];
  const income: DatedAmount[] = [];
  const fees: DatedAmount[] = [];
  for await (const book of books) {
    const dated = datedBook(book);
    append(lots, book.lots);
    append(realized, dated.realized);
    append(income, dated.income);
    append(fees, dated.fees);
  }
  return { sums: new BookSums({ realized, income, fees }), lots: lots.sort(compareLots) };
}

/** As many as there are: spread, they would be too many arguments. */
function append<Item>(list: Item[], items: readonly Item[]): void {
  for (const item of items) list.push(item);
}
