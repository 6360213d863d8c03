// deno-lint-ignore-file no-console
/**
 * Matches the same million rows (buys and sells with fees, first in, first out, three accounts)
 * with our lots and with a plain decimal.js matcher that follows the same rules. Both start from
 * parsed amounts; the fractions must be equal to the last digit. Rounds are interleaved; medians
 * are compared. Reading the rows' text is measured, too, and shown apart.
 */
import { Decimal as DecimalJs } from "decimal.js";
import type { Uuid } from "@/services/kernel/ids.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import type { LotRow } from "@/services/portfolio/lots.ts";
import { amountsOf, ruleSpanAt } from "@/services/portfolio/lots/asset_lots.ts";
import { AssetMatcher } from "@/services/portfolio/lots/asset_matcher.ts";
import { AssetPlanner } from "@/services/portfolio/lots/asset_planner.ts";
import { EventColumns } from "@/services/portfolio/lots/event_columns.ts";
import type { LotAmounts } from "@/services/portfolio/lots/lot_amounts.ts";
import { WordAmounts } from "@/services/portfolio/lots/word_amounts.ts";

const ROWS = 1_000_000;
const ACCOUNTS = ["a", "b", "c"];
const GOAL = 20;
const DECIMALS = 18;
const isQuick = Deno.args.includes("--quick");
/** Enough digits for every product here, and few enough to be quick. */
const Decimal = DecimalJs.clone({ precision: 40, rounding: DecimalJs.ROUND_DOWN });
const OPTIONS = { rule: { method: "fifo", pools: "account" } } as const;

/** Rows of a busy trader: never more sold than held. */
function tradeRows(): LotRow[] {
  let seed = 12345;
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const held = ACCOUNTS.map(() => 0);
  const start = Date.UTC(2014, 0, 1);
  return Array.from({ length: ROWS }, (_, index) => {
    const place = Math.floor(random() * ACCOUNTS.length);
    const units = 1 + Math.floor(random() * 200_000_000);
    const canSell = (held[place] ?? 0) >= units;
    const isSale = canSell && random() < 0.5;
    held[place] = (held[place] ?? 0) + (isSale ? -units : units);
    const price = 20_000 + Math.floor(random() * 40_000) + Math.floor(random() * 100) / 100;
    return {
      id: String(index).padStart(8, "0") as Uuid,
      at: utcMsOf(start + index * 300_000),
      action: isSale ? "SELL" : "BUY",
      assetId: "bitcoin" as AssetId,
      quantity: (units / 1e8).toFixed(8),
      unitPriceUsd: price.toFixed(2),
      fee: (units / 1e8 * price / 1000).toFixed(4),
      account: ACCOUNTS[place] ?? "",
      txHash: null,
      parentId: null,
    };
  });
}

interface DecimalRow {
  readonly isSale: boolean;
  readonly account: string;
  readonly quantity: DecimalJs;
  readonly price: DecimalJs;
  readonly fee: DecimalJs;
}

interface DecimalFraction {
  readonly quantity: DecimalJs;
  readonly cost: DecimalJs;
  readonly proceeds: DecimalJs;
}

function parseDecimals(rows: readonly LotRow[]): DecimalRow[] {
  return rows.map(({ action, account, quantity, unitPriceUsd, fee }) => ({
    isSale: action === "SELL",
    account,
    quantity: new Decimal(quantity),
    price: new Decimal(unitPriceUsd ?? 0),
    fee: new Decimal(fee ?? 0),
  }));
}

/** The `part` share of an amount that belongs to `whole`, cut at 18 decimals. */
function shareOf(amount: DecimalJs, part: DecimalJs, whole: DecimalJs): DecimalJs {
  if (part.eq(whole)) return amount;
  return amount.times(part).div(whole).toDecimalPlaces(DECIMALS, DecimalJs.ROUND_DOWN);
}

