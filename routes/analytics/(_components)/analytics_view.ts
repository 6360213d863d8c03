import { USUAL_PERIODS } from "../../../services/analytics/mod.ts";
import { type Interval, INTERVALS, type SortOrder } from "../../../services/market/mod.ts";
import { isRiskSort, type RiskSort } from "./risk_columns.ts";

/** Panels that can show their lines as a table. */
const LINE_PANELS = ["comparison", "rolling", "drawdown"] as const;
export type LinePanel = typeof LINE_PANELS[number];

/**
 * How the reader wants the page; all of it stands in the address, so any view can be sent. Instants
 * stay the text that they were written as: whether it means anything is told where it is read.
 */
export interface AnalyticsView {
  /** Names of assets as given, at most `MAX_NAMES`; empty for those with the largest value. */
  readonly coins: readonly string[];
  readonly period: string;
  /** `null` leaves it to the period and to what is stored. */
  readonly interval: Interval | null;
  readonly asof: string;
  /** Start of the comparison; empty for that of the period. */
  readonly start: string;
  readonly benchmark: string;
  /** The two assets looked at closely; empty for the first two. */
  readonly pair: readonly [first: string, second: string];
  /** Bars of a rolling window. */
  readonly window: number;
  readonly sort: RiskSort;
  readonly order: SortOrder;
  /** Whether equal factors are equal heights in the comparison. */
  readonly isLog: boolean;
  /** The panel that shows its table. */
  readonly table: LinePanel | null;
}

const DEFAULT_PERIOD = "90d";
const DEFAULT_WINDOW = 30;
/** Names that an address may hold; how many of them are measured is told apart. */
const MAX_NAMES = 60;
const MAX_TEXT = 128;
const DEFAULT_SORT: RiskSort = "asked";

function textOf(params: URLSearchParams, name: string): string {
  return (params.get(name) ?? "").trim().slice(0, MAX_TEXT);
}

/** The names in `coins=a,b` and in any number of `coin=a`, each once. */
function namesOf(params: URLSearchParams): readonly string[] {
  const names = [
    ...params.getAll("coins").flatMap((list) => list.split(",")),
    ...params.getAll("coin"),
  ]
    .map((name) => name.trim().slice(0, MAX_TEXT)).filter(Boolean);
  return [...new Set(names)].slice(0, MAX_NAMES);
}

/** Reads a view from an address. What it does not know is left at its default. */
export function readAnalyticsView({ searchParams: params }: URL): AnalyticsView {
  const sort = params.get("sort") ?? "";
  const window = Number(params.get("window"));
  return {
    coins: namesOf(params),
    period: textOf(params, "period") || DEFAULT_PERIOD,
    interval: INTERVALS.find((name) => name === params.get("interval")) ?? null,
    asof: textOf(params, "asof"),
    start: textOf(params, "start"),
    benchmark: textOf(params, "benchmark"),
    pair: [textOf(params, "a"), textOf(params, "b")],
    window: Number.isInteger(window) && window > 0 ? window : DEFAULT_WINDOW,
    sort: isRiskSort(sort) ? sort : DEFAULT_SORT,
    order: params.get("order") === "asc" ? "asc" : "desc",
    isLog: params.get("scale") === "log",
    table: LINE_PANELS.find((name) => name === params.get("table")) ?? null,
  };
}

/** Name and value of each part of a view that differs from the default, as a form sends them. */
export function analyticsFields(view: AnalyticsView): [name: string, value: string][] {
  const [a, b] = view.pair;
  const fields: [string, string][] = [
    ["coins", view.coins.join(",")],
    ["period", view.period === DEFAULT_PERIOD ? "" : view.period],
    ["interval", view.interval ?? ""],
    ["asof", view.asof],
    ["start", view.start],
    ["benchmark", view.benchmark],
    ["a", a],
    ["b", b],
    ["window", view.window === DEFAULT_WINDOW ? "" : String(view.window)],
    ["sort", view.sort === DEFAULT_SORT ? "" : view.sort],
    ["order", view.sort === DEFAULT_SORT || view.order === "desc" ? "" : view.order],
    ["scale", view.isLog ? "log" : ""],
    ["table", view.table ?? ""],
  ];
  return fields.filter(([, value]) => value !== "");
}

/** The address of a view under `path`; commas between names stay commas. */
export function analyticsHref(view: AnalyticsView, path = "/analytics"): string {
  const query = new URLSearchParams(analyticsFields(view)).toString().replaceAll("%2C", ",");
  return query === "" ? path : `${path}?${query}`;
}

/** The periods to offer: the usual ones, and one of the address that is none of them. */
export function offeredPeriods({ period }: Pick<AnalyticsView, "period">): readonly string[] {
  return [...new Set<string>([...USUAL_PERIODS, period])];
}
