import {
  POOL_COLUMN_KEYS,
  type PoolColumn,
  poolColumns,
} from "../../../components/pools/pool_columns.ts";
import {
  type BoardSummary,
  type FetchProblem,
  filterPools,
  isOpenPool,
  MOCK_SOURCE,
  type PoolCard,
  type PoolFetcher,
  type PoolFilter,
  type PoolSettings,
  type PoolSourceCount,
  poolSources,
  type ScoreMethodName,
  sortPools,
  summarizePools,
} from "../../../services/defi/mod.ts";
import { DAY_MS, type UtcMs } from "../../../services/kernel/time.ts";
import { PoolsAsofParam } from "../../(_api)/pools.ts";
import type { State } from "../../page_state.ts";
import { parsePoolsView, type PoolsView, usualColumns } from "./pools_view.ts";

/** Rows of one page: real ones, so that the browser's own search finds them. */
export const PAGE_ROWS = 500;

/** What the filters of the leaderboard offer. */
export interface PoolChoices {
  readonly chains: readonly string[];
  readonly protocols: readonly string[];
}

/** The leaderboard that an address asks for. */
export interface PoolsData {
  readonly view: PoolsView;
  readonly columns: readonly PoolColumn[];
  /** Every pool that fits, sorted: what the file holds. */
  readonly cards: readonly PoolCard[];
  /** Those of this page. */
  readonly rows: readonly PoolCard[];
  readonly pages: number;
  readonly summary: BoardSummary;
  readonly total: number;
  /** How many of all no source has read for days, and how many of the others take no deposits. */
  readonly gone: number;
  readonly closed: number;
  readonly choices: PoolChoices;
  readonly fetcher: PoolFetcher;
  /** Why nothing newer came of what was asked for. */
  readonly problems: readonly FetchProblem[];
  /** Where all that fits comes from. */
  readonly sources: readonly PoolSourceCount[];
  /** Whether made-up pools are shown, or will be as soon as the first are made. */
  readonly isMock: boolean;
  readonly settings: PoolSettings;
  /** The instant that ages are told against: now, or the past that is shown. */
  readonly now: number;
  readonly notes: readonly string[];
}

/** The instant of the past that is asked for, without what can't be read; said in `notes`. */
export function readMoment(
  asof: string | null,
): { readonly asof: UtcMs | undefined; readonly notes: readonly string[] } {
  const parsed = PoolsAsofParam.safeParse(asof ?? undefined);
  if (parsed.success) return { asof: parsed.data, notes: [] };
  return { asof: undefined, notes: [`"${asof}" is no day: the newest readings are shown`] };
}

/** Reads the leaderboard that an address asks for. `kept` are the columns that its reader chose. */
export async function readPools(
  { pools, clock }: Pick<State, "pools" | "clock">,
  url: URL,
  { kept = null }: { readonly kept?: string | null } = {},
): Promise<PoolsData> {
  const asked = parsePoolsView(url);
  const { asof, notes } = readMoment(asked.asof);
  const view = { ...asked, asof: asof === undefined ? null : asked.asof };
  const all = await pools.listCards({ asof });
  const [fetcher, problems] = await Promise.all([pools.getFetcher(), pools.listFetchProblems()]);
  const filter = filterOf(view, pools.settings);
  const cards = sortPools(filterPools(all, filter), view);
  const pages = Math.max(1, Math.ceil(cards.length / PAGE_ROWS));
  const page = Math.min(view.page, pages);
  const alive = filterPools(all, { maxAgeMs: goneAfterMs(pools.settings) });
  const names = (of: (card: PoolCard) => string) => [...new Set(all.map(of))].sort();
  const summary = summarizePools(cards, view.method);
  const shown = view.columns ?? keptColumns(kept) ?? usefulColumns(view.method, summary);
  return {
    view: { ...view, page },
    columns: poolColumns(view.method).filter(({ key }) => shown.includes(key)),
    cards,
    rows: cards.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS),
    pages,
    summary,
    total: all.length,
    gone: all.length - alive.length,
    closed: alive.filter((card) => !isOpenPool(card)).length,
    choices: {
      chains: names(({ pool }) => pool.chain),
      protocols: names(({ pool }) => pool.protocol),
    },
    fetcher,
    problems: asof === undefined ? problems : [],
    sources: poolSources(cards),
    isMock: all.length === 0
      ? fetcher.provider === MOCK_SOURCE
      : all.some(({ source }) => source === MOCK_SOURCE),
    settings: pools.settings,
    now: asof ?? clock.now(),
    notes,
  };
}

/** The usual columns, without a line of TVLs where most of them are not known. */
function usefulColumns(method: ScoreMethodName, { pools, tvlKnown }: BoardSummary) {
  return usualColumns(method).filter((key) => key !== "trend_tvl" || tvlKnown * 2 > pools);
}

function filterOf(view: PoolsView, settings: PoolSettings): PoolFilter {
  return {
    chain: view.chain || undefined,
    protocol: view.protocol || undefined,
    asset: view.asset || undefined,
    stable: view.stable === "" ? undefined : view.stable === "only",
    search: view.query,
    minTvlUsd: view.minTvl,
    isOpen: view.closed === "",
    maxAgeMs: view.gone === "show" ? undefined : goneAfterMs(settings),
  };
}

/** A pool that nobody read for so long is gone, as in the simulation. */
function goneAfterMs({ autopilot: { vanish_days } }: PoolSettings): number {
  return vanish_days * DAY_MS;
}

const COLUMNS_COOKIE = "tokenlysis_pool_columns";
const YEAR_S = 31_536_000;

/** The columns that a reader chose, as their browser keeps them; `null` if it keeps none. */
export function readKeptColumns(headers: Headers): string | null {
  const cookies = (headers.get("cookie") ?? "").split(";").map((pair) => pair.trim().split("="));
  return cookies.find(([name]) => name === COLUMNS_COOKIE)?.[1] ?? null;
}

/** Has a browser keep the columns of a view; the usual ones are kept by forgetting. */
export function keepColumns({ columns, method }: PoolsView): string {
  const isUsual = columns === null || columns.join() === usualColumns(method).join();
  const value = isUsual ? "" : columns.join(".");
  return `${COLUMNS_COOKIE}=${value}; Path=/pools; Max-Age=${isUsual ? 0 : YEAR_S}; SameSite=Lax`;
}

function keptColumns(kept: string | null) {
  const named = (kept ?? "").split(".");
  const known = POOL_COLUMN_KEYS.filter((key) => named.includes(key));
  return known.length === 0 ? null : known;
}
