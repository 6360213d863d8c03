import type { LiveStatusKind } from "../../components/live/live_status.ts";

/** The dot before the words; a square and half a disc, so that colour is not all it says. */
export const FEED_DOTS: Readonly<Record<LiveStatusKind, string>> = {
  connecting: "off",
  live: "",
  stale: "half",
  reconnecting: "half",
  polling: "half",
  stopped: "off",
  offline: "open",
  none: "off",
};
