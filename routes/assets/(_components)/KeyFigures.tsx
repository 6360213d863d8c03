import type { ComponentChildren } from "preact";
import { Change, Explained, Fiat, Price, Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { liveAttributes } from "../../../components/live/live_attributes.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import type { Figure } from "../../../services/market/mod.ts";
import type { AssetPageData } from "./asset_page.ts";
import { sourceStateOf } from "./source_state.ts";

const CHANGES = [
  { figure: "change_24h", label: "Change 24 h", key: "change24h" },
  { figure: "change_7d", label: "Change 7 d", key: "change7d" },
  { figure: "change_30d", label: "Change 30 d", key: "change30d" },
  { figure: "change_1y", label: "Change 1 y", key: "change1y" },
] as const;

/** The figures to judge an asset by, each of which opens its explanation. */
export function KeyFigures({ quote, highest }: AssetPageData) {
  const { assetId, provenance } = quote;
  return (
    <Panel id="key-figures" title="Key figures">
      <dl class="rows" {...liveAttributes(quote)}>
        <Row label="Market value" assetId={assetId} name="market_cap" figure={quote.marketCapUsd}>
          {(value) => <Fiat value={value} />}
        </Row>
        <Row
          label={quote.isVolumeEstimated ? "Volume 24 h ≈" : "Volume 24 h"}
          assetId={assetId}
          name="volume_24h"
          figure={quote.volume24hUsd}
        >
          {(value) => <Fiat value={value} />}
        </Row>
        {CHANGES.map(({ figure, label, key }) => (
          <Row key={figure} label={label} assetId={assetId} name={figure} figure={quote[key]}>
            {(value) => <Change fraction={value} />}
          </Row>
        ))}
        <HighestRows highest={highest} />
      </dl>
      {provenance === null ? null : (
        <SourceLine
          state={sourceStateOf(quote)}
          parts={[
            provenance.source,
            provenance.resolution,
            highest === null
              ? "no daily close"
              : `highest of ${formatCount(highest.days)} daily closes of ${highest.source}, ` +
                `${formatDay(highest.since)} to ${formatDay(highest.until)}`,
          ]}
        />
      )}
    </Panel>
  );
}

interface RowProps {
  readonly label: string;
  readonly name: string;
  readonly assetId: string;
  readonly figure: Figure;
  readonly children: (value: number) => ComponentChildren;
}

function Row({ label, name, assetId, figure, children }: RowProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-cell={name}>
        {figure.value === null
          ? <Unknown reason={figure.reason} />
          : (
            <Explained figure={name} assetId={assetId}>
              {children(figure.value)}
            </Explained>
          )}
      </dd>
    </div>
  );
}

function HighestRows({ highest }: Pick<AssetPageData, "highest">) {
  if (highest === null) return null;
  return (
    <>
      <div>
        <dt>Highest close</dt>
        <dd>
          <Price value={highest.priceUsd} /> <span class="unit">{formatDay(highest.day)}</span>
        </dd>
      </div>
      <div>
        <dt>From highest</dt>
        <dd>
          <Change fraction={highest.fromHighest} />
        </dd>
      </div>
    </>
  );
}
