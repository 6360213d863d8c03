import type { ComponentChildren } from "preact";
import { Fiat, Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount, formatCounted, formatShare } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge, EmptyState } from "../../../components/states/States.tsx";
import { ControlsHead } from "../../../components/table/ControlsHead.tsx";
import { formatUtcMs } from "../../../services/kernel/time.ts";
import type { HeldPoolReading, OpsView, PoolIntake } from "../../../services/ops/mod.ts";
import { ActButton } from "./ActButton.tsx";
import { acceptReadingAct, discardReadingAct } from "./acts.ts";

/** How pools come in: fetches, readings that wait for another, rows that could not be read. */
export function PoolsPanel({ view: { pools } }: { readonly view: OpsView }) {
  const { provider, wanted, fallback, fetches, held, quarantined } = pools;
  const fetcher = provider ?? "nobody fetches";
  const note = fallback === null ? fetcher : `${fetcher} in the place of ${wanted}: ${fallback}`;
  return (
    <Panel id="pool-intake" title="Pools" note={note}>
      <div data-region="pool-intake">
        {fetches.length === 0
          ? (
            <EmptyState icon="database" title="No pool was fetched">
              {provider === null
                ? "Shown is what was imported (deno task pools:import)."
                : "The first fetch begins when the process starts."}
            </EmptyState>
          )
          : <Fetches fetches={fetches} />}
        {held.length === 0 ? null : <Held held={held} />}
        {quarantined.length === 0 ? null : <SetAside rows={quarantined} />}
        <SourceLine
          parts={[
            formatCounted(held.length, "reading") + " held",
            formatCounted(quarantined.length, "row") + " set aside",
            "answers are kept as they came",
          ]}
        />
      </div>
    </Panel>
  );
}

function Fetches({ fetches }: Pick<PoolIntake, "fetches">) {
  return (
    <Table caption="Fetches by target" columns={["Target", "Begun", "Due again", "State"]}>
      {fetches.map(({ target, startedAt, finishedAt, nextAt, problem, pending }) => (
        <tr key={target}>
          <th scope="row">{target}</th>
          <td>
            <Moment at={startedAt} />
          </td>
          <td>
            <Moment at={nextAt} />
          </td>
          <td class="ops-reason">
            {problem !== null
              ? (
                <>
                  <Badge kind="bad">Failed</Badge> <span class="second">{problem}</span>
                </>
              )
              : finishedAt === null
              ? <Badge kind="stale">Under way or cut off</Badge>
              : <Badge kind="ok">Done</Badge>}
            {pending === null ? null : <span class="second">{pending}</span>}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Held({ held }: Pick<PoolIntake, "held">) {
  return (
    <table class="table two-line">
      <caption class="sr">Readings that wait for another to confirm them</caption>
      <thead>
        <tr>
          <th scope="col">Held reading</th>
          <th scope="col" data-pri="4">Source</th>
          <th scope="col" class="num">Supply APY</th>
          <th scope="col" class="num" data-pri="3">Rewards</th>
          <th scope="col" class="num">TVL, USD</th>
          <th scope="col" class="num" data-pri="3">At</th>
          <ControlsHead />
        </tr>
      </thead>
      <tbody>
        {held.map((row) => (
          <HeldRow key={`${row.reading.poolId} ${row.reading.source} ${row.reading.ts}`} {...row} />
        ))}
      </tbody>
    </table>
  );
}

function HeldRow({ reading, believed }: HeldPoolReading) {
  const { poolId, source, ts, supplyApy, incentiveApy, tvlUsd } = reading;
  const named = { poolId, source, at: formatUtcMs(ts) };
  const apy = (value: number | null = null) => value === null ? null : formatShare(value);
  const usd = (value: number | null = null) => value === null ? null : <Fiat value={value} />;
  return (
    <tr>
      <th scope="row" data-p="name">
        <a href={`/pools/${encodeURIComponent(poolId)}`}>{poolId}</a>
      </th>
      <td data-pri="4">{source}</td>
      <td class="num" data-p="value">
        <Jump from={apy(believed?.supplyApy)} to={apy(supplyApy)} />
      </td>
      <td class="num" data-pri="3">
        <Jump from={apy(believed?.incentiveApy)} to={apy(incentiveApy)} />
      </td>
      <td class="num" data-p="change">
        <Jump from={usd(believed?.tvlUsd)} to={usd(tvlUsd)} />
      </td>
      <td class="num" data-pri="3">
        <Moment at={ts} />
      </td>
      <td class="num ops-acts" data-p="detail">
        <ActButton act={acceptReadingAct(named)}>Accept</ActButton>{" "}
        <ActButton act={discardReadingAct(named)} kind="danger" isDangerous>Discard</ActButton>
      </td>
    </tr>
  );
}

/** A held figure after the one last believed; nothing is known of `null`. */
function Jump(
  { from, to }: { readonly from: ComponentChildren; readonly to: ComponentChildren },
) {
  return (
    <>
      {to ?? <Unknown reason="the source does not give it" />}{" "}
      {from === null ? null : <span class="second">after {from}</span>}
    </>
  );
}

function SetAside({ rows }: { readonly rows: PoolIntake["quarantined"] }) {
  return (
    <Table
      caption="Rows that could not be read"
      columns={["Row set aside", "Line", "Since", "Reason"]}
    >
      {rows.map(({ provider, target, line, reason, seenAt }, at) => (
        <tr key={at}>
          <th scope="row" class="ops-file">{provider} {target}</th>
          <td>{formatCount(line)}</td>
          <td>
            <Moment at={seenAt} />
          </td>
          <td class="ops-reason">{reason}</td>
        </tr>
      ))}
    </Table>
  );
}

function Table(
  { caption, columns, children }: {
    readonly caption: string;
    readonly columns: readonly string[];
    readonly children: ComponentChildren;
  },
) {
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label={`${caption}, scrollable`}>
      <table class="table" data-density="dense">
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>{columns.map((name) => <th key={name} scope="col">{name}</th>)}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
