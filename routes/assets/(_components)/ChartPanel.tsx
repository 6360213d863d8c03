import { readSeries } from "../../../components/charts/candles_data.ts";
import { summarizeCandles } from "../../../components/charts/candles_summary.ts";
import { CandleSvg } from "../../../components/charts/CandleSvg.tsx";
import { Change, Explained, Price, Unknown } from "../../../components/figures/Figures.tsx";
import { liveAttributes } from "../../../components/live/live_attributes.ts";
import { Banner, EmptyState } from "../../../components/states/States.tsx";
import PriceChart from "../../../islands/PriceChart.tsx";
import type { Asset, AssetQuote, Figure } from "../../../services/market/mod.ts";
import type { AssetPageData } from "./asset_page.ts";
import { snapshotOf } from "./chart_snapshot.ts";

/** What the asset has done: price, changes and the chart. */
export function ChartPanel({ asset, quote, query, chart, refused }: AssetPageData) {
  const snapshot = snapshotOf(chart);
  const series = readSeries(snapshot.data);
  return (
    <section class="panel" id="price" aria-labelledby="price-title">
      <h2 class="sr" id="price-title">Price</h2>
      {refused === null
        ? null
        : <Banner kind="info">{refused}. The usual indicators are shown.</Banner>}
      {series.length === 0 && quote.price.value === null ? <NoCandles asset={asset} /> : (
        <PriceChart
          assetId={asset.id}
          name={asset.name}
          query={query}
          snapshot={snapshot}
          quote={<Quote quote={quote} />}
        >
          {query.view === "table" || series.length === 0 ? null : (
            <CandleSvg
              series={series}
              mode={query.scale}
              label={summarizeCandles(asset.name, series)}
            />
          )}
        </PriceChart>
      )}
    </section>
  );
}

function Quote({ quote }: { readonly quote: AssetQuote }) {
  const { assetId, price } = quote;
  return (
    <div class="quote" {...liveAttributes(quote)}>
      {price.value === null ? <Unknown reason={price.reason} /> : (
        <>
          <b>
            <span data-cell="price">
              <Explained figure="price" assetId={assetId}>
                <Price value={price.value} />
              </Explained>
            </span>
            <span class="unit">USD</span> <small class="age" data-age hidden />
          </b>
          <QuoteChange assetId={assetId} name="change_24h" span="24 h" figure={quote.change24h} />
          <QuoteChange assetId={assetId} name="change_30d" span="30 d" figure={quote.change30d} />
        </>
      )}
    </div>
  );
}

interface QuoteChangeProps {
  readonly assetId: string;
  readonly name: string;
  readonly span: string;
  readonly figure: Figure;
}

function QuoteChange({ assetId, name, span, figure }: QuoteChangeProps) {
  return (
    <span>
      <span data-cell={name}>
        {figure.value === null
          ? <Unknown reason={figure.reason} />
          : (
            <Explained figure={name} assetId={assetId}>
              <Change fraction={figure.value} />
            </Explained>
          )}
      </span>{" "}
      <span class="muted">{span}</span>
    </span>
  );
}

function NoCandles({ asset: { id, name } }: { readonly asset: Asset }) {
  return (
    <EmptyState
      icon="database"
      title={`No candles of ${name} are stored yet`}
      actions={<a class="btn" href="/">Go to the overview</a>}
    >
      The registry knows the asset, but no source has given prices. Import its history with{" "}
      <code>deno task candles:import FILE --asset {id} --interval 1d</code>.
    </EmptyState>
  );
}
