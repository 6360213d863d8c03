import { formatUtcMs } from "../kernel/time.ts";
import { CONSOLIDATED_SOURCE, type LivePrice } from "./live_ports.ts";
import { closeOf, factsBeside, liveChangeFigure, provenanceOfLive } from "./live_quotes.ts";
import { CHANGE_SPANS, type ChangeFigure, type QuoteFacts } from "./quotes.ts";
import type { Explanation, ExplanationInput } from "./read_models.ts";

/** What an explanation says of a figure that stands on a live price. */
export type LivePart = Pick<
  Explanation,
  "value" | "reason" | "words" | "formula" | "inputs" | "provenance" | "rows"
>;

/** A live price taken apart: every venue that counted and every one that did not. */
export function explainLivePrice(live: LivePrice): LivePart {
  const provenance = provenanceOfLive(live);
  const isConsolidated = live.source === CONSOLIDATED_SOURCE;
  const inputs = [
    ...live.venues.map((one) => venueInput(one, "last trade")),
    ...live.excluded.map((one) => venueInput(one, EXCLUDED_NAMES[one.reason])),
  ];
  return {
    value: live.priceUsd,
    reason: null,
    words: isConsolidated
      ? "The median of each exchange's last trade, as far as it is no older than 10 seconds. An " +
        "exchange more than 5 % off the median does not count. Binance trades against Tether, " +
        "which is taken for one dollar."
      : `The last price that ${live.source} gave.`,
    formula: isConsolidated ? "median of the exchanges' last trades" : `price of ${live.source}`,
    inputs: inputs.length > 0 ? inputs : [liveInput(live, "price")],
    provenance,
    rows: [],
  };
}

/** A change of a live price taken apart: the price and the stored close it is held against. */
export function explainLiveChange(
  live: LivePrice,
  { figure, facts }: { figure: ChangeFigure; facts: QuoteFacts | null },
): LivePart {
  const { words } = CHANGE_SPANS[figure];
  const beside = factsBeside(live, facts);
  const base = beside?.bases[figure] ?? null;
  const computed = liveChangeFigure(live, { figure, facts: beside });
  const isUsed = base !== null && beside !== null && computed.value !== null;
  return {
    ...computed,
    words: `How far the live price stands from the stored close ${words} before it. The close ` +
      "may lie off that instant by a seventh of the span; where none does there is no change.",
    formula: `price / close ${words} before − 1`,
    inputs: isUsed
      ? [liveInput(live, "price"), {
        name: `close ${words} before`,
        value: base.candle.close,
        unit: "usd",
        asof: closeOf(base),
        source: beside.series.source,
        resolution: base.interval,
      }]
      : [liveInput(live, "price")],
    provenance: provenanceOfLive(live),
    rows: isUsed ? [base.candle] : [],
  };
}

/** Volume or market value as a source of whole-market figures gave it; `null` where none did. */
export function explainMarketFigure(
  { market }: LivePrice,
  figure: "volume_24h" | "market_cap",
): LivePart | null {
  const value = (figure === "volume_24h" ? market?.volume24hUsd : market?.marketCapUsd) ?? null;
  if (market === null || value === null) return null;
  const { source, asof } = market;
  const name = figure === "volume_24h" ? "volume over 24 hours" : "market value";
  return {
    value,
    reason: null,
    words: `As ${source} stated it at ${formatUtcMs(asof)}, over all the markets that it counts.`,
    formula: `${name} as ${source} states it`,
    inputs: [{ name, value, unit: "usd", asof, source, resolution: "tick" }],
    provenance: { source, resolution: "tick", asof, derivedFrom: null, isDemo: false },
    rows: [],
  };
}

const EXCLUDED_NAMES = {
  off_median: "left out: more than 5 % off the median",
  old: "left out: no trade within 10 s",
} as const;

function venueInput(
  { venue, priceUsd, at }: { venue: string; priceUsd: number; at: ExplanationInput["asof"] },
  name: string,
): ExplanationInput {
  return { name, value: priceUsd, unit: "usd", asof: at, source: venue, resolution: "tick" };
}

function liveInput({ priceUsd, asof, source }: LivePrice, name: string): ExplanationInput {
  return { name, value: priceUsd, unit: "usd", asof, source, resolution: "tick" };
}
