import { priceFreshness } from "../../services/kernel/price_freshness.ts";
import { HOUR_MS, MINUTE_MS } from "../../services/kernel/time.ts";
import { type LiveState, POLL_MS } from "../api/live_state.ts";
import { formatSpan, formatUtc } from "../format/time.ts";
import { DEMO_SOURCE, type LivePriceRow } from "./live_prices.ts";

export type LiveStatusKind =
  | "connecting"
  | "live"
  | "stale"
  | "stopped"
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

type Newest = Pick<LivePriceRow, "at" | "isTraded" | "source">;

/** What a stream tells of. */
export interface LiveSubject {
  /** In the plural and in the singular, as sentences name it. */
  readonly many: string;
  readonly one: string;
  /** Whether the newest of them is too old to be taken for what is now. */
  readonly isStale: (ageMs: number, newest: Newest) => boolean;
  /** What is said where there is none. */
  readonly none: Pick<LiveStatus, "label" | "sentence">;
}

const PRICES: LiveSubject = {
  many: "prices",
  one: "price",
  isStale: (ageMs, newest) => priceFreshness(ageMs, newest) === "stale",
  none: {
    label: "No live prices",
    sentence: "The server has no live price of these assets; closes of candles are shown",
  },
};

/** A daily reading comes within this time; a stream that holds does not make it newer. */
export const POOL_FRESH_MS = 26 * HOUR_MS;

export const POOLS: LiveSubject = {
  many: "pools",
  one: "reading",
  isStale: (ageMs) => ageMs > POOL_FRESH_MS,
  none: { label: "No readings", sentence: "The server has no reading of these pools" },
};

/** Gauges are read once a minute; this is five readings missed, as the server has it. */
const GAUGE_FRESH_MS = 5 * MINUTE_MS;

export const GAUGES: LiveSubject = {
  many: "gauges",
  one: "reading",
  isStale: (ageMs) => ageMs > GAUGE_FRESH_MS,
  none: { label: "No readings", sentence: "The server has read no gauge yet" },
};

export interface LiveStatusInput {
  /** Prices, unless it is said otherwise. */
  readonly subject?: LiveSubject;
  readonly state: LiveState | null;
  /** The newest live price of the page, `null` without any. */
  readonly newest: Newest | null;
  /** This browser's clock, UTC milliseconds. */
  readonly now: number;
  /** Whether the page has heard nothing yet, and knows only what it was served with. */
  readonly isUnheard?: boolean;
}

/** How long a stream that has opened may take to tell what it knows. */
export const WELCOME_MS = 5_000;

/** In steps of 10 s under a minute: a page full of counting seconds can't be read. */
export function roughSpan(ageMs: number): string {
  return formatSpan(ageMs < 60_000 ? Math.floor(ageMs / 10_000) * 10_000 : ageMs);
}

/** How the prices stand: by the way to the server first, then by their age. */
export function describeLive(
  { subject = PRICES, state, newest, now, isUnheard = false }: LiveStatusInput,
): LiveStatus {
  const connecting = {
    kind: "connecting",
    label: "Connecting",
    sentence: `Connecting to the stream of ${subject.many}`,
  } as const;
  if (state === null) return connecting;
  const ageMs = newest === null ? 0 : now + state.skewMs - newest.at;
  const kept = newest === null ? "" : ` The newest ${subject.one} is of ${formatUtc(newest.at)}.`;
  const wait = state.retryAt === null ? 0 : Math.ceil((state.retryAt - now) / 1000);
  const next = wait > 0 ? ` in ${formatSpan(wait * 1000)}` : "";
  switch (state.kind) {
    case "connecting":
      return connecting;
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
        sentence: `The stream of ${subject.many} was cut; the next try is${
          next || " under way"
        }.${kept}`,
      };
  }
  if (newest === null) return { kind: "none", ...subject.none };
  if (subject.isStale(ageMs, newest)) {
    // A page that was long on its way is old; that says nothing of what the stream will tell.
    if (isUnheard && now - state.since < WELCOME_MS) return connecting;
    // It trades all the time: where the server can be heard, its silence is no lull.
    if (newest.source === DEMO_SOURCE) return STOPPED;
    return {
      kind: "stale",
      label: `Stale, ${roughSpan(ageMs)}`,
      sentence: `No newer ${subject.one} has come for ${roughSpan(ageMs)}.${kept}`,
    };
  }
  if (state.kind === "live") {
    const sentence = `${capital(subject.many)} are live, from one stream for all tabs`;
    return { kind: "live", label: "Live", sentence };
  }
  const every = formatSpan(POLL_MS);
  return {
    kind: "polling",
    label: `Polling every ${every}`,
    sentence: `No stream holds, so ${subject.many} are asked for every ${every}`,
  };
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const STOPPED: LiveStatus = {
  kind: "stopped",
  label: "Demo stopped",
  sentence: "The demo market has stopped, as it does once real data is stored: " +
    "load the page again to see what is there now",
};
