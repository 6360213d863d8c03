import { Moment } from "../../../components/figures/Moment.tsx";
import { LiveLabel } from "../../../components/live/LiveLabel.tsx";
import { formatSpan } from "../../../components/format/time.ts";
import { Badge } from "../../../components/states/States.tsx";
import type { AssetPageData } from "./asset_page.ts";

/** Name, as-of, source, and the marks of data that is not what it seems. */
export function AssetHeader({ asset, quote, now }: AssetPageData) {
  const { provenance, freshness, state } = quote;
  const age = provenance === null ? "" : formatSpan(now - provenance.asof);
  return (
    <header class="page-head">
      <div>
        <h1>
          {asset.name} <span class="muted">{asset.symbol}</span>
          {provenance?.isDemo
            ? <Badge kind="demo" title="Made by the product, not traded anywhere">Demo data</Badge>
            : null}
          {freshness === "stale" && !provenance?.isDemo
            ? <Badge kind="stale" title="No newer candle is stored">{`Stale, ${age} old`}</Badge>
            : null}
          {freshness === "delayed" ? <Badge kind="delayed">{`Delayed, ${age}`}</Badge> : null}
          {state === "provisional"
            ? (
              <Badge kind="provisional" title="The last bar may still change">
                Provisional bar
              </Badge>
            )
            : null}
          {asset.deprecationStatus === "active"
            ? null
            : (
              <Badge kind="plain" title="Out of use in the registry">
                {asset.deprecationStatus}
              </Badge>
            )}
        </h1>
        <p class="asof">
          {provenance === null ? <span>No candles stored</span> : (
            <>
              <span data-live-asof>
                <Moment at={provenance.asof} />
                <LiveLabel />
              </span>
              <span>{provenance.source}</span>
              <span>{provenance.resolution}</span>
            </>
          )}
          {asset.themes.length === 0 ? null : (
            <span>
              {asset.themes.map((theme, at) => (
                <span key={theme}>
                  {at === 0 ? null : ", "}
                  <a href={`/?theme=${encodeURIComponent(theme)}`}>{theme}</a>
                </span>
              ))}
            </span>
          )}
          {asset.supersededBy === null ? null : (
            <span>
              superseded by{" "}
              <a href={`/assets/${encodeURIComponent(asset.supersededBy)}`}>
                {asset.supersededBy}
              </a>
            </span>
          )}
        </p>
      </div>
    </header>
  );
}
