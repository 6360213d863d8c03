import { AppError } from "@/services/kernel/errors.ts";
import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import {
  KeptLedgers,
  type LedgerRow,
  type LedgerStore,
  type Portfolio,
  type TransactionPage,
} from "@/services/portfolio/mod.ts";
import { KeptLedger } from "@/services/portfolio/kept_ledger.ts";
import { RowKeeper } from "@/services/portfolio/kept_row.ts";
import { matchLots } from "@/services/portfolio/lots.ts";
import { bookTotals } from "@/services/portfolio/performance/book_totals.ts";
import { gatherPast } from "@/services/portfolio/performance/past_lots.ts";
import { seededRandom } from "@/services/scores/seeded_random.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";

const PORTFOLIO: Portfolio = {
  id: uuidOfMoment(0, "portfolio"),
  ownerId: "ann",
  name: "Savings",
  baseCurrency: "USD",
  rule: { method: "fifo", pools: "account" },
  rulesByYear: {},
  createdAt: utcMsOf(0),
  deletedAt: null,
  ledgerVersion: 1,
};
const SCOPE = { ownerId: "ann", portfolioId: PORTFOLIO.id };

function rowOf(day: number, changes: Partial<LedgerRow> = {}): LedgerRow {
  return {
    id: uuidOfMoment(day, "row"),
    at: utcMsOf(day * DAY_MS),
    action: "BUY",
    assetId: "bitcoin" as AssetId,
    quantity: "1",
    unitPriceUsd: "100",
    account: "a",
    ...{ wallet: null, venue: null, txHash: null, externalId: null, notes: null },
    ...{ notesExtra: {}, parentId: null, importId: null, line: null },
    ...changes,
  };
}

/** A ledger that counts the rows that are read of it. */
class ReadLedger implements Pick<LedgerStore, "listTransactions"> {
  rows: readonly LedgerRow[] = [];
  read = 0;

  listTransactions(_: unknown, { after, limit }: TransactionPage): Promise<readonly LedgerRow[]> {
    const found = this.rows.filter(({ at, id }) =>
      after === undefined || at > after.at || (at === after.at && id > after.id)
    ).slice(0, limit);
    this.read += found.length;
    return Promise.resolve(found);
  }
}

/** Lets others go on. */
const turn = () => Promise.resolve();

function setUp() {
  const ledger = new ReadLedger();
  const kept = new KeptLedgers({ store: ledger as unknown as LedgerStore });
  /** Quantities of the open lots, oldest first. */
  const lots = async (ledgerVersion: number) => {
    const opened = await kept.open({ ...PORTFOLIO, ledgerVersion });
    const matcher = await opened.matcher(PORTFOLIO, turn);
    return matcher.book().lots.map(({ quantity }) => quantity);
  };
  return { ledger, kept, lots };
}

Deno.test("KeptLedgers reads a ledger once for each of its versions", async () => {
  const { ledger, lots } = setUp();
  ledger.rows = [rowOf(1), rowOf(2, { quantity: "2" })];
  assertEquals(await lots(1), ["1", "2"]);
  assertEquals(await lots(1), ["1", "2"]);
  assertEquals(ledger.read, 2);
});

Deno.test("KeptLedgers reads again from the earliest of the changes that it was told of", async () => {
  const { ledger, kept, lots } = setUp();
  ledger.rows = [rowOf(1), rowOf(2), rowOf(3)];
  await lots(1);
  ledger.rows = [rowOf(1), rowOf(2, { quantity: "5" })];
  kept.note(SCOPE, { changedFrom: utcMsOf(3 * DAY_MS), ledgerVersion: 2 });
  kept.note(SCOPE, { changedFrom: utcMsOf(2 * DAY_MS), ledgerVersion: 3 });
  ledger.read = 0;
  assertEquals(await lots(3), ["1", "5"]);
  assertEquals(ledger.read, 1);
});

Deno.test("KeptLedgers reads all again after a change that another process made", async () => {
  const { ledger, kept, lots } = setUp();
  ledger.rows = [rowOf(1), rowOf(2)];
  await lots(1);
  ledger.rows = [rowOf(1, { quantity: "7" }), rowOf(2)];
  kept.note(SCOPE, { changedFrom: utcMsOf(2 * DAY_MS), ledgerVersion: 3 });
  assertEquals(await lots(3), ["7", "1"]);
});

Deno.test("KeptLedgers gives callers at once the same ledger, read once", async () => {
  const { ledger, lots } = setUp();
  ledger.rows = [rowOf(1)];
  assertEquals(await Promise.all([lots(1), lots(1), lots(1)]), [["1"], ["1"], ["1"]]);
  assertEquals(ledger.read, 1);
});

