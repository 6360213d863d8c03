import type { ComponentChildren } from "preact";
import { Fiat, Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge, EmptyState } from "../../../components/states/States.tsx";
import type { OpsView, PoolIntake } from "../../../services/ops/mod.ts";

/** How pools come in: fetches, readings that wait for another, rows that could not be read. */
export function PoolsPanel({ view: { pools } }: { readonly view: OpsView }) {
  const { provider, wanted, fallback, fetches, held, quarantined } = pools;
  const note = fallback === null ? provider : `${provider} in the place of ${wanted}: ${fallback}`;
  return (
    <Panel id="pool-intake" title="Pools" note={note}>
      <div data-region="pool-intake">
        {fetches.length === 0
          ? (
            <EmptyState icon="database" title="No pool was fetched">
              {provider === "file"
                ? "Pools come from files alone (deno task pools:import)."
                : "The first fetch begins when the process starts."}
            </EmptyState>
          )
          : <Fetches fetches={fetches} />}
        {held.length === 0 ? null : <Held held={held} />}
        {quarantined.length === 0 ? null : <SetAside rows={quarantined} />}
        <SourceLine
          parts={[
            counted(held.length, "reading") + " held",
            counted(quarantined.length, "row") + " set aside",
            "answers are kept as they came",
          ]}
        />
      </div>
    </Panel>
  );
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function Fetches({ fetches }: Pick<PoolIntake, "fetches">) {
  return (
    <Table caption="Fetches by target" columns={["Target", "Begun", "Due again", "State"]}>
      {fetches.map(({ target, startedAt, finishedAt, nextAt, problem }) => (
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
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Held({ held }: Pick<PoolIntake, "held">) {
  return (
    <Table
      caption="Readings that wait for another to confirm them"
      columns={["Held reading", "At", "Supply APY", "TVL, USD"]}
    >
      {held.map(({ poolId, source, ts, supplyApy, tvlUsd }) => (
        <tr key={`${poolId} ${source} ${ts}`}>
          <th scope="row">
            <a href={`/pools/${encodeURIComponent(poolId)}`}>{poolId}</a>
          </th>
          <td>
            <Moment at={ts} />
          </td>
          <td>{formatShare(supplyApy)}</td>
          <td>
            {tvlUsd === null
              ? <Unknown reason="the source does not give it" />
              : <Fiat value={tvlUsd} />}
          </td>
        </tr>
      ))}
    </Table>
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
          <th scope="row">{provider} {target}</th>
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
