import type { SortOrder } from "../../../components/table/SortHeader.tsx";
import { parseUuid, type Uuid } from "../../../services/kernel/ids.ts";
import {
  DAY_MS,
  formatUtcMs,
  parseUtcMs,
  readUtcMs,
  type UtcMs,
  utcMsOf,
} from "../../../services/kernel/time.ts";
import {
  BASE_CURRENCIES,
  type BaseCurrency,
  LOT_METHODS,
  type LotMethod,
  type Portfolio,
} from "../../../services/portfolio/mod.ts";

export const RANGES = ["1m", "3m", "1y", "all"] as const;
export type PortfolioRange = typeof RANGES[number];

const RANGE_DAYS: Readonly<Record<PortfolioRange, number | null>> = {
  "1m": 30,
  "3m": 91,
  "1y": 365,
  all: null,
};

/** Columns that positions can be sorted by; the largest value first unless the address says so. */
export const POSITION_SORTS = [
  ...["name", "quantity", "price", "change_24h", "value", "cost"],
  ...["unrealised", "on_cost", "share", "contribution"],
] as const;

export const RANGE_LABELS: Readonly<Record<PortfolioRange, string>> = {
  "1m": "1M",
  "3m": "3M",
  "1y": "1Y",
  all: "All",
};

/** What the address of a portfolio's page says. */
export interface PortfolioView {
  readonly id: Uuid;
  /** `null` is the portfolio's own. */
  readonly currency: BaseCurrency | null;
  /** Counts where no days are named. */
  readonly range: PortfolioRange;
  /** First and last day of the range (UTC), where the address names them. */
  readonly from: string | null;
  readonly to: string | null;
  /** `null` follows the portfolio's rules. */
  readonly method: LotMethod | null;
  /** An asset's id that returns are held against; empty for none. */
  readonly benchmark: string;
  /** The panel that shows its numbers instead of its chart. */
  readonly table: string | null;
  /** One of `POSITION_SORTS`. */
  readonly sort: string;
  readonly order: SortOrder;
}

/** Reads the address; what it does not know it takes for not said. `null` without an id. */
export function readPortfolioView(url: URL, id: string): PortfolioView | null {
  const portfolioId = parseUuid(id);
  if (portfolioId === null) return null;
  const { searchParams } = url;
  const currency = searchParams.get("currency")?.toUpperCase();
  const range = searchParams.get("range");
  const method = searchParams.get("method");
  return {
    id: portfolioId,
    currency: BASE_CURRENCIES.find((name) => name === currency) ?? null,
    range: RANGES.find((name) => name === range) ?? "all",
    ...daysOf(searchParams),
    method: LOT_METHODS.find((name) => name === method) ?? null,
    benchmark: searchParams.get("benchmark")?.trim().slice(0, 60) ?? "",
    table: searchParams.get("table"),
    sort: POSITION_SORTS.find((name) => name === searchParams.get("sort")) ?? "value",
    order: searchParams.get("order") === "asc" ? "asc" : "desc",
  };
}

/** Days that begin before they end, each of which may be missing; none of them otherwise. */
function daysOf(query: URLSearchParams): Pick<PortfolioView, "from" | "to"> {
  const [from, to] = [dayOf(query.get("from")), dayOf(query.get("to"))];
  return from !== null && to !== null && from > to ? { from: null, to: null } : { from, to };
}

function dayOf(text: string | null): string | null {
  const isDay = text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && parseUtcMs(text) !== null;
  return isDay ? text : null;
}

/** The address of a view: of its page, or of something below it. */
export function portfolioHref(view: PortfolioView, below = ""): string {
  const query = new URLSearchParams();
  if (view.currency !== null) query.set("currency", view.currency);
  if (view.range !== "all") query.set("range", view.range);
  if (view.from !== null) query.set("from", view.from);
  if (view.to !== null) query.set("to", view.to);
  if (view.method !== null) query.set("method", view.method);
  if (view.benchmark !== "") query.set("benchmark", view.benchmark);
  if (view.table !== null) query.set("table", view.table);
  if (view.sort !== "value" || view.order !== "desc") query.set("sort", view.sort);
  if (view.order !== "desc") query.set("order", view.order);
  const [path = "", hash] = below.split("#");
  return `/portfolio/${view.id}${path}${query.size === 0 ? "" : `?${query}`}` +
    (hash === undefined ? "" : `#${hash}`);
}

/** Where a range begins and ends; `undefined` from before the first row, and to the present. */
export function boundsOf(
  { range, from, to }: Pick<PortfolioView, "range" | "from" | "to">,
  now: UtcMs,
): { readonly from: UtcMs | undefined; readonly to: UtcMs | undefined } {
  if (from !== null || to !== null) {
    const end = to === null ? undefined : utcMsOf(startOf(to) + DAY_MS);
    return { from: from === null ? undefined : startOf(from), to: end };
  }
  const days = RANGE_DAYS[range];
  return { from: days === null ? undefined : utcMsOf(now - days * DAY_MS), to: undefined };
}

function startOf(day: string): UtcMs {
  return readUtcMs(day, "day");
}

/** The same explanation as JSON, over the same range. */
export function explanationHref(
  view: PortfolioView,
  { figure, now }: { readonly figure: string; readonly now: UtcMs },
): string {
  const query = new URLSearchParams();
  if (view.currency !== null) query.set("currency", view.currency);
  for (const [name, at] of Object.entries(boundsOf(view, now))) {
    if (at !== undefined) query.set(name, formatUtcMs(at));
  }
  const path = `/api/portfolio/${view.id}/explain/${encodeURIComponent(figure)}`;
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Lot methods as people know them. */
export const METHOD_LABELS: Readonly<Record<LotMethod, string>> = {
  fifo: "FIFO",
  lifo: "LIFO",
  hifo: "HIFO",
  lofo: "LOFO",
  acb: "Average cost",
  specid: "Specific lots",
};

/** Years that are named beside a rule; of more only the number is told. */
const MAX_NAMED_YEARS = 3;

/** The method of a portfolio, with the tax years that have another: `FIFO, HIFO in 2024`. */
export function methodText(
  { rule, rulesByYear }: Pick<Portfolio, "rule" | "rulesByYear">,
): string {
  const others = Object.entries(rulesByYear).filter(([, own]) => own.method !== rule.method);
  const named = others.length > MAX_NAMED_YEARS
    ? [`others in ${others.length} years`]
    : others.map(([year, own]) => `${METHOD_LABELS[own.method]} in ${year}`);
  return [METHOD_LABELS[rule.method], ...named].join(", ");
}

export const METHOD_WORDS: Readonly<Record<LotMethod, string>> = {
  fifo: "First in, first out",
  lifo: "Last in, first out",
  hifo: "Highest cost first",
  lofo: "Lowest cost first",
  acb: "Average cost of all units",
  specid: "The lots that each sale names",
};