Deno.test("KeptLedgers values rows without a price by what was paid then", async () => {
  const ledger = new ReadLedger();
  ledger.rows = [rowOf(1, { action: "STAKING_REWARD", unitPriceUsd: null, quantity: "2" })];
  let price = "30";
  const kept = new KeptLedgers({
    store: ledger as unknown as LedgerStore,
    prices: {
      mark: () => "",
      load() {
        const known = price;
        return Promise.resolve(() => known);
      },
    },
  });
  const cost = async () => {
    const matcher = await (await kept.open(PORTFOLIO)).matcher(PORTFOLIO, turn);
    return matcher.book().lots.map((lot) => lot.cost);
  };
  assertEquals(await cost(), ["60"]);
  price = "40";
  assertEquals(await cost(), ["80"]);
});

Deno.test("KeptLedgers takes a large change in by parts, and leaves readers the ledger they have", async () => {
  const { ledger, kept, lots } = setUp();
  const large = Array.from({ length: 60_000 }, (_, day) => rowOf(day % 20_000, { id: idAt(day) }));
  large.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  ledger.rows = large.slice(0, 100);
  const before = await kept.open(PORTFOLIO);
  const old = await before.matcher(PORTFOLIO, turn);
  assertEquals(old.book().lots.length, 100);
  ledger.rows = large;
  assertEquals((await lots(2)).length, 60_000);
  assertEquals([before.size, old.book().lots.length], [200, 100]);
});

Deno.test("KeptLedger.matcher() has what changes while it is begun", async () => {
  const { ledger, kept } = setUp();
  const rows = Array.from({ length: 6_000 }, (_, day) => rowOf(day, { id: idAt(day) }));
  ledger.rows = rows;
  const opened = await kept.open(PORTFOLIO);
  let rests = 0;
  const matcher = await opened.matcher(PORTFOLIO, () => {
    if (rests++ === 0) {
      const kept = rows.filter((_, day) => day !== 10 && day !== 5_000);
      const now = [...kept, rowOf(9_000, { quantity: "3" })];
      opened.replaceFrom(utcMsOf(0), now.map((row) => ({ ...row, paid: null, picks: null })));
    }
    return Promise.resolve();
  });
  const { lots } = matcher.book();
  assertEquals([rests > 1, lots.length, lots.at(-1)?.quantity], [true, 5_999, "3"]);
});

function idAt(number: number) {
  return uuidOfMoment(number, "large");
}

Deno.test("KeptLedgers refuses a ledger that is longer than may be, however it became so", async () => {
  const ledger = new ReadLedger();
  const store = ledger as unknown as LedgerStore;
  const rows = Array.from({ length: 26_001 }, (_, day) => rowOf(day % 9_000, { id: idAt(day) }))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  for (const maxRows of [3, 26_000]) {
    const kept = new KeptLedgers({ store, maxRows });
    ledger.rows = rows.slice(0, maxRows);
    assertEquals((await kept.open(PORTFOLIO)).rowCount, maxRows);
    ledger.rows = rows.slice(0, maxRows + 1);
    const refusal = await assertRejects(() => kept.open({ ...PORTFOLIO, ledgerVersion: 2 }), {
      type: AppError,
    });
    assertEquals(refusal.code, "PAYLOAD_TOO_LARGE");
  }
});

Deno.test("KeptLedgers keeps of a row what lots follow from, and the lots that it names", async () => {
  const { ledger, kept } = setUp();
  const lots = `${idAt(1)}:0.5`;
  ledger.rows = [
    rowOf(1, { wallet: "w", venue: "v", notes: "n", notesExtra: { a: "b" }, externalId: "e" }),
    rowOf(2, { action: "SELL", txHash: "0x1", parentId: idAt(1), notesExtra: { lots } }),
  ];
  const opened = await kept.open(PORTFOLIO);
  const common = { assetId: "bitcoin", quantity: "1", unitPriceUsd: "100", account: "a" };
  const [first, second] = ledger.rows.map(({ id, at }) => ({ id, at, ...common }));
  assertEquals([...opened.rows()] as readonly unknown[], [
    { ...first, action: "BUY", txHash: null, parentId: null, paid: null, picks: null },
    { ...second, action: "SELL", txHash: "0x1", parentId: idAt(1), paid: null, picks: lots },
  ]);
});

