import { Moment } from "../../../components/figures/Moment.tsx";
import { LiveLabel } from "../../../components/live/LiveLabel.tsx";
import { formatSpan } from "../../../components/format/time.ts";
import { Badge } from "../../../components/states/States.tsx";
import type { AssetActions } from "./asset_actions.ts";
import { AssetActionsBar } from "./AssetActionsBar.tsx";
import type { AssetPageData } from "./asset_page.ts";

/** How old the price was when the page was made, if it was late. */
function ServedAge(
  { quote: { provenance, freshness }, now }: Pick<AssetPageData, "quote" | "now">,
) {
  if (provenance === null) return null;
  const age = formatSpan(now - provenance.asof);
  if (freshness === "delayed") {
    return (
      <span data-as-served>
        <Badge kind="delayed">{`Delayed, ${age}`}</Badge>
      </span>
    );
  }
  if (freshness !== "stale" || provenance.isDemo) return null;
  return (
    <span data-as-served>
      <Badge kind="stale" title="No newer price is stored">{`Stale, ${age} old`}</Badge>
    </span>
  );
}

/** Name, as-of, source, and the marks of data that is not what it seems. */
export function AssetHeader(
  { asset, quote, now, actions }: AssetPageData & { readonly actions: AssetActions },
) {
  const { provenance, state } = quote;
  return (
    <header class="page-head">
      <div>
        <h1>
          {asset.name} <span class="muted">{asset.symbol}</span>
          {provenance?.isDemo
            ? <Badge kind="demo" title="Made by the product, not traded anywhere">Demo data</Badge>
            : null}
          <ServedAge quote={quote} now={now} />
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
      <AssetActionsBar asset={asset} actions={actions} />
    </header>
  );
}
