import { Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { formatDay, isoInstant } from "../../../components/format/time.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge, type BadgeKind, EmptyState } from "../../../components/states/States.tsx";
import type { CandleState, SeriesProvenance } from "../../../services/market/mod.ts";
import type { AssetPageData } from "./asset_page.ts";

const STATES: Readonly<Record<CandleState, { kind: BadgeKind; label: string }>> = {
  provisional: { kind: "provisional", label: "Provisional" },
  final: { kind: "ok", label: "Final" },
  healed: { kind: "plain", label: "Healed" },
};

/** Where each stored series of the asset comes from, and how whole it is. */
export function ProvenancePanel({ provenance }: AssetPageData) {
  const imports = new Set(
    provenance.flatMap((series) => series.imports.map((one) => one.importId)),
  );
  return (
    <Panel id="provenance" title="Provenance" note="where each series comes from">
      {provenance.length === 0
        ? (
          <EmptyState icon="database" title="Nothing is stored of this asset">
            A line stands here for every source and interval once candles are imported.
          </EmptyState>
        )
        : <ProvenanceTable provenance={provenance} />}
      {provenance.length === 0 ? null : (
        <SourceLine
          parts={imports.size === 0 ? ["Fetched from the provider, not imported from files"] : [
            "Every import is kept with the checksum of its bytes",
            imports.size === 1 ? "1 import" : `${formatCount(imports.size)} imports`,
          ]}
        />
      )}
    </Panel>
  );
}

function ProvenanceTable({ provenance }: Pick<AssetPageData, "provenance">) {
  return (
    <table class="table two-line">
      <caption class="sr">Stored series of this asset</caption>
      <thead>
        <tr>
          <th scope="col">Series</th>
          <th scope="col">Source</th>
          <th scope="col" data-pri="2">Resolution</th>
          <th scope="col" class="num" data-pri="2">Rows</th>
          <th scope="col" class="num" data-pri="2">Missing</th>
          <th scope="col" class="num" data-pri="3">First</th>
          <th scope="col" class="num">Last</th>
          <th scope="col" class="num" data-pri="3">Ingested</th>
          <th scope="col" class="num">State</th>
        </tr>
      </thead>
      <tbody>
        {provenance.map((series) => (
          <SeriesRow key={`${series.source} ${series.interval}`} series={series} />
        ))}
      </tbody>
    </table>
  );
}

function Day({ at }: { readonly at: number | null }) {
  if (at === null) return <Unknown reason="the series has no candle" />;
  return <time dateTime={isoInstant(at)} title={isoInstant(at)}>{formatDay(at)}</time>;
}

function SeriesRow({ series }: { readonly series: SeriesProvenance }) {
  const state = series.lastState === null ? null : STATES[series.lastState];
  const origins = series.imports.map(({ origin }) => origin).join(", ");
  return (
    <tr>
      <th scope="row" data-p="name">Candles, {series.interval}</th>
      <td data-p="detail">
        <span title={origins === "" ? undefined : origins}>{series.source}</span>
      </td>
      <td data-pri="2">{series.interval}</td>
      <td class="num" data-pri="2">{formatCount(series.rows)}</td>
      <td class="num" data-pri="2">{formatCount(series.missing)}</td>
      <td class="num" data-pri="3">
        <Day at={series.first} />
      </td>
      <td class="num" data-p="value">
        <Day at={series.last} />
      </td>
      <td class="num" data-pri="3">
        <Moment at={series.updatedAt} />
      </td>
      <td class="num" data-p="change">
        {state === null
          ? <Unknown reason="the series has no candle" />
          : <Badge kind={state.kind}>{state.label}</Badge>}
      </td>
    </tr>
  );
}
