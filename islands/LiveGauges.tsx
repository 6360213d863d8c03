import type { GaugePath, GaugeTick } from "../components/api/gauges.ts";
import { watchGauges } from "../components/api/live.ts";
import type { LiveState } from "../components/api/live_state.ts";
import { describeLive, GAUGES, type LiveStatus } from "../components/live/live_status.ts";
import { FeedChip } from "./live/FeedChip.tsx";
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

/** How often ages are looked at. */
const AGES_EVERY_MS = 1_000;

/** Puts readings on the page as they are told, and says how their stream stands. */
export default function LiveGauges(props: LiveGaugesProps) {
  return <FeedChip keepLive={(onStatus) => keepLive(props, onStatus)} />;
}

function keepLive(
  { shown, isByMinute, isBeginning }: LiveGaugesProps,
  onStatus: (status: LiveStatus) => void,
): () => void {
  const known = new Map(shown);
  let state: LiveState | null = null;
  let isBehind = false;

  function look() {
    const at = Math.max(...[...known.values()].map((asof) => asof ?? -Infinity));
    const newest = at === -Infinity ? null : { at, isTraded: false, source: null };
    onStatus(describeLive({ subject: GAUGES, state, newest, now: Date.now() }));
  }

  /** What the server drew is drawn anew; a page that nobody sees waits until somebody does. */
  function show() {
    if (!isBehind || document.hidden) return;
    isBehind = false;
    // Charts that are not there yet come with the page as a whole.
    if (isBeginning) location.reload();
    else void refreshRegions().then((isRead) => isBehind ||= !isRead);
  }

  const stop = watchGauges({
    onGauges(ticks: readonly GaugeTick[]) {
      for (const { gauge, reading } of ticks) {
        const asof = known.get(gauge);
        if (asof === undefined || asof !== null && reading.t <= asof) continue;
        known.set(gauge, reading.t);
        isBehind = true;
        if (isByMinute) tellGaugeRead(gauge, reading);
      }
      show();
      look();
    },
    onState(next) {
      state = next;
      look();
    },
  });
  const ages = setInterval(look, AGES_EVERY_MS);
  document.addEventListener("visibilitychange", show);
  return () => {
    stop();
    clearInterval(ages);
    document.removeEventListener("visibilitychange", show);
  };
}
