/** The lot figures of other portfolio trackers, each with the options that are its convention. */
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { sharedData } from "@/tests/shared_data.ts";
import { type LotBook, type LotOptions, matchLots } from "@/services/portfolio/lots.ts";
import { LOT_METHODS, type LotMethod } from "@/services/portfolio/portfolio.ts";
import { lotRows, type RowFields } from "./lot_rows.ts";

type Amount = readonly [asset: string, quantity: string];

/** The union of what the cases' rows hold. */
interface GoldenRow {
  readonly date?: string;
  readonly ts?: number;
  readonly step?: number;
  readonly type?: string;
  readonly quantity?: string;
  readonly unit_price?: string;
  readonly rate?: string;
  readonly fiat?: string;
  readonly amount?: string;
  readonly asset_amount?: string;
  readonly fee?: string | Amount;
  readonly fee_fiat?: string;
  readonly numerator?: number;
  readonly denominator?: number;
  readonly give?: Amount;
  readonly get?: Amount;
}

interface GoldenCase {
  readonly id: string;
  readonly method?: string;
  readonly transactions: readonly GoldenRow[];
  readonly prices: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly expected: unknown;
}

const url = sharedData("portfolio/golden_cases.json");
const CASES: readonly GoldenCase[] = url ? JSON.parse(Deno.readTextFileSync(url)) : [];

/** Figures of returns and risk, which tests of performance hold. */
const NOT_OF_LOTS =
  /^pp\/(twr-excel-sample|irr-simple|irr-near-total-loss|drawdown-simple|volatility)$/;
const tested = new Set<string>();

/** Registers a test of one case; it is ignored where the reference data is missing. */
function goldenTest(id: string, name: string, check: (golden: GoldenCase) => void): void {
  tested.add(id);
  Deno.test({
    name: `matchLots() ${name} (${id})`,
    ignore: url === null,
    fn: () => {
      const golden = CASES.find((one) => one.id === id);
      assert(golden, `case ${id} exists`);
      check(golden);
    },
  });
}

/** A value inside the expectations. */
function expectedAt(golden: GoldenCase, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => typeof value === "object" && value ? Reflect.get(value, key) : undefined,
    golden.expected,
  );
}

function methodOf({ method = "" }: GoldenCase): LotMethod {
  const found = LOT_METHODS.find((name) => name === method.toLowerCase());
  assert(found, `method ${method}`);
  return found;
}

/** Rows of any tracker as ours; a swap sells what is given for the value of what is got. */
function fieldsOf(golden: GoldenCase): RowFields[] {
  return golden.transactions.flatMap((row, index) => {
    if (row.give && row.get) return swapFields(row, golden);
    const type = row.type === "ACQUIRE" ? "BUY" : row.type === "SPEND" ? "SELL" : row.type;
    assert(type === "BUY" || type === "SELL" || type === "DIVIDEND", `type ${type}`);
    const fee = row.fee_fiat ?? (typeof row.fee === "string" ? row.fee : null);
    return [{
      ...row.date ? { at: row.date } : {},
      ...row.ts ? { at: row.ts * 1000 } : {},
      id: String(index + 1),
      ...type === "DIVIDEND"
        ? { action: "INCOME" as const, asset: "usd", quantity: row.unit_price ?? "" }
        : { action: type, quantity: row.quantity ?? "" },
      unitPriceUsd: type === "DIVIDEND" ? null : row.unit_price ?? row.rate ?? null,
      value: row.amount ?? row.fiat ?? null,
      fee,
    }];
  });
}

function swapFields({ ts = 0, give, get, fee }: GoldenRow, { prices }: GoldenCase): RowFields[] {
  assert(give && get, "a swap has two sides");
  const at = ts * 1000;
  const price = prices[`${give[0]}/EUR`]?.[ts] ?? "";
  const value = give[0] === "EUR"
    ? give[1]
    : get[0] === "EUR"
    ? get[1]
    : String(Number((Number(give[1]) * Number(price)).toFixed(12)));
  const fields: RowFields[] = [];
  const got = `${ts}${get[0]}${give[1]}`;
  const eurFee = typeof fee === "object" && fee[0] === "EUR" ? fee[1] : null;
  if (give[0] !== "EUR") {
    const isSale = get[0] === "EUR";
    const [asset, quantity] = give;
    fields.push({ at, action: "SELL", asset, quantity, value, fee: isSale ? eurFee : null });
  }
  if (get[0] !== "EUR") {
    fields.push({ at, id: got, asset: get[0], quantity: get[1], value, fee: eurFee });
    if (fee && typeof fee === "object" && eurFee === null) {
      const unitPriceUsd = prices[`${fee[0]}/EUR`]?.[ts] ?? null;
      const quantity = `-${fee[1]}`;
      fields.push({ at, action: "FEE", asset: fee[0], quantity, unitPriceUsd, parent: got });
    }
  }
  return fields;
}

function match(golden: GoldenCase, options: Partial<LotOptions> & { method: LotMethod }): LotBook {
  const { method, ...rest } = options;
  return matchLots(lotRows(fieldsOf(golden)), { rule: { method, pools: "account" }, ...rest });
}

