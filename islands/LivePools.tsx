import { watchPools } from "../components/api/live.ts";
import type { PoolTick } from "../components/api/live_events.ts";
import type { LiveState } from "../components/api/live_state.ts";
import { isoInstant } from "../components/format/time.ts";
import { localizeMoments } from "../components/keys/moments.ts";
import { describeLive, type LiveStatus, POOLS } from "../components/live/live_status.ts";
import { FeedChip } from "./live/FeedChip.tsx";
import { PoolCells } from "./live/pool_cells.tsx";
import { RegionReader } from "./page/region_reader.ts";

/** How often ages are looked at. */
const AGES_EVERY_MS = 1_000;

/** Keeps the pools of the page live, and says how their stream stands. */
export default function LivePools() {
  return <FeedChip keepLive={keepLive} />;
}

/** Dates the page by its newest reading. */
function datePage(at: number): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-pools-asof]")) {
    const time = place.querySelector("time");
    if (time !== null) time.dateTime = isoInstant(at);
    localizeMoments(place, Date.now());
  }
}

/** Writes readings into the page as they come, between two frames of the screen. */
function keepLive(onStatus: (status: LiveStatus) => void): () => void {
  const cells = new PoolCells(document);
  const motion = matchMedia("(prefers-reduced-motion: reduce)");
  const pending = new Map<string, PoolTick>();
  let state: LiveState | null = null;
  const regions = new RegionReader();
  let painting = 0;

  function look() {
    const at = cells.newestAt;
    if (at !== null) datePage(at);
    const newest = at === null ? null : { at, isTraded: false, source: null };
    onStatus(describeLive({ subject: POOLS, state, newest, now: Date.now() }));
  }

  function paint() {
    painting = 0;
    const [now, before] = [performance.now(), cells.newestAt];
    for (const tick of pending.values()) cells.write(tick, { isCalm: motion.matches, now });
    pending.clear();
    if (cells.newestAt !== before) regions.outdate();
    look();
  }

  const stopWatching = watchPools({
    onPools(ticks) {
      for (const tick of ticks) pending.set(tick.poolId, tick);
      if (painting === 0) painting = requestAnimationFrame(paint);
    },
    onState(next) {
      state = next;
      look();
    },
  });
  const ages = setInterval(look, AGES_EVERY_MS);
  return () => {
    stopWatching();
    clearInterval(ages);
    regions.stop();
    cancelAnimationFrame(painting);
  };
}
