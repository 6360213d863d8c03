import type { ComponentChildren } from "preact";
import { Change, Fiat, type FigureValue, Unknown } from "../../components/figures/Figures.tsx";
import { formatCount } from "../../components/format/number.ts";
import type { AssetQuote, Figure, MarketOverview } from "../../services/market/mod.ts";

/** Over how many of the assets a sum runs: the others are unknown, and not counted as 0. */
function coverage(quotes: readonly AssetQuote[], read: (quote: AssetQuote) => Figure): string {
  const known = quotes.filter((quote) => read(quote).value !== null).length;
  return known === quotes.length
    ? `all ${formatCount(known)} assets`
    : `${formatCount(known)} of ${formatCount(quotes.length)} assets, the rest unknown`;
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
  const { quotes, breadth } = overview;
  const moving = breadth.advancing + breadth.declining + breadth.unchanged;
  const median = breadth.medianChange24h;
  // The first figure is the largest, which a dash should not be.
  const isValueKnown = overview.totalMarketCapUsd.value !== null;
  const value = (
    <Fig
      isLead={isValueKnown}
      label="Market value, USD"
      note={isValueKnown
        ? `sum over ${coverage(quotes, (quote) => quote.marketCapUsd)}`
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
        note={coverage(quotes, (quote) => quote.volume24hUsd)}
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
