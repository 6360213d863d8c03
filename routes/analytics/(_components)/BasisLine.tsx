import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { formatBarTime } from "../../../components/charts/candles_summary.ts";
import { SourceLine, type SourceState } from "../../../components/states/Panel.tsx";
import type { AssetBasis, Basis } from "../../../services/analytics/mod.ts";
import { type AssetLabel, intervalMs } from "../../../services/market/mod.ts";

export interface BasisLineProps {
  readonly basis: Pick<Basis, "interval" | "from" | "to" | "bars" | "asof">;
  readonly parts: readonly AssetBasis[];
  readonly assets: readonly AssetLabel[];
  /** What else the panel has to say for itself. */
  readonly notes?: readonly string[];
}

/** Assets that a line names; of more, it says how many. */
const MAX_NAMED = 4;

/** What signs a panel: sources, bars, window, and how much of it is there. */
export function BasisLine({ basis, parts, assets, notes = [] }: BasisLineProps) {
  const sources = [...new Set(parts.flatMap(({ provenance }) => provenance?.source ?? []))];
  const time = (at: number) => formatBarTime(at, intervalMs(basis.interval));
  return (
    <SourceLine
      state={stateOf(parts)}
      parts={[
        sources.join(", ") || "no source",
        `${formatCount(basis.bars)} bars of ${basis.interval}`,
        `${time(basis.from)} to ${time(basis.to)}`,
        <Moment key="asof" at={basis.asof} />,
        coverageWords(parts, assets),
        ...notes,
      ]}
    />
  );
}

function stateOf(parts: readonly AssetBasis[]): SourceState {
  if (parts.some(({ provenance }) => provenance?.isDemo)) return "sim";
  return parts.some(({ missing }) => missing > 0) ? "partial" : "current";
}

/** How much is there, and of which assets bars are missing. */
function coverageWords(parts: readonly AssetBasis[], assets: readonly AssetLabel[]): string {
  const gaps = parts.filter(({ missing }) => missing > 0);
  if (gaps.length === 0) return "no bar missing";
  const [n, missing] = parts.reduce(([n, out], part) => [n + part.n, out + part.missing], [0, 0]);
  const symbol = (id: string) => assets.find(({ assetId }) => assetId === id)?.symbol ?? id;
  const named = gaps.slice(0, MAX_NAMED).map((part) =>
    `${symbol(part.assetId)} ${formatCount(part.missing)}`
  );
  const rest = gaps.length > MAX_NAMED ? [`${gaps.length - MAX_NAMED} more`] : [];
  return `coverage ${formatShare(n / (n + missing))}, bars missing: ` +
    [...named, ...rest].join(", ");
}