function sum(values: readonly (string | null)[]): number {
  return values.reduce((total, value) => total + Number(value), 0);
}

function sells({ disposals }: LotBook) {
  return disposals.filter(({ action }) => action === "SELL");
}

// ghostfolio: moving average of prices; fees are listed apart.
for (
  const name of [
    ...["baln-buy", "baln-buy-and-buy", "baln-buy-and-sell", "btcusd-buy", "msft-dividend"],
    ...["btcusd-partial-sale-chf", "jnug-two-round-trips", "msft-thirds", "novn-full-sale"],
  ]
) {
  goldenTest(`ghostfolio/${name}`, "holds average price and investment", (golden) => {
    const book = match(golden, { method: "acb", areFeesInCost: false });
    const quantity = sum(book.lots.map((lot) => lot.quantity));
    const cost = sum(book.lots.map((lot) => lot.cost));
    const average = expectedAt(golden, "average_price");
    const investment = expectedAt(golden, "investment");
    assertEquals(quantity, Number(expectedAt(golden, "quantity")));
    if (investment !== undefined) assertClose(cost, Number(investment), 1e-15);
    if (average !== undefined) assertClose(quantity && cost / quantity, Number(average), 1e-15);
    if (expectedAt(golden, "fees") !== undefined) {
      assertClose(
        sum(book.fees.map((fee) => fee.value)),
        Number(expectedAt(golden, "fees")),
        1e-15,
      );
    }
    assertEquals(book.problems, [], "a rounding error of the maker is no oversell");
  });
}

/** Coins do not split, so no row of ours does: a split rewrites the purchases before it. */
function withoutSplits({ transactions, ...golden }: GoldenCase): GoldenCase {
  const rows: GoldenRow[] = [];
  for (const row of transactions) {
    if (row.type !== "SPLIT") {
      rows.push(row);
      continue;
    }
    const factor = (row.numerator ?? 1) / (row.denominator ?? 1);
    for (const [index, earlier] of rows.entries()) {
      const quantity = String(Number(earlier.quantity) * factor);
      rows[index] = {
        ...earlier,
        quantity,
        unit_price: String(Number(earlier.unit_price) / factor),
      };
    }
  }
  return { ...golden, transactions: rows };
}

for (const name of ["split-1", "split-3"]) {
  goldenTest(`ghostfolio/${name}`, "holds what a split made of a purchase", (golden) => {
    const { lots } = match(withoutSplits(golden), { method: "acb", areFeesInCost: false });
    assertEquals(
      lots.map(({ quantity, cost, unitCost }) => [quantity, cost, unitCost]),
      [[
        expectedAt(golden, "quantity"),
        expectedAt(golden, "investment"),
        expectedAt(golden, "average_price"),
      ]],
    );
  });
}

goldenTest("ghostfolio/msft-dividend", "lists a dividend apart from cost", (golden) => {
  const { income } = match(golden, { method: "acb" });
  assertEquals(income.map(({ value }) => value), [expectedAt(golden, "dividend")]);
});

goldenTest("ghostfolio/jnug-two-round-trips", "realises gross and net of fees", (golden) => {
  for (const [areFeesInCost, key] of [[false, "gross"], [true, "net"]] as const) {
    const book = match(golden, { method: "acb", areFeesInCost });
    assertClose(
      sum(book.disposals.map(({ gain }) => gain)),
      Number(expectedAt(golden, `${key}_performance`)),
    );
  }
});

// rotki: per account; what is held for more than 365 days is free of tax, which is our long term.
for (const name of ["fifo-after-year", "fifo-one-lot-one-sale", "oversell-within-year"]) {
  goldenTest(`rotki/${name}`, "splits a sale by how long its lots were held", (golden) => {
    const book = match(golden, { method: methodOf(golden), longTermDays: 365 });
    const free = book.disposals.filter(({ term }) => term === "long");
    const taxable = book.disposals.filter(({ term }) => term !== "long");
    assertEquals(
      sum(taxable.map((part) => part.quantity)),
      Number(expectedAt(golden, "taxable_quantity")),
    );
    assertClose(sum(taxable.map((part) => part.cost)), Number(expectedAt(golden, "taxable_cost")));
    assertEquals(
      sum(free.map((part) => part.cost)),
      Number(expectedAt(golden, "taxfree_cost") ?? 0),
    );
    assertEquals(
      book.lots.map((lot) => [lot.quantity, lot.unitCost]),
      expectedAt(golden, "remaining"),
    );
    const oversold = book.problems.filter(({ code }) => code === "OVERSOLD");
    assertEquals(oversold.length === 0, expectedAt(golden, "complete"));
    assertEquals(oversold[0]?.quantity, expectedAt(golden, "missing_quantity"));
  });
}