Deno.test("KeptLedger.booksAt() tells the lots of each asset by the rows up to an instant", async () => {
  const { ledger, kept } = setUp();
  const ethereum = "ethereum" as AssetId;
  ledger.rows = [
    ...[rowOf(1), rowOf(2, { assetId: ethereum, quantity: "4" })],
    rowOf(3, { action: "SELL", quantity: "0.25", unitPriceUsd: "120" }),
    ...[rowOf(4), rowOf(5, { assetId: ethereum })],
  ];
  const opened = await kept.open(PORTFOLIO);
  const at = async (day: number) => {
    const lists: string[][] = [];
    for await (const book of opened.booksAt({ ...PORTFOLIO, to: utcMsOf(day * DAY_MS) }, turn)) {
      lists.push([...book.lots, ...book.disposals].map(({ quantity }) => quantity));
    }
    return lists;
  };
  assertEquals(await at(0), []);
  assertEquals(await at(1), [["1"]]);
  assertEquals(await at(3), [["0.75", "0.25"], ["4"]]);
  assertEquals(await at(4), [["0.75", "1", "0.25"], ["4"]]);
  assertEquals(await at(5), [["0.75", "1", "0.25"], ["4", "1"]]);
});

Deno.test("KeptLedger.booksAt() is of the rows as they were when it was asked", async () => {
  const { ledger, kept } = setUp();
  ledger.rows = [
    ...[rowOf(1), rowOf(2, { assetId: "ethereum" as AssetId })],
    ...[
      rowOf(3, { assetId: "solana" as AssetId }),
      rowOf(9),
      rowOf(10, { assetId: "solana" as AssetId }),
    ],
  ];
  const opened = await kept.open(PORTFOLIO);
  const quantities: string[] = [];
  for await (const { lots } of opened.booksAt({ ...PORTFOLIO, to: utcMsOf(3 * DAY_MS) }, turn)) {
    quantities.push(...lots.map(({ quantity }) => quantity));
    opened.replaceFrom(utcMsOf(0), []);
  }
  assertEquals(quantities, ["1", "1", "1"]);
});

Deno.test("KeptLedger.booksAt() is what matching the past rows alone gives, whatever fees belong to", async () => {
  const { ledger, kept } = setUp();
  const random = seededRandom(7);
  const assets = ["bitcoin", "ethereum", "solana", "usd"] as AssetId[];
  ledger.rows = Array.from({ length: 400 }, (_, index) => {
    const isFee = random() < 0.3;
    const assetId = assets[Math.floor(random() * (isFee ? 4 : 3))] as AssetId;
    return rowOf(index, {
      ...{ id: idAt(index), assetId, account: random() < 0.5 ? "a" : "b" },
      // A fee may be told of before its row.
      ...isFee
        ? {
          ...{ action: "FEE" as const, quantity: "-0.125" },
          parentId: idAt(Math.max(0, index + Math.floor(random() * 20) - 15)),
        }
        : { action: random() < 0.4 ? "SELL" as const : "BUY" as const },
    });
  });
  const opened = await kept.open(PORTFOLIO);
  for (const day of [0, 57, 200, 370, 390, 397, 399]) {
    const to = utcMsOf(day * DAY_MS);
    const past = await gatherPast(opened.booksAt({ ...PORTFOLIO, to }, turn));
    const book = matchLots([...opened.rows()].filter(({ at }) => at <= to), PORTFOLIO);
    assertEquals(past.lots, book.lots, `lots of day ${day}`);
    assertEquals(past.sums.within({}), bookTotals(book), `sums of day ${day}`);
  }
});

Deno.test("a ledger without room keeps its lots in dollars and in one currency, no third ones", async () => {
  const ledger = new KeptLedger({ maxRows: 1 });
  ledger.add([rowOf(1), rowOf(2)].map((row) => new RowKeeper().keep(row)));
  const rest = () => Promise.resolve();
  const rules = { rule: PORTFOLIO.rule, rulesByYear: {} };
  const [dollars, euros] = [{ ...rules, currency: "USD" }, { ...rules, currency: "EUR" }] as const;
  const first = await ledger.matcher(dollars, rest);
  const second = await ledger.matcher(euros, rest);
  assertEquals(await ledger.matcher(dollars, rest) === first, true);
  assertEquals(await ledger.matcher(euros, rest) === second, true);

  await ledger.matcher({ ...rules, rule: { method: "hifo", pools: "account" } }, rest);
  assertEquals(await ledger.matcher(euros, rest) === second, true);
  assertEquals(await ledger.matcher(dollars, rest) === first, false);
});