function matchDecimals(rows: readonly DecimalRow[]): DecimalFraction[] {
  interface Lot {
    quantity: DecimalJs;
    readonly price: DecimalJs;
    fee: DecimalJs;
  }
  const pools = new Map<string, { lots: Lot[]; first: number }>();
  const fractions: DecimalFraction[] = [];
  for (const { isSale, account, quantity, price, fee } of rows) {
    let pool = pools.get(account);
    if (!pool) pools.set(account, pool = { lots: [], first: 0 });
    if (!isSale) {
      pool.lots.push({ quantity, price, fee });
      continue;
    }
    let need = quantity;
    let feeLeft = fee;
    while (need.gt(0)) {
      const lot = pool.lots[pool.first];
      if (!lot) throw new Error("Expected no oversell");
      const part = need.lt(lot.quantity) ? need : lot.quantity;
      const lotFee = shareOf(lot.fee, part, lot.quantity);
      const rowFee = shareOf(feeLeft, part, need);
      fractions.push({
        quantity: part,
        cost: lot.price.times(part).plus(lotFee),
        proceeds: price.times(part).minus(rowFee),
      });
      lot.quantity = lot.quantity.minus(part);
      lot.fee = lot.fee.minus(lotFee);
      need = need.minus(part);
      feeLeft = feeLeft.minus(rowFee);
      if (lot.quantity.isZero()) pool.first++;
    }
  }
  return fractions;
}

/** Reads the rows into columns. */
function prepare(rows: readonly LotRow[]) {
  const index = { rowOf: () => null, feesOf: () => [] };
  const planner = new AssetPlanner({ index, options: OPTIONS });
  const added = new Map(rows.map((row) => [row.id, row]));
  drain(planner.update({ removed: new Map(), added }));
  const columns = new EventColumns(OPTIONS);
  columns.load(planner.events, 0);
  const amounts = amountsOf(columns, OPTIONS);
  if (!(amounts instanceof WordAmounts)) throw new Error("Expected amounts in machine words");
  const ruleAt = (at: number) => ruleSpanAt(at, OPTIONS);
  return { amounts, matcher: new AssetMatcher(columns, { amounts, ruleAt, isByRow: false }) };
}

function drain(work: Iterable<unknown, unknown>): void {
  for (const _ of work) continue;
}

function assertSame(amounts: LotAmounts, fractions: readonly DecimalFraction[]): void {
  const text = (units: bigint, decimals: number) => new Decimal(`${units}e-${decimals}`);
  for (const [index, { quantity, cost, proceeds }] of fractions.entries()) {
    const ours = amounts.fraction(index);
    const isSame = text(ours.quantity, amounts.quantityDecimals).eq(quantity) &&
      text(ours.cost, DECIMALS).eq(cost) && text(ours.proceeds, DECIMALS).eq(proceeds);
    if (!isSame) throw new Error(`Expected equal fractions, number ${index} differs`);
  }
}

function timed<Result>(times: number[], run: () => Result): Result {
  const start = performance.now();
  const result = run();
  times.push(performance.now() - start);
  return result;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

const rows = tradeRows();
const times = {
  plan: [] as number[],
  ours: [] as number[],
  parse: [] as number[],
  theirs: [] as number[],
};
let fractions = 0;
for (let round = 0; round < (isQuick ? 1 : 5); round++) {
  const { amounts, matcher } = timed(times.plan, () => prepare(rows));
  timed(times.ours, () => drain(matcher.run(0)));
  const parsed = timed(times.parse, () => parseDecimals(rows));
  const theirs = timed(times.theirs, () => matchDecimals(parsed));
  if (round === 0) assertSame(amounts, theirs);
  fractions = theirs.length;
}
const ratio = median(times.theirs) / median(times.ours);
const line = (name: string, match: number[], parse: number[]) =>
  console.log(
    `${name}  ${median(match).toFixed(0).padStart(5)} ms, reading the text ` +
      `${median(parse).toFixed(0)} ms`,
  );
console.log(`${ROWS} rows, ${fractions} fractions, equal to the last digit`);
line("lots      ", times.ours, times.plan);
line("decimal.js", times.theirs, times.parse);
console.log(`ratio       ${ratio.toFixed(1)} (goal: at least ${GOAL})`);
if (ratio < GOAL && !isQuick) Deno.exit(1);
