import { DAY_MS, type UtcMs } from "../../kernel/time.ts";
import { ARRIVED, AssetMatcher, type RuleSpan } from "./asset_matcher.ts";
import type { AssetPlan, LotEvent } from "./asset_plan.ts";
import { BigAmounts } from "./big_amounts.ts";
import { columnsOf, type EventColumns, methodsOf } from "./event_columns.ts";
import { formatExact, powerOfTen } from "./exact.ts";
import type { LotAmounts } from "./lot_amounts.ts";
import type { Disposal, Lot, LotBook, LotOptions, RealizedTotal, Split } from "./lot_book.ts";
import { MONEY_DECIMALS } from "./words.ts";
import { WordAmounts } from "./word_amounts.ts";
import { wordScaleOf } from "./word_scale.ts";

/** Division down to 10^-18, the precision of most tokens. */
const DEFAULT_SPLIT: Split = { decimals: MONEY_DECIMALS, rounding: "down" };
const LONG_TERM_DAYS = 365;

/** Matches one asset's plan and writes out what follows from it. */
export function bookOfAsset(plan: AssetPlan, options: LotOptions): LotBook {
  const columns = columnsOf(plan, options);
  const amounts = amountsOf(columns, options);
  const matcher = new AssetMatcher(columns, { amounts, ruleAt: (at) => ruleSpanAt(at, options) });
  matcher.run();
  const view = { plan, columns, amounts, matcher, options };
  const disposals = disposalsOf(view);
  return {
    lots: openLotsOf(view),
    disposals,
    income: plan.income,
    fees: plan.fees,
    realized: realizedOf(view, disposals),
    problems: [...plan.problems, ...matcher.problems].sort((a, b) => a.at - b.at),
  };
}

/** Amounts in machine words where these are exact for this asset, else in big integers. */
export function amountsOf(
  columns: EventColumns,
  options: LotOptions,
): LotAmounts {
  const { split = DEFAULT_SPLIT } = options;
  const picks = columns.pickQuantities;
  const pools = Math.max(1, columns.accounts.length);
  const hasPools = methodsOf(options).includes("acb");
  const isDefault = split.decimals === MONEY_DECIMALS && split.rounding === "down";
  const scale = isDefault ? wordScaleOf(columns.events, { picks, hasPools }) : null;
  return scale
    ? new WordAmounts(columns.events, { scale, picks, pools })
    : new BigAmounts(columns.events, { split, picks, pools });
}

/** The rule of the tax year of an instant, and when that year ends. */
export function ruleSpanAt(at: number, { rule, rulesByYear = {} }: LotOptions): RuleSpan {
  const year = new Date(at).getUTCFullYear();
  return { rule: rulesByYear[year] ?? rule, until: Date.UTC(year + 1, 0) };
}

interface View {
  readonly plan: AssetPlan;
  readonly columns: EventColumns;
  readonly amounts: LotAmounts;
  readonly matcher: AssetMatcher;
  readonly options: LotOptions;
}

function openLotsOf({ plan, columns, amounts, matcher }: View): Lot[] {
  const { events, accounts, links } = matcher.lots;
  const { quantityDecimals, costDecimals } = amounts;
  const lots: Lot[] = [];
  for (const [lot, index] of events.entries()) {
    const event = columns.events[index];
    if (!event || !amounts.isOpen(lot)) continue;
    const quantity = amounts.lotQuantity(lot);
    const cost = amounts.lotCost(lot);
    const perUnit = cost * powerOfTen(quantityDecimals + MONEY_DECIMALS) /
      (quantity * powerOfTen(costDecimals));
    lots.push({
      assetId: plan.assetId,
      account: columns.accounts[accounts.at(lot)] ?? "",
      acquired: acquiredAt(event),
      quantity: formatExact({ units: quantity, decimals: quantityDecimals }),
      cost: event.isValued ? formatExact({ units: cost, decimals: costDecimals }) : null,
      unitCost: event.isValued ? formatExact({ units: perUnit, decimals: MONEY_DECIMALS }) : null,
      rowId: event.row.id,
      isInTransit: links.at(lot) !== ARRIVED,
    });
  }
  return lots.sort((a, b) => (a.acquired ?? 0) - (b.acquired ?? 0));
}

