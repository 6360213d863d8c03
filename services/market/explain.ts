import type { UtcMs } from "../kernel/time.ts";
import { type Candle, candleAt, type CandleColumns, type Interval, intervalMs } from "./candle.ts";
import {
  explainLiveChange,
  explainLivePrice,
  explainMarketFigure,
  type LivePart,
} from "./explain_live.ts";
import type { LivePrice } from "./live_ports.ts";
import { factsBeside } from "./live_quotes.ts";
import type { IndicatorWords } from "./ports.ts";
import {
  candleVolumeUsd,
  CHANGE_FIGURES,
  CHANGE_SPANS,
  changeBaseRange,
  type ChangeFigure,
  changeFigure,
  isVolumeEstimated,
  marketCapFigure,
  NOTHING_STORED,
  priceFigure,
  provenanceOfQuote,
  type QuoteFacts,
  volumeFigure,
} from "./quotes.ts";
import type {
  AssetLabel,
  Explanation,
  ExplanationInput,
  Figure,
  Provenance,
} from "./read_models.ts";
import { asofOfSeries } from "./series_choice.ts";

/** Raw candles shown behind a figure. */
export const MAX_EXPLAINED_ROWS = 60;

/** The figures of a quote that can be taken apart. */
export const QUOTE_FIGURES = ["price", ...CHANGE_FIGURES, "volume_24h", "market_cap"] as const;
export type QuoteFigure = typeof QUOTE_FIGURES[number];

/** Whether the text names a figure of a quote. */
export function isQuoteFigure(text: string): text is QuoteFigure {
  return QUOTE_FIGURES.some((figure) => figure === text);
}

interface FigureDescription {
  readonly label: string;
  readonly unit: string;
  readonly words: string;
  readonly formula: string;
}

const WINDOW_NOT_WHOLE = "Its window is not whole: too few candles since the last gap";
const ROUNDING = "None: a 64-bit float as computed. Pages round what they show, copies do not.";

/**
 * A figure of a quote taken apart. Its value comes from the functions and the facts that make
 * the quote itself, so the two can't differ.
 */
export function explainFigure(
  asset: AssetLabel,
  { figure, facts, live = null }: {
    figure: QuoteFigure;
    facts: QuoteFacts | null;
    live?: LivePrice | null;
  },
): Explanation {
  const described = { figure, asset, ...describe(figure, facts), rounding: ROUNDING };
  const livePart = live && explainLive(figure, { facts, live });
  return livePart
    ? { ...described, ...livePart }
    : { ...described, ...explainStored(figure, live ? factsBeside(live, facts) : facts) };
}

/** The part that stands on the live price; `null` for a figure that it says nothing of. */
function explainLive(
  figure: QuoteFigure,
  { facts, live }: { facts: QuoteFacts | null; live: LivePrice },
): LivePart | null {
  if (isChange(figure)) return explainLiveChange(live, { figure, facts });
  return figure === "price" ? explainLivePrice(live) : explainMarketFigure(live, figure);
}

function explainStored(
  figure: QuoteFigure,
  facts: QuoteFacts | null,
): Pick<Explanation, "value" | "reason" | "inputs" | "provenance" | "rows"> {
  if (facts === null) {
    return {
      value: null,
      reason: NOTHING_STORED,
      inputs: [],
      provenance: null,
      rows: [],
    };
  }
  return {
    ...computeFigure(figure, facts),
    inputs: inputsOf(figure, facts),
    provenance: provenanceOfQuote(facts),
    rows: rowsOf(figure, facts),
  };
}

/**
 * One line of an indicator taken apart, at the newest candle of an interval; `computed` is `null`
 * where no candles are stored.
 */
export function explainIndicator(
  asset: AssetLabel,
  { interval, described, computed }: {
    interval: Interval;
    described: IndicatorWords;
    computed: { value: number | null; candles: CandleColumns; provenance: Provenance } | null;
  },
): Explanation {
  const { line, label, unit, words, formula, parameters } = described;
  const rows = computed ? lastRows(computed.candles) : [];
  const newest = rows.at(-1);
  const value = computed?.value ?? null;
  const provenance = computed?.provenance ?? null;
  const given = { source: null, resolution: null, asof: null };
  return {
    figure: line,
    asset,
    label: `${label}, ${interval}`,
    value,
    unit,
    reason: value !== null ? null : computed ? WINDOW_NOT_WHOLE : NOTHING_STORED,
    words,
    formula,
    inputs: [
      ...Object.entries(parameters).flatMap(([name, setting]) =>
        typeof setting === "number" ? [{ name, value: setting, unit: "", ...given }] : []
      ),
      {
        name: "close",
        value: newest?.close ?? null,
        unit: "usd",
        asof: provenance?.asof ?? null,
        source: provenance?.source ?? null,
        resolution: interval,
      },
    ],
    rounding: ROUNDING,
    provenance,
    rows,
  };
}

