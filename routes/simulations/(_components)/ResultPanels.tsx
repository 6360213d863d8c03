import { ChartLinks } from "../../../components/charts/ChartLinks.tsx";
import { lineText } from "../../../components/charts/line_units.ts";
import {
  formatCount,
  formatDecimal,
  formatPlain,
  formatShare,
} from "../../../components/format/number.ts";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatDay, isoInstant } from "../../../components/format/time.ts";
import { slugName } from "../../../components/pools/slug_names.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import type { SimulatedAutopilot } from "../../../services/defi/mod.ts";
import { LinesView } from "../../(_charts)/LinesView.tsx";
import { leftOutWords } from "./left_out_words.ts";
import { growthSet, heldPools, shareSet } from "./simulation_series.ts";
import {
  resultHref,
  simulationHref,
  type SimulationTable,
  type SimulationView,
} from "./simulation_view.ts";

interface Props {
  readonly found: SimulatedAutopilot;
  readonly view: SimulationView;
}

const GROWTH_HEIGHT = 300;
const SHARES_HEIGHT = 220;

function links(view: SimulationView, { table, of }: { table: SimulationTable; of: string }) {
  const isTable = view.table === table;
  const viewHref = simulationHref({ ...view, table: isTable ? null : table }, { hash: table });
  return (
    <ChartLinks
      of={of}
      isTable={isTable}
      viewHref={viewHref}
      csvHref={resultHref(view, "/csv/values")}
    />
  );
}

/** Did it beat doing nothing? */
export function GrowthPanel({ found, view }: Props) {
  const { constraints, simulation } = found;
  const set = growthSet(found);
  const ends = set.lines.flatMap(({ label, values }) => {
    const end = values.at(-1);
    return end === undefined || end === null ? [] : [{ label, end }];
  }).toSorted((a, b) => b.end - a.end)
    .map(({ label, end }) => `${label} ${lineText("change", end)}`);
  const missing = simulation.baselines.filter(({ valuesUsd }) => valuesUsd === null);
  return (
    <Panel
      id="growth"
      title="Growth"
      note="of the capital, after costs"
      actions={links(view, { table: "growth", of: "growth" })}
    >
      <LinesView
        id="growth"
        set={set}
        height={GROWTH_HEIGHT}
        words={`From ${formatDay(constraints.start)} to ${formatDay(constraints.end)}, ` +
          `the most first: ${ends.join(", ")}.`}
        isTable={view.table === "growth"}
      />
      <SourceLine
        state="sim"
        parts={[
          "yields alone, prices of tokens taken to stand still",
          "↔ a change of the portfolio",
          ...missing.map(({ name, reason }) => `${name.replaceAll("_", " ")}: n/a, ${reason}`),
        ]}
      />
    </Panel>
  );
}

/** Where did the money lie? */
export function AllocationPanel({ found, view }: Props) {
  const held = heldPools(found);
  const byId = new Map(found.pools.map((pool) => [pool.id as string, pool]));
  const steps = found.simulation.times.length;
  const [most] = held;
  if (most === undefined) {
    return (
      <Panel id="allocation" title="Allocation over time">
        <NothingBought found={found} view={view} />
      </Panel>
    );
  }
  const words = `${formatCount(held.length)} pools were held, ${most.name} the most: a mean of ` +
    `${formatShare(most.meanWeight)}. A mean of ` +
    `${formatShare(found.simulation.idleShare)} lay in cash.`;
  return (
    <Panel
      id="allocation"
      title="Allocation over time"
      note={`at most ${formatShare(found.constraints.maxWeight)} in one pool after a change`}
      actions={links(view, { table: "allocation", of: "allocation" })}
    >
      <LinesView
        id="allocation"
        set={shareSet(found)}
        height={SHARES_HEIGHT}
        words={words}
        isTable={view.table === "allocation"}
      />
      <details class="held-pools">
        <summary>All {formatCount(held.length)} pools that were held</summary>
        <table class="table" data-density="compact">
          <caption class="sr">Pools that were held, the most weight first</caption>
          <thead>
            <tr>
              <th scope="col">Pool</th>
              <th scope="col" class="num">Mean share</th>
              <th scope="col" class="num">Steps held</th>
            </tr>
          </thead>
          <tbody>
            {held.map(({ poolId, meanWeight, stepsHeld }) => (
              <tr key={poolId}>
                <th scope="row">
                  <PoolName pool={byId.get(poolId)} id={poolId} />
                </th>
                <td class="num">{formatShare(meanWeight)}</td>
                <td class="num">{formatCount(stepsHeld)} of {formatCount(steps)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      <SourceLine state="sim" parts={["shares of the value, as yields moved them"]} />
    </Panel>
  );
}

export interface PoolNameProps {
  readonly pool: SimulatedAutopilot["pools"][number] | undefined;
  readonly id: string;
  /** The past instant to show it at; its newest state if left out. */
  readonly at?: number;
}

/** A pool by name, leading to its own page. */
export function PoolName({ pool, id, at }: PoolNameProps) {
  if (pool === undefined) return <span class="name">{id}</span>;
  return (
    <span class="name">
      <a href={poolHref(pool.id, at)}>{pool.symbol}</a>
      <small>
        {pool.mark === undefined ? null : `${pool.mark} · `}
        {slugName(pool.chain)} · {slugName(pool.protocol)}
      </small>
    </span>
  );
}

/** The page of a pool, as it was known at an instant where one is given. */
export function poolHref(id: string, at?: number): string {
  const href = `/pools/${encodeURIComponent(id)}`;
  return at === undefined ? href : `${href}?asof=${isoInstant(at)}`;
}

function NothingBought({ found: { simulation, constraints }, view }: Props) {
  const { data, decisions, lastLook: { at, eligible, excluded } } = simulation;
  const { start: _start, end: _end, ...values } = view.values;
  const newest = <a class="btn" href={resultHref({ values }, "")}>Simulate the newest year</a>;
  if (data.readings === 0) {
    return (
      <EmptyState icon="calendar" title="No reading lies in this range" actions={newest}>
        Choose a range in which readings are stored: the dates below the fields say which.
      </EmptyState>
    );
  }
  if (data.unseenReadings === data.readings) {
    return (
      <EmptyState icon="clock" title="Nothing was known in time">
        All {formatCount(data.readings)}{" "}
        readings of this range were fetched after it ended. A decision may only use what was known
        by then, so there was nothing to decide on. Import a file whose recorder says when it stored
        each reading, or choose a later range.
      </EmptyState>
    );
  }
  if (decisions.some(({ kind }) => kind === "unaffordable")) {
    const { feeBps, gasUsd } = constraints;
    return (
      <EmptyState icon="filter" title="Costs would have taken all there is">
        Each pool that is entered or left costs {formatDecimal(gasUsd, 2)}{" "}
        USD of gas, each dollar traded {formatPlain(feeBps)}{" "}
        basis points: allow more capital, fewer pools (more in one pool) or lower costs.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="filter" title="Nothing was bought">
      No pool could be had under these rules for two steps: allow a lower TVL, more assets or a
      longer range. At the last step, <Moment at={at} />, {leftOutWords(eligible, excluded)}.
    </EmptyState>
  );
}
