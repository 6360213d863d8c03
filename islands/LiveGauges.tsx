import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ClientError } from "../components/api/client.ts";
import { fetchGauge, type GaugePath } from "../components/api/gauges.ts";
import { tellGaugeRead } from "./page/gauge_events.ts";
import { refreshRegions } from "./page/refresh_regions.ts";

export interface LiveGaugesProps {
  /** The gauges that are read, with the time of the reading on the page. */
  readonly shown: readonly (readonly [gauge: GaugePath, asof: number | null])[];
  /** Whether charts go on by single readings, and not by hours. */
  readonly isByMinute: boolean;
  /** Whether there is too little yet for all that the page will show. */
  readonly isBeginning: boolean;
}

/** Gauges are read once a minute; a reader waits half of that at most. */
const ASK_EVERY_MS = 30_000;
/** Before the first charts, each reading is worth more. */
const ASK_FIRST_MS = 5_000;

/** Asks for newer readings while the page is seen, and puts them on it. Says so where it can't. */
export default function LiveGauges({ shown, isByMinute, isBeginning }: LiveGaugesProps) {
  const isCut = useSignal(false);
  useEffect(() => {
    const known = new Map(shown);
    const stop = new AbortController();

    async function ask(): Promise<boolean> {
      let isNew = false;
      for (const [gauge, asof] of known) {
        const reading = await fetchGauge(gauge, stop.signal);
        if (reading === null || asof !== null && reading.t <= asof) continue;
        known.set(gauge, reading.t);
        isNew = true;
        if (isByMinute) tellGaugeRead(gauge, reading);
      }
      return isNew;
    }

    async function show() {
      // Charts that are not there yet come with the page as a whole.
      if (isBeginning) location.reload();
      else await refreshRegions();
    }

    async function look() {
      if (document.hidden) return;
      try {
        if (await ask()) await show();
        isCut.value = false;
      } catch (error) {
        if (stop.signal.aborted) return;
        if (!(error instanceof ClientError)) throw error;
        isCut.value = true;
      }
    }

    const timer = setInterval(() => void look(), isBeginning ? ASK_FIRST_MS : ASK_EVERY_MS);
    const onShown = () => void look();
    document.addEventListener("visibilitychange", onShown);
    return () => {
      stop.abort();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onShown);
    };
  }, []);
  return (
    <span class="gauges-live" role="status" data-state={isCut.value ? "stale" : undefined}>
      {isCut.value ? "The server can't be reached; asking again" : ""}
    </span>
  );
}