function computeFigure(figure: QuoteFigure, facts: QuoteFacts): Figure {
  if (isChange(figure)) return changeFigure(facts, figure);
  if (figure === "volume_24h") return volumeFigure(facts);
  return figure === "price" ? priceFigure(facts) : marketCapFigure(facts);
}

function isChange(figure: QuoteFigure): figure is ChangeFigure {
  return figure in CHANGE_SPANS;
}

function describe(figure: QuoteFigure, facts: QuoteFacts | null): FigureDescription {
  if (isChange(figure)) {
    const { words } = CHANGE_SPANS[figure];
    return {
      label: `Change over ${words}`,
      unit: "fraction",
      words: `How far the price stands from the close ${words} before its as-of time, taken from ` +
        "the finest candles of the same source that reach back so far: a coarser one is the last " +
        "closed by then. Where there is none there is no change: no neighbour takes its place.",
      formula: `price / close ${words} before − 1`,
    };
  }
  if (figure === "volume_24h") return describeVolume(facts);
  if (figure === "market_cap") {
    return {
      label: "Market value",
      unit: "usd",
      words: "All units in circulation at the price, as the source states it.",
      formula: "market value given with the newest candle",
    };
  }
  return {
    label: "Price",
    unit: "usd",
    words: "The close of the newest candle of the one source that knows the asset's latest time.",
    formula: "close of the newest candle",
  };
}

function describeVolume(facts: QuoteFacts | null): FigureDescription {
  const isEstimated = facts !== null && isVolumeEstimated(facts);
  return {
    label: "Volume over 24 hours",
    unit: "usd",
    words: "Dollars traded in the 24 hours that end with the newest candle" +
      (isEstimated ? ", estimated: the source counts units, valued at each candle's close." : "."),
    formula: isEstimated ? "Σ volume × close over 24 hours" : "Σ volume in dollars over 24 hours",
  };
}

function inputsOf(figure: QuoteFigure, facts: QuoteFacts): readonly ExplanationInput[] {
  const newest = candleInput(facts, { name: "price", value: facts.newest.close, unit: "usd" });
  if (isChange(figure)) return changeInputs(figure, { facts, newest });
  if (figure === "volume_24h") return volumeInputs(facts);
  if (figure === "price") return [{ ...newest, name: "close" }];
  const value = facts.newest.marketCapUsd;
  return [candleInput(facts, { name: "market value", value, unit: "usd" })];
}

function changeInputs(
  figure: ChangeFigure,
  { facts, newest }: { facts: QuoteFacts; newest: ExplanationInput },
): readonly ExplanationInput[] {
  const name = `close ${CHANGE_SPANS[figure].words} before`;
  const base = facts.bases[figure];
  const resolution = base?.interval ?? facts.series.interval;
  const value = base?.candle.close ?? null;
  const asof = changeBaseRange(facts.series, { figure, interval: resolution })?.to ?? null;
  return [newest, { ...newest, name, value, asof, resolution }];
}

function volumeInputs(facts: QuoteFacts): readonly ExplanationInput[] {
  const { lastDay, series } = facts;
  const inputs = Array.from(lastDay.openTime, (openTime, at) => {
    const dollars = candleVolumeUsd(lastDay, at);
    const value = Number.isNaN(dollars) ? null : dollars;
    const asof = Math.min(openTime + intervalMs(series.interval), asofOfSeries(series)) as UtcMs;
    return { ...candleInput(facts, { name: "volume", value, unit: "usd" }), asof };
  });
  const earlier = inputs.splice(0, Math.max(0, inputs.length - MAX_EXPLAINED_ROWS));
  const last = earlier.at(-1);
  if (last === undefined) return inputs;
  // In one line, and in the order of the candles: so the inputs add up to the very value.
  const value = earlier.reduce<number | null>(
    (sum, input) => sum === null || input.value === null ? null : sum + input.value,
    0,
  );
  return [{ ...last, name: `volume of the ${earlier.length} candles before`, value }, ...inputs];
}

function candleInput(
  { series }: QuoteFacts,
  input: Pick<ExplanationInput, "name" | "value" | "unit">,
): ExplanationInput {
  const { source, interval } = series;
  return { ...input, asof: asofOfSeries(series), source, resolution: interval };
}

function rowsOf(figure: QuoteFigure, facts: QuoteFacts): readonly Candle[] {
  if (figure === "volume_24h") return lastRows(facts.lastDay);
  if (!isChange(figure)) return [facts.newest];
  const base = facts.bases[figure];
  return base ? [base.candle, facts.newest] : [facts.newest];
}

/** The newest candles of the columns, newest last, as many as an explanation shows. */
export function lastRows(candles: CandleColumns): readonly Candle[] {
  const start = Math.max(0, candles.length - MAX_EXPLAINED_ROWS);
  return Array.from({ length: candles.length - start }, (_, at) => candleAt(candles, start + at));
}
