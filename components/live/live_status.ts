import { priceFreshness } from "../../services/kernel/price_freshness.ts";
import { type LiveState, POLL_MS } from "../api/live_state.ts";
import { formatSpan, formatUtc } from "../format/time.ts";
import { DEMO_SOURCE, type LivePriceRow } from "./live_prices.ts";

export type LiveStatusKind =
  | "connecting"
  | "live"
  | "stale"
  | "over"
  | "reconnecting"
  | "polling"
  | "offline"
  | "none";

/** How the prices of the page stand, in words. */
export interface LiveStatus {
  readonly kind: LiveStatusKind;
  /** For the chip in the bar: `Live`, `Stale, 34 s`. */
  readonly label: string;
  /** The same in a sentence, for the hover and for assistive technology. */
  readonly sentence: string;
}

export interface LiveStatusInput {
  readonly state: LiveState | null;
  /** The newest live price of the page, `null` without any. */
  readonly newest: Pick<LivePriceRow, "at" | "isTraded" | "source"> | null;
  /** This browser's clock, UTC milliseconds. */
  readonly now: number;
}

/** In steps of 10 s under a minute: a page full of counting seconds can't be read. */
export function roughSpan(ageMs: number): string {
  return formatSpan(ageMs < 60_000 ? Math.floor(ageMs / 10_000) * 10_000 : ageMs);
}

/** How the prices stand: by the way to the server first, then by their age. */
export function describeLive({ state, newest, now }: LiveStatusInput): LiveStatus {
  if (state === null) return CONNECTING;
  const ageMs = newest === null ? 0 : now + state.skewMs - newest.at;
  const kept = newest === null ? "" : ` The newest price is of ${formatUtc(newest.at)}.`;
  const wait = state.retryAt === null ? 0 : Math.ceil((state.retryAt - now) / 1000);
  const next = wait > 0 ? ` in ${formatSpan(wait * 1000)}` : "";
  switch (state.kind) {
    case "connecting":
      return CONNECTING;
    case "offline":
      return {
        kind: "offline",
        label: newest === null ? "Offline" : `Offline, ${roughSpan(ageMs)}`,
        sentence: `The server can't be reached.${kept}`,
      };
    case "reconnecting":
      return {
        kind: "reconnecting",
        label: `Reconnecting${next}`,
        sentence: `The stream of prices was cut; the next try is${next || " under way"}.${kept}`,
      };
  }
  if (newest === null) return NO_PRICES;
  if (priceFreshness(ageMs, newest) === "stale") {
    // The demo market trades all the time: where the server can be heard, its silence is an end.
    if (newest.source === DEMO_SOURCE) return OVER;
    return {
      kind: "stale",
      label: `Stale, ${roughSpan(ageMs)}`,
      sentence: `No newer price has come for ${roughSpan(ageMs)}.${kept}`,
    };
  }
  return state.kind === "polling" ? POLLING : LIVE;
}

const CONNECTING: LiveStatus = {
  kind: "connecting",
  label: "Connecting",
  sentence: "Connecting to the stream of prices",
};

const LIVE: LiveStatus = {
  kind: "live",
  label: "Live",
  sentence: "Prices are live, from one stream for all tabs",
};

const POLLING: LiveStatus = {
  kind: "polling",
  label: `Polling every ${formatSpan(POLL_MS)}`,
  sentence: `No stream holds, so prices are asked for every ${formatSpan(POLL_MS)}`,
};

const OVER: LiveStatus = {
  kind: "over",
  label: "Demo over",
  sentence: "The demo market has ended, as it does once real data is stored: " +
    "load the page again to see what is there now",
};

const NO_PRICES: LiveStatus = {
  kind: "none",
  label: "No live prices",
  sentence: "The server has no live price of these assets; closes of candles are shown",
};
