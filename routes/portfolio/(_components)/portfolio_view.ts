import type { SortOrder } from "../../../components/table/SortHeader.tsx";
import { parseUuid, type Uuid } from "../../../services/kernel/ids.ts";
import { DAY_MS, type UtcMs, utcMsOf } from "../../../services/kernel/time.ts";
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
  readonly range: PortfolioRange;
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
    method: LOT_METHODS.find((name) => name === method) ?? null,
    benchmark: searchParams.get("benchmark")?.trim().slice(0, 60) ?? "",
    table: searchParams.get("table"),
    sort: POSITION_SORTS.find((name) => name === searchParams.get("sort")) ?? "value",
    order: searchParams.get("order") === "asc" ? "asc" : "desc",
  };
}

/** The address of a view: of its page, or of something below it. */
export function portfolioHref(view: PortfolioView, below = ""): string {
  const query = new URLSearchParams();
  if (view.currency !== null) query.set("currency", view.currency);
  if (view.range !== "all") query.set("range", view.range);
  if (view.method !== null) query.set("method", view.method);
  if (view.benchmark !== "") query.set("benchmark", view.benchmark);
  if (view.table !== null) query.set("table", view.table);
  if (view.sort !== "value" || view.order !== "desc") query.set("sort", view.sort);
  if (view.order !== "desc") query.set("order", view.order);
  const [path = "", hash] = below.split("#");
  return `/portfolio/${view.id}${path}${query.size === 0 ? "" : `?${query}`}` +
    (hash === undefined ? "" : `#${hash}`);
}

/** Where a range begins; `undefined` for all of it. */
export function startOf(range: PortfolioRange, now: UtcMs): UtcMs | undefined {
  const days = RANGE_DAYS[range];
  return days === null ? undefined : utcMsOf(now - days * DAY_MS);
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
