import { render } from "preact";
import type { PoolTick } from "../../components/api/live_events.ts";
import { formatPlain } from "../../components/format/number.ts";
import { FlashLimiter } from "../../components/live/flash_limiter.ts";
import { isPoolFigure, type PoolFigureName } from "../../components/pools/pool_figures.ts";
import { PoolMarks } from "../../components/pools/PoolMarks.tsx";
import { type FigureSubject, PoolFigure } from "../../components/pools/PoolFigure.tsx";
import { flashCell } from "./flash_cell.ts";
import { WarningStrip } from "./warning_strip.tsx";

/** The figures that a reading brings; the others stay as the server wrote them. */
type LiveFigure = Exclude<PoolFigureName, "coverage">;

const READ: Readonly<Record<LiveFigure, (tick: PoolTick) => number | null>> = {
  score_v1: ({ scoreV1 }) => scoreV1,
  score_v0: ({ scoreV0 }) => scoreV0,
  supply_apy: ({ supplyApy }) => supplyApy,
  incentive_apy: ({ incentiveApy }) => incentiveApy,
  borrow_apy: ({ borrowApy }) => borrowApy,
  volatility: ({ volatilityPp }) => volatilityPp,
  utilization: ({ utilization }) => utilization,
  kink_distance: ({ kinkDistance }) => kinkDistance,
  tvl_usd: ({ tvlUsd }) => tvlUsd,
  withdrawable_usd: ({ withdrawableUsd }) => withdrawableUsd,
};

interface LiveCell {
  readonly element: HTMLElement;
  readonly figure: LiveFigure;
  value: number | null;
  isTaken: boolean;
}

interface PoolPlace {
  readonly subject: FigureSubject;
  readonly cells: readonly LiveCell[];
  /** Where its warnings stand as a chip. */
  readonly marks: HTMLElement | null;
  /** Where its warnings stand in words. */
  readonly strip: WarningStrip | null;
  /** What says that nobody has read the pool for days, where it says so. */
  readonly ended: HTMLElement | null;
  at: number;
}

/** The live figures of a page by their pool, and the writing into them. */
export class PoolCells {
  readonly #places = new Map<string, PoolPlace[]>();
  readonly #flashes = new FlashLimiter<HTMLElement>();

  constructor(page: ParentNode) {
    for (const root of page.querySelectorAll<HTMLElement>("[data-pool]")) {
      const place = placeOf(root);
      const { poolId } = place.subject;
      this.#places.set(poolId, [...this.#places.get(poolId) ?? [], place]);
    }
  }

  /** Time of the newest reading on the page, UTC milliseconds; `null` without a pool. */
  get newestAt(): number | null {
    const times = [...this.#places.values()].flat().map(({ at }) => at);
    return times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b));
  }

  /** Writes a reading wherever its pool stands, unless a newer one is there. */
  write(tick: PoolTick, { isCalm, now }: { isCalm: boolean; now: number }): void {
    for (const place of this.#places.get(tick.poolId) ?? []) {
      if (tick.at < place.at) continue;
      if (tick.at > place.at) place.ended?.remove();
      place.at = tick.at;
      if (place.marks !== null) render(<PoolMarks warnings={tick.warnings} />, place.marks);
      place.strip?.write(tick.warnings);
      for (const cell of place.cells) {
        const value = READ[cell.figure](tick);
        if (value === cell.value) continue;
        const before = cell.value;
        cell.value = value;
        this.#draw(cell, place.subject);
        // What was or is not known went neither up nor down.
        if (isCalm || value === null || before === null) continue;
        const direction = value < before ? "down" : "up";
        if (this.#flashes.take(cell.element, now)) flashCell(cell.element, direction);
      }
    }
  }

  /** What the server wrote is taken over with its focus where it is of the kind that is drawn. */
  #draw(cell: LiveCell, subject: FigureSubject): void {
    const { element, figure, value } = cell;
    const isLink = element.querySelector("a.explain") !== null;
    if (!cell.isTaken && isLink !== (value !== null)) element.replaceChildren();
    cell.isTaken = true;
    render(<PoolFigure name={figure} value={value} subject={subject} />, element);
    element.dataset["value"] = value === null ? "" : formatPlain(value);
  }
}

function placeOf(root: HTMLElement): PoolPlace {
  const { pool = "", symbol = "", kink = "", at = "", lends = "" } = root.dataset;
  const cells = [...root.querySelectorAll<HTMLElement>("[data-figure]")].flatMap((element) => {
    const { figure = "", value = "" } = element.dataset;
    if (!isPoolFigure(figure) || figure === "coverage") return [];
    return [{ element, figure, value: value === "" ? null : Number(value), isTaken: false }];
  });
  const subject = {
    poolId: pool,
    symbol,
    kink: Number(kink),
    asof: null,
    isLending: lends === "yes",
  };
  const strip = WarningStrip.of(root);
  const marks = strip === null ? root.querySelector<HTMLElement>("[data-marks]") : null;
  return { subject, cells, marks, strip, ended: root.querySelector(".ended"), at: Date.parse(at) };
}
