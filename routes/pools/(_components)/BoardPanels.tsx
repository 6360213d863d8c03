import { lineText } from "../../../components/charts/line_units.ts";
import { type LineSet, lineSet } from "../../../components/charts/lines.ts";
import { formatDecimal, formatShare } from "../../../components/format/number.ts";
import { poolHref } from "../../../components/pools/pool_figures.ts";
import { slugName } from "../../../components/pools/slug_names.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { type PoolCard, sortPools } from "../../../services/defi/mod.ts";
import { DAY_MS } from "../../../services/kernel/time.ts";
import { LinesView } from "../../(_charts)/LinesView.tsx";
import { poolsHref } from "./pools_view.ts";
import type { PoolsData } from "./read_pools.ts";

/** Lines that can still be told apart at a glance. */
const MAX_VENUES = 4;
const MAX_SWINGS = 6;
const HEIGHT = 208;

/** The token that most of the shown pools take, where several do: its venues side by side. */
export function VenuesPanel({ cards, view, isMock }: PoolsData) {
  const venues = venuesOf(sortPools(cards, { sort: "score", method: view.method }));
  const [first] = venues;
  if (first === undefined || venues.length < 2) return null;
  const { symbol } = first.pool;
  const words = `${symbol} now: ${
    venues.map(({ pool, metrics }) => `${nameOf(pool)} ${lineText("rate", metrics.supplyApy)}`)
      .join(", ")
  }.`;
  return (
    <Panel
      id="venues"
      title={`${symbol}, supply APY`}
      note={`${venues.length} venues by score, 90 days`}
      actions={
        <a class="btn" data-size="s" href={poolsHref(view, { asset: symbol.toLowerCase() })}>
          All of {symbol}
        </a>
      }
    >
      <LinesView
        id="venues"
        set={venueSet(first, venues)}
        height={HEIGHT}
        words={words}
        isTable={false}
      />
      <SourceLine
        state={isMock ? "sim" : "current"}
        parts={[[...new Set(venues.map(({ source }) => source))].join(", "), "1 d"]}
      />
    </Panel>
  );
}

/**
 * The best venues of the token with most of them, one a protocol and chain; those whose last 90
 * days end on one day.
 */
function venuesOf(cards: readonly PoolCard[]): readonly PoolCard[] {
  const whole = cards.filter(({ trend }) => trend.spanMs > 88 * DAY_MS);
  const bySymbol = Map.groupBy(whole, ({ pool }) => pool.symbol);
  const [most = []] = [...bySymbol.values()].toSorted((a, b) => b.length - a.length);
  const newest = Math.max(...most.map(({ metrics }) => dayOf(metrics.asof)));
  const venues = Map.groupBy(
    most.filter(({ metrics }) => dayOf(metrics.asof) === newest),
    ({ pool }) => nameOf(pool),
  );
  return [...venues.values()].flatMap(([best]) => best ?? []).slice(0, MAX_VENUES);
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** Lines that end on the day of the first venue's newest reading, as all of them do. */
function venueSet(first: PoolCard, venues: readonly PoolCard[]): LineSet {
  const { length } = first.trend.supplyApy;
  const from = (dayOf(first.metrics.asof) - length + 1) * DAY_MS;
  const columns = venues.map(({ pool, trend }) => ({
    key: pool.id,
    label: slugName(pool.chain),
    values: Float64Array.from(trend.supplyApy, (value) => value ?? NaN),
  }));
  return lineSet(columns, { from, barMs: DAY_MS, unit: "rate" });
}

function nameOf({ protocol, chain }: PoolCard["pool"]): string {
  return `${slugName(protocol)} on ${slugName(chain)}`;
}

/** Where the yield moves most for what it pays. */
export function SwingsPanel({ cards, view, isMock, settings }: PoolsData) {
  const rows = cards.flatMap((card) => {
    const { supplyApy, volatilityPp } = card.metrics;
    if (volatilityPp === null || supplyApy <= 0) return [];
    return [{ card, swing: volatilityPp, ratio: volatilityPp / (supplyApy * 100) }];
  }).toSorted((a, b) => b.ratio - a.ratio).slice(0, MAX_SWINGS);
  if (rows.length === 0) return null;
  return (
    <Panel
      id="swings"
      title="Most swings against the yield they pay"
      note={`${settings.window} readings`}
    >
      <table class="table two-line">
        <caption class="sr">Pools whose supply APY strays most from its mean</caption>
        <thead>
          <tr>
            <th scope="col">Pool</th>
            <th scope="col" class="num">Supply APY</th>
            <th scope="col" class="num" data-pri="6">Swing</th>
            <th scope="col" class="num">Swing / yield</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ card: { pool, metrics }, swing, ratio }) => (
            <tr key={pool.id}>
              <th scope="row" data-p="name">
                <span class="name">
                  <a href={poolHref(pool.id, { asof: view.asof })}>{pool.symbol}</a>
                  <small>{slugName(pool.protocol)}, {slugName(pool.chain)}</small>
                </span>
              </th>
              <td class="num" data-p="value">{formatShare(metrics.supplyApy)}</td>
              <td class="num" data-pri="6" data-p="detail">
                <span class="sub">swing</span>{" "}
                {formatDecimal(swing, 2)}&nbsp;<span class="unit">pt</span>
              </td>
              <td class="num" data-p="change">
                <span class="sub">of the yield</span> {formatDecimal(ratio, 2)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <SourceLine
        state={isMock ? "sim" : "current"}
        parts={["population standard deviation of the supply APY"]}
      />
    </Panel>
  );
}
