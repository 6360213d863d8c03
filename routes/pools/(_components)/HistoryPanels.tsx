import { Unknown } from "../../../components/figures/Figures.tsx";
import {
  formatCount,
  formatCounted,
  formatDecimal,
  formatFiat,
  formatPoints,
  formatShare,
} from "../../../components/format/number.ts";
import { formatDay, formatUtc, isoInstant } from "../../../components/format/time.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge, type BadgeKind } from "../../../components/states/States.tsx";
import type { PoolEpisode, PoolRow, ReadingState } from "../../../services/defi/mod.ts";
import { MINUTE_MS } from "../../../services/kernel/time.ts";
import { poolViewHref } from "./pool_view.ts";
import { barLabel } from "./PoolHeader.tsx";
import { sourceState } from "./PoolCharts.tsx";
import type { PoolPageData } from "./read_pool.ts";

/** Readings that stand on the page; the file has them all. */
const MAX_ROWS = 12;

export const READING_STATES: Readonly<
  Record<ReadingState, { readonly kind: BadgeKind; readonly word: string; readonly title: string }>
> = {
  stale: { kind: "stale", word: "Stale", title: "The source repeats an old state" },
  stress: { kind: "bad", word: "Stress", title: "Nearly all is lent" },
  spike: { kind: "stale", word: "Spike", title: "Utilisation jumped since the reading before" },
  final: { kind: "ok", word: "Final", title: "Nothing is the matter with it" },
};

/** The newest readings as they are stored. */
export function SnapshotsPanel(data: PoolPageData) {
  const { rows, view, detail, lines } = data;
  const shown = rows.slice(-MAX_ROWS).toReversed();
  const minutes = new Set(shown.map(({ ts }) => Math.floor(ts / MINUTE_MS)));
  const hasSeconds = minutes.size < shown.length;
  const spikePoints = formatDecimal(detail.settings.spike_change * 100, 0);
  const hasTvl = rows.some(({ tvlUsd }) => tvlUsd !== null);
  return (
    <Panel
      id="snapshots"
      title="Snapshots"
      note={`newest ${formatCount(shown.length)} of ${formatCount(rows.length)}`}
      actions={
        <a
          class="btn"
          data-kind="quiet"
          data-icon
          data-size="s"
          href={poolViewHref({ ...view, table: null }, { path: "/history.csv" })}
          aria-label="Download CSV of snapshots"
          title="Download CSV"
          download
        >
          <Icon name="export" />
        </a>
      }
    >
      <table class="table two-line" data-density="dense">
        <caption class="sr">Snapshots, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Time, UTC</th>
            <th scope="col" class="num">Supply</th>
            <th scope="col" class="num" data-pri="3">Reward</th>
            <th scope="col" class="num" data-pri="2">Borrow</th>
            <th scope="col" class="num">Utilisation</th>
            <th scope="col" class="num" data-pri="2">Change</th>
            {hasTvl ? <th scope="col" class="num" data-pri="3">TVL, USD</th> : null}
            <th scope="col" class="num">State</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <SnapshotRow key={row.ts} row={row} hasTvl={hasTvl} hasSeconds={hasSeconds} />
          ))}
        </tbody>
      </table>
      <SourceLine
        state={sourceState(data)}
        parts={[
          detail.source,
          barLabel(lines.barMs),
          `spike: utilisation moved by more than ${spikePoints} points`,
        ]}
      />
    </Panel>
  );
}

interface SnapshotRowProps {
  readonly row: PoolRow;
  readonly hasTvl: boolean;
  /** Whether readings come so often that minutes don't tell them apart. */
  readonly hasSeconds: boolean;
}

function SnapshotRow({ row, hasTvl, hasSeconds }: SnapshotRowProps) {
  const state = READING_STATES[row.state];
  return (
    <tr>
      <th scope="row" data-p="name">{timeText(row.ts, hasSeconds)}</th>
      <td class="num" data-p="value">{formatShare(row.supplyApy)}</td>
      <td class="num" data-pri="3">
        <Share value={row.incentiveApy} reason="rewards are not told from the rest" />
      </td>
      <td class="num" data-pri="2">
        <Share value={row.borrowApy} reason="the source gives no borrow rate" />
      </td>
      <td class="num" data-p="detail">
        <Share value={row.utilization} reason="the source gives no utilisation" />
      </td>
      <td class="num" data-pri="2">
        {row.utilizationChange === null
          ? <Unknown reason="no utilisation of two readings in a row" />
          : formatPoints(row.utilizationChange)}
      </td>
      {hasTvl
        ? (
          <td class="num" data-pri="3">
            {row.tvlUsd === null ? <Unknown reason="the source gives no TVL" /> : fiat(row.tvlUsd)}
          </td>
        )
        : null}
      <td class="num" data-p="change">
        <Badge kind={state.kind} title={state.title}>{state.word}</Badge>
      </td>
    </tr>
  );
}

function timeText(at: number, hasSeconds: boolean): string {
  return `${formatDay(at)} ${isoInstant(at).slice(11, hasSeconds ? 19 : 16)}`;
}

function fiat(value: number): string {
  const { text, unit } = formatFiat(value);
  return text + unit;
}

function Share({ value, reason }: { readonly value: number | null; readonly reason: string }) {
  return value === null ? <Unknown reason={reason} /> : <>{formatShare(value)}</>;
}

const EPISODES: Readonly<Record<PoolEpisode["kind"], { kind: BadgeKind; word: string }>> = {
  utilization_stress: { kind: "bad", word: "Nearly all lent" },
  stale: { kind: "stale", word: "Old readings" },
};

/** Stretches of stress and of old readings of the pool's whole life, the newest first. */
export function StretchesPanel(data: PoolPageData) {
  const { episodes, source, history } = data.detail;
  return (
    <Panel
      id="stretches"
      title="Stretches of stress and of old readings"
      note={`${formatCount(episodes.length)} in ${formatCounted(history.length, "reading")}`}
    >
      {episodes.length === 0
        ? <p class="lede">Never was nearly all of it lent, and no reading of it was old.</p>
        : (
          <div class="scroller" tabIndex={0} role="region" aria-label="Stretches, scrollable">
            <table class="table" data-density="dense">
              <caption class="sr">Stretches, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">From</th>
                  <th scope="col">To</th>
                  <th scope="col">What</th>
                  <th scope="col" class="num">Readings</th>
                  <th scope="col" class="num">Peak utilisation</th>
                  <th scope="col" class="num">Peak APY</th>
                </tr>
              </thead>
              <tbody>
                {episodes.toReversed().map((episode) => (
                  <Stretch key={`${episode.kind}${episode.from}`} episode={episode} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      <SourceLine
        parts={[
          source,
          "stress: 98% or more lent",
          "old: marked so by the source, an older state than before, or unmoved for a day",
        ]}
      />
    </Panel>
  );
}

function Stretch({ episode }: { readonly episode: PoolEpisode }) {
  const { kind, from, to, readings, peakUtilization, peakApy } = episode;
  return (
    <tr>
      <th scope="row" title={formatUtc(from)}>{formatDay(from)}</th>
      <td title={formatUtc(to)}>{formatDay(to)}</td>
      <td>
        <Badge kind={EPISODES[kind].kind}>{EPISODES[kind].word}</Badge>
      </td>
      <td class="num">{formatCount(readings)}</td>
      <td class="num">
        <Share value={peakUtilization} reason="the source gives no utilisation" />
      </td>
      <td class="num">{formatShare(peakApy)}</td>
    </tr>
  );
}
