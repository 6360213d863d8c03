import type { ComponentChildren } from "preact";
import { Change, Fiat, type FigureValue, Unknown } from "../../components/figures/Figures.tsx";
import { formatCount } from "../../components/format/number.ts";
import { formatDay } from "../../components/format/time.ts";
import { DAY_MS } from "../../services/kernel/time.ts";
import type { AssetQuote, Figure, MarketOverview } from "../../services/market/mod.ts";
import { asofSpan } from "./AsofSpan.tsx";

/**
 * Over how many of the priced assets a sum runs, the others being unknown and not counted as 0;
 * and from when its oldest part is, if that is a day or more before the newest.
 */
export function coverage(
  { quotes, unpriced, asof }: Pick<MarketOverview, "quotes" | "unpriced" | "asof">,
  read: (quote: AssetQuote) => Figure,
): string {
  const known = quotes.filter((quote) => read(quote).value !== null);
  const priced = quotes.length - unpriced;
  const words = known.length === priced
    ? `sum of all ${formatCount(priced)} priced assets`
    : `sum of ${formatCount(known.length)} of ${formatCount(priced)} priced assets`;
  const span = asofSpan(known);
  const isBehind = span !== null && asof !== null && asof - span.oldest >= DAY_MS;
  return isBehind ? `${words}; oldest of ${formatDay(span.oldest)}` : words;
}

function Fig({ label, note, isLead = false, children }: {
  readonly label: string;
  readonly note: ComponentChildren;
  readonly isLead?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={isLead ? "fig lead" : "fig"}>
      <dt>{label}</dt>
      <dd>{children}</dd>
      <dd>{note}</dd>
    </div>
  );
}

function Money({ figure }: { readonly figure: FigureValue }) {
  return figure.value === null ? <Unknown reason={figure.reason} /> : <Fiat value={figure.value} />;
}

/** The market in one ruled strip: size, trade, and how many move which way. */
export function Totals({ overview }: { readonly overview: MarketOverview }) {
  const { breadth } = overview;
  const moving = breadth.advancing + breadth.declining + breadth.unchanged;
  const median = breadth.medianChange24h;
  // The first figure is the largest, which a dash should not be.
  const isValueKnown = overview.totalMarketCapUsd.value !== null;
  const value = (
    <Fig
      isLead={isValueKnown}
      label="Market value, USD"
      note={isValueKnown
        ? coverage(overview, (quote) => quote.marketCapUsd)
        : "no source here gives it"}
    >
      <Money figure={overview.totalMarketCapUsd} />
    </Fig>
  );
  return (
    <dl class="figs">
      {isValueKnown ? value : null}
      <Fig
        isLead={!isValueKnown}
        label="Volume 24 h, USD"
        note={coverage(overview, (quote) => quote.volume24hUsd)}
      >
        <Money figure={overview.totalVolume24hUsd} />
      </Fig>
      {isValueKnown ? null : value}
      <Fig label="Median change, 24 h" note={`over ${formatCount(moving)} assets`}>
        {median.value === null
          ? <Unknown reason={median.reason} />
          : <Change fraction={median.value} />}
      </Fig>
      <Fig label="Advancing" note={`${formatCount(breadth.unchanged)} unchanged`}>
        {formatCount(breadth.advancing)}
        <span class="unit">of {formatCount(moving)}</span>
      </Fig>
      <Fig label="Declining" note={`${formatCount(breadth.unknown)} unknown`}>
        {formatCount(breadth.declining)}
        <span class="unit">of {formatCount(moving)}</span>
      </Fig>
    </dl>
  );
}
