import { useEffect } from "preact/hooks";
import { watchPortfolio } from "../components/api/live.ts";
import type { PortfolioTick } from "../components/api/live_portfolios.ts";
import { pageShape, refreshPage } from "./page/refresh_page.ts";
import { REGIONS_EVENT } from "./page/regions.ts";
import { ValueCells } from "./portfolio/value_cells.tsx";

export interface LivePortfolioProps {
  readonly portfolioId: string;
  /** What amounts of the page are in. */
  readonly currency: string;
}

/** Changes that come together are read together. */
const GATHER_MS = 250;
/** Charts, returns and the day's change move slower than the value. */
const REFRESH_MS = 60_000;

/** Figures that are being made anew are looked for so soon, then ever later. */
const FIRST_LOOK_MS = 1_000;
const LAST_LOOK_MS = 30_000;

/** Whether the server says that history is being made anew. */
function isBehind(): boolean {
  const status = pageShape()?.dataset["status"];
  return status !== undefined && status !== "current" && status !== "empty";
}

/** Whether the page was made from other facts than a value that is told now. */
function isOutdated({ ledgerVersion, unpriced, isHeld }: PortfolioTick): boolean {
  const { version, unpriced: shown, held } = pageShape()?.dataset ?? {};
  // A value of an older ledger was on its way when the page was read.
  return ledgerVersion > Number(version) || unpriced !== Number(shown) ||
    isHeld !== (held !== undefined);
}

/** Whether the server has told it since the page was made, or just then. */
function isOfNow({ at }: PortfolioTick): boolean {
  return at >= Number(pageShape()?.dataset["at"]);
}

/** Has the page of a portfolio follow its value and its ledger. */
export default function LivePortfolio({ portfolioId, currency }: LivePortfolioProps) {
  useEffect(() => {
    const cells = new ValueCells(currency);
    const motion = matchMedia("(prefers-reduced-motion: reduce)");
    let newest: PortfolioTick | null = null;
    let painting = 0;
    let gathering: ReturnType<typeof setTimeout> | undefined;
    let looking: ReturnType<typeof setTimeout> | undefined;

    function refresh() {
      clearTimeout(gathering);
      gathering = setTimeout(() => void refreshPage(), GATHER_MS);
    }

    function lookAgain(delayMs: number) {
      clearTimeout(looking);
      if (!isBehind() || delayMs > LAST_LOOK_MS) return;
      looking = setTimeout(async () => {
        if (!document.hidden) await refreshPage();
        lookAgain(delayMs * 2);
      }, delayMs);
    }

    function paint() {
      painting = 0;
      const rate = Number(pageShape()?.dataset["rate"]);
      if (newest === null || !isOfNow(newest) || !Number.isFinite(rate)) return;
      cells.write(newest, { rate, isCalm: motion.matches, now: performance.now() });
    }

    function paintSoon() {
      if (painting === 0) painting = requestAnimationFrame(paint);
    }

    const stop = watchPortfolio(portfolioId, (tick) => {
      newest = tick;
      if (isOutdated(tick)) refresh();
      else paintSoon();
    });
    // What was asked for before the newest value came has brought an older one.
    document.addEventListener(REGIONS_EVENT, paintSoon);
    const timer = setInterval(() => {
      if (!document.hidden) refresh();
      lookAgain(FIRST_LOOK_MS);
    }, REFRESH_MS);
    lookAgain(FIRST_LOOK_MS);
    return () => {
      stop();
      document.removeEventListener(REGIONS_EVENT, paintSoon);
      clearInterval(timer);
      clearTimeout(gathering);
      clearTimeout(looking);
      cancelAnimationFrame(painting);
    };
  }, []);
  return null;
}
