import {
  MOCK_SOURCE,
  type PoolDetail,
  type PoolRow,
  poolRows,
  type RateCurve,
  rateCurve,
} from "../../../services/defi/mod.ts";
import type { State } from "../../page_state.ts";
import { asHttpError } from "../../refusals.ts";
import { type PoolLines, poolLines } from "./pool_lines.ts";
import { parsePoolView, type PoolView, rangeStart } from "./pool_view.ts";
import { readMoment } from "./read_pools.ts";

/** One pool over the range that an address asks for. */
export interface PoolPageData {
  readonly view: PoolView;
  readonly detail: PoolDetail;
  /** Readings of the range, oldest first. */
  readonly rows: readonly PoolRow[];
  readonly lines: PoolLines;
  readonly curve: RateCurve;
  readonly isMock: boolean;
  /** The instant that ages are told against: now, or the past that is shown. */
  readonly now: number;
  readonly notes: readonly string[];
}

/** Reads the pool that an address asks for. Throws `HttpError` 404 for one that nobody knows. */
export async function readPool(
  { pools, clock }: Pick<State, "pools" | "clock">,
  url: URL,
  { id }: { readonly id: string },
): Promise<PoolPageData> {
  const asked = parsePoolView(url, id);
  const { asof, notes } = readMoment(asked.asof);
  const detail = await pools.getPool(id, { asof }).catch((error) => {
    throw asHttpError(error);
  });
  const view = { ...asked, asof: asof === undefined ? null : asked.asof };
  const { metrics, episodes, history, settings } = detail;
  const from = rangeStart(view, metrics.asof);
  const rows = poolRows(history, { from, settings });
  return {
    view,
    detail,
    rows,
    lines: poolLines({ rows, metrics, episodes }),
    curve: rateCurve(history, { from, kink: metrics.kink }),
    isMock: detail.source === MOCK_SOURCE,
    now: asof ?? clock.now(),
    notes,
  };
}