/** When the units of a lot were acquired; a transfer from nowhere does not say. */
function acquiredAt({ kind, row }: LotEvent): UtcMs | null {
  return kind === "open" && row.action !== "TRANSFER_IN" ? row.at : null;
}

function disposalsOf(view: View): Disposal[] {
  const { columns, matcher } = view;
  const { events, lots } = matcher.fractions;
  const disposals: Disposal[] = [];
  for (const [index, eventIndex] of events.entries()) {
    const event = columns.events[eventIndex];
    const lot = lots.at(index);
    const origin = lot < 0 ? null : columns.events[matcher.lots.events.at(lot)] ?? null;
    if (event) disposals.push(disposalOf(view, { index, event, origin }));
  }
  return disposals;
}

interface Fraction {
  readonly index: number;
  readonly event: LotEvent;
  /** What opened its lot; `null` for what was not held. */
  readonly origin: LotEvent | null;
}

function disposalOf({ amounts, options }: View, { index, event, origin }: Fraction): Disposal {
  const { row } = event;
  const { quantity, cost, proceeds } = amounts.fraction(index);
  const decimals = amounts.costDecimals;
  const isCostKnown = origin === null ? options.missingCost === "zero" : origin.isValued;
  const isGainKnown = isCostKnown && event.isValued;
  const acquired = origin && acquiredAt(origin);
  const daysHeld = acquired === null ? null : Math.floor((row.at - acquired) / DAY_MS);
  const isLong = daysHeld !== null && daysHeld > (options.longTermDays ?? LONG_TERM_DAYS);
  return {
    rowId: row.id,
    action: row.action,
    assetId: row.assetId,
    account: row.account,
    lotRowId: origin && origin.row.id,
    acquired,
    disposed: row.at,
    quantity: formatExact({ units: quantity, decimals: amounts.quantityDecimals }),
    cost: isCostKnown ? formatExact({ units: cost, decimals }) : null,
    proceeds: event.isValued ? formatExact({ units: proceeds, decimals }) : null,
    gain: isGainKnown ? formatExact({ units: proceeds - cost, decimals }) : null,
    daysHeld,
    term: daysHeld === null ? null : isLong ? "long" : "short",
    isComplete: isGainKnown && acquired !== null,
  };
}

interface Sums {
  proceeds: bigint;
  cost: bigint;
  gain: bigint;
  longTermGain: bigint;
  incomplete: number;
}

/** Sums fractions by year; `disposals` has them in the order of the amounts. */
function realizedOf({ plan, amounts }: View, disposals: readonly Disposal[]): RealizedTotal[] {
  const sumsByYear = new Map<number, Sums>();
  for (const [index, disposal] of disposals.entries()) {
    const year = new Date(disposal.disposed).getUTCFullYear();
    let sums = sumsByYear.get(year);
    if (!sums) {
      sums = { proceeds: 0n, cost: 0n, gain: 0n, longTermGain: 0n, incomplete: 0 };
      sumsByYear.set(year, sums);
    }
    const { cost, proceeds } = amounts.fraction(index);
    if (disposal.proceeds !== null) sums.proceeds += proceeds;
    if (disposal.cost !== null) sums.cost += cost;
    if (disposal.gain !== null) sums.gain += proceeds - cost;
    if (disposal.gain !== null && disposal.term === "long") sums.longTermGain += proceeds - cost;
    if (!disposal.isComplete) sums.incomplete++;
  }
  const text = (units: bigint) => formatExact({ units, decimals: amounts.costDecimals });
  return [...sumsByYear].map(([year, { proceeds, cost, gain, longTermGain, incomplete }]) => ({
    year,
    assetId: plan.assetId,
    proceeds: text(proceeds),
    cost: text(cost),
    gain: text(gain),
    shortTermGain: text(gain - longTermGain),
    longTermGain: text(longTermGain),
    incomplete,
  }));
}