for (const name of ["lifo-order", "hifo-order"]) {
  goldenTest(`rotki/${name}`, "leaves the right lots after each sale", (golden) => {
    const spends = golden.transactions.flatMap(({ type }, index) =>
      type === "SPEND" ? [index] : []
    );
    for (const [number, index] of spends.entries()) {
      const upTo = { ...golden, transactions: golden.transactions.slice(0, index + 1) };
      const { lots } = match(upTo, { method: methodOf(golden) });
      const key = `after_spend_${number + 1}`;
      const remaining = expectedAt(golden, key, "remaining");
      if (Array.isArray(remaining)) {
        assertEquals(
          lots.map(({ quantity, unitCost }) => [quantity, unitCost]),
          remaining.map(([quantity, rate]) => [quantity, rate]),
        );
      } else {
        assertEquals(lots.map(({ quantity }) => quantity), [
          expectedAt(golden, key, "remaining_total"),
        ]);
      }
    }
  });
}

goldenTest("rotki/acb-11-steps", "follows average cost through oversells", (golden) => {
  for (const step of golden.transactions.keys()) {
    const upTo = { ...golden, transactions: golden.transactions.slice(0, step + 1) };
    // Its convention: the whole proceeds of what was not held are gain.
    const book = match(upTo, { method: "acb", missingCost: "zero" });
    const last = lotRows(fieldsOf(upTo))[step]?.id;
    const ofStep = book.disposals.filter(({ rowId }) => rowId === last);
    const at = (key: string) => Number(expectedAt(golden, "steps", step, key));
    assertEquals(sum(ofStep.map(({ gain }) => gain)), at("pnl"));
    assertEquals(sum(book.lots.map(({ cost }) => cost)), at("total_cost"));
    assertEquals(sum(book.lots.map(({ quantity }) => quantity)), at("quantity"));
  }
  const { problems } = match(golden, { method: "acb" });
  assertEquals(problems.map(({ quantity }) => quantity), ["0.1", "0.5"]);
});

goldenTest("rotki/fees-acb-in-cost", "has fees in average cost and proceeds", (golden) => {
  const { disposals } = match(golden, { method: "acb" });
  const pnl = expectedAt(golden, "pnl");
  assert(Array.isArray(pnl), "pnl per row");
  assertEquals(disposals.map(({ gain }) => gain), pnl.filter((one) => one !== "0"));
});

for (const name of ["crypto-to-crypto-fifo", "no-buy-for-sell", "past-cost-basis-on"]) {
  const areFeesInCost = name === "crypto-to-crypto-fifo";
  goldenTest(`rotki/${name}`, "gains on trades, fees apart unless in cost", (golden) => {
    const book = match(golden, { method: "fifo", missingCost: "zero", areFeesInCost });
    assertClose(
      sum(sells(book).map(({ gain }) => gain)),
      Number(expectedAt(golden, "trade_pnl")),
      1e-9,
    );
    const apart = book.fees.filter(({ appliedTo }) => appliedTo === "none");
    assertEquals(-sum(apart.map(({ value }) => value)) + 0, Number(expectedAt(golden, "fee_pnl")));
  });
}

goldenTest("rotki/fee-in-cost-basis-of-buy", "adds fees in coin and in money to cost", (golden) => {
  const rates = expectedAt(golden, "unit_cost");
  assert(Array.isArray(rates), "a rate per buy");
  for (const [index, rate] of rates.entries()) {
    const one = { ...golden, transactions: golden.transactions.slice(index, index + 1) };
    assertEquals(match(one, { method: "fifo" }).lots[0]?.unitCost, rate);
  }
});

// Portfolio Performance: costs in whole cents, rounded half up; the last part takes the rest.
const CENTS = { decimals: 2, rounding: "half_up" } as const;
const METHODS = [["FIFO", "fifo"], ["MOVING_AVERAGE", "acb"]] as const;
for (const name of ["cost-and-gains-1", "rounding-closes-to-zero", "forex-fifo"]) {
  for (const [key, method] of METHODS) {
    goldenTest(`pp/${name}`, `rounds ${key} to cents`, (golden) => {
      const book = match(golden, { method, split: CENTS });
      const cost = expectedAt(golden, key, "cost");
      const realized = expectedAt(golden, key, "realised");
      if (cost !== undefined) assertClose(sum(book.lots.map((lot) => lot.cost)), Number(cost));
      if (realized !== undefined) assertEquals(book.realized[0]?.gain, realized);
    });
  }
}

goldenTest("pp/forex-fifo", "matches in the asset's own currency, too", (golden) => {
  const transactions = golden.transactions.map((row) => {
    assert(row.asset_amount, "an amount in the asset's currency");
    return { ...row, amount: row.asset_amount };
  });
  const book = match({ ...golden, transactions }, { method: "fifo", split: CENTS });
  assertEquals(book.realized[0]?.gain, expectedAt(golden, "in_usd", "FIFO", "realised"));
});

Deno.test({
  name: "every lot case of other trackers has a test",
  ignore: url === null,
  fn: () => {
    const ids = CASES.map(({ id }) => id).filter((id) => !NOT_OF_LOTS.test(id));
    assertEquals(ids.filter((id) => !tested.has(id)), []);
  },
});
