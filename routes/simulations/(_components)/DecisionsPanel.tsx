import { Money } from "../../../components/figures/Amounts.tsx";
import { NotApplicable } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount, formatDecimal, formatShare } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge, EmptyState } from "../../../components/states/States.tsx";
import { CsvLink } from "../../../components/table/PanelLinks.tsx";
import {
  type Decision,
  type Evidence,
  nameOf,
  type Pool,
  type SimulatedAutopilot,
} from "../../../services/defi/mod.ts";
import { costOf } from "../../(_api)/simulation_wire.ts";
import { leftOutWords } from "./left_out_words.ts";
import { poolHref } from "./ResultPanels.tsx";
import {
  DECISION_FILTERS,
  type DecisionFilter,
  resultHref,
  simulationHref,
  type SimulationView,
} from "./simulation_view.ts";

interface Props {
  readonly found: SimulatedAutopilot;
  readonly view: SimulationView;
}

const PAGE_ROWS = 20;

const FILTER_LABELS: Readonly<Record<DecisionFilter, string>> = {
  all: "All",
  done: "Carried out",
  put_off: "Not done",
};

/** A decision with its number, from 1, which names it in addresses. */
export interface NumberedDecision {
  readonly number: number;
  readonly decision: Decision;
}

/** The decisions of a filter, the newest first. */
export function decisionsShown(
  { decisions }: SimulatedAutopilot["simulation"],
  shown: DecisionFilter,
): readonly NumberedDecision[] {
  return decisions.map((decision, index) => ({ number: index + 1, decision }))
    .filter(({ decision: { actedAt } }) =>
      shown === "all" || (actedAt !== null) === (shown === "done")
    )
    .toReversed();
}

/** What was decided, why, and on which rows; each opens to its scores taken apart. */
export function DecisionsPanel({ found, view }: Props) {
  const { decisions } = found.simulation;
  const list = decisionsShown(found.simulation, view.shown);
  const pages = Math.max(1, Math.ceil(list.length / PAGE_ROWS));
  const page = Math.min(view.page, pages);
  const rows = list.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS);
  return (
    <Panel
      id="decisions"
      title="Decisions"
      note={`${formatCount(decisions.length)}, newest first`}
      actions={
        <>
          <nav class="seg" aria-label="Which decisions">
            {DECISION_FILTERS.map((name) => (
              <a
                key={name}
                href={simulationHref({ ...view, shown: name, page: 1 }, { hash: "decisions" })}
                aria-current={name === view.shown ? "true" : "false"}
              >
                {FILTER_LABELS[name]}
              </a>
            ))}
          </nav>
          <CsvLink href={resultHref(view, "/csv/decisions")} of="decisions" />
        </>
      }
    >
      {rows.length === 0
        ? <NoDecision found={found} view={view} />
        : <DecisionTable rows={rows} found={found} view={view} />}
      {pages === 1 ? null : <Pages view={view} page={page} pages={pages} />}
      <SourceLine
        state="sim"
        parts={[
          "decided on what was known by then, carried out one step later",
          `a held pool stays up to rank ${found.simulation.decisions[0]?.keepRank ?? "?"}`,
          "the same wish of one cooldown is told once",
        ]}
      />
    </Panel>
  );
}

function DecisionTable(
  { rows, found, view }: Props & { readonly rows: readonly NumberedDecision[] },
) {
  const pools = new Map(found.pools.map((pool) => [pool.id as string, pool]));
  return (
    <table class="table two-line decisions" data-keys>
      <caption class="sr">Decisions with reasons and the readings that they rest on</caption>
      <thead>
        <tr>
          <th scope="col">Decided</th>
          <th scope="col">Reason, and the rows it rests on</th>
          <th scope="col" data-pri="3">Carried out</th>
          <th scope="col" class="num" data-pri="2">Turnover, USD</th>
          <th scope="col" class="num">Costs, USD</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ number, decision }) => (
          <tr key={number}>
            <th scope="row" data-p="name">
              <span class="name">
                <a class="explain" href={resultHref(view, `/explain/decision/${number}`)}>
                  <Moment at={decision.at} />
                </a>
              </span>
            </th>
            <td data-p="detail">
              <div class="wrap">
                <p class="reason">
                  <Kind decision={decision} /> {decision.reason}
                </p>
                <EvidenceRows decision={decision} pools={pools} />
              </div>
            </td>
            <td data-pri="3">
              {decision.actedAt === null
                ? <NotApplicable reason="Nothing was done" />
                : <Moment at={decision.actedAt} />}
            </td>
            <td class="num" data-pri="2">
              <Money value={decision.turnoverUsd} />
            </td>
            <td class="num" data-p="value">
              <Money value={costOf(decision)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const KIND_LABELS: Readonly<Record<Decision["kind"], string>> = {
  rebalance: "Changed",
  cooldown: "Cooldown",
  unaffordable: "Too dear",
  closed: "Closed",
};

function Kind({ decision: { kind } }: { readonly decision: Decision }) {
  const look = kind === "closed" ? "bad" : kind === "rebalance" ? "plain" : "provisional";
  return <Badge kind={look}>{KIND_LABELS[kind]}</Badge>;
}

interface EvidenceProps {
  readonly decision: Decision;
  readonly pools: ReadonlyMap<string, Pool>;
}

/** The rows that a decision rests on: none of them later than it. */
function EvidenceRows({ decision, pools }: EvidenceProps) {
  const { targets, departures, excluded, at } = decision;
  const rows = [
    ...targets.map((target) => ({
      ...target,
      role: `${target.isNew ? "enter" : "keep"}, ${formatShare(target.weight)}`,
    })),
    ...departures.map((departure) => ({ ...departure, role: "leave" })),
  ];
  return (
    <details class="evidence">
      <summary>
        {formatCount(rows.length)} {rows.length === 1 ? "row" : "rows"}
        <span class="sr">&nbsp;of the decision of {new Date(at).toISOString().slice(0, 16)}</span>
      </summary>
      <ul>
        {rows.map(({ poolId, source, role, rank, score, readingAt, knownAt }) => {
          const pool = pools.get(poolId);
          return (
            <li key={poolId}>
              <a href={poolHref(poolId, at)}>{pool === undefined ? poolId : nameOf(pool)}</a>
              <span>{role}</span>
              <span>
                {score === null
                  ? "not ranked"
                  : `score ${formatDecimal(score, 1)}, rank ${rank ?? "?"}`}
              </span>
              <span>
                <Dates readingAt={readingAt} knownAt={knownAt} />
              </span>
              {source === null ? null : <span>{source}</span>}
            </li>
          );
        })}
      </ul>
      <p class="hint">{leftOutWords(decision.eligible, excluded)}</p>
    </details>
  );
}

/** When a row was read, and when it was known: mostly the same. */
function Dates({ readingAt, knownAt }: Pick<Evidence, "readingAt" | "knownAt">) {
  if (readingAt === null || knownAt === null) return <>never read</>;
  if (readingAt === knownAt) {
    return (
      <>
        read and known <Moment at={readingAt} />
      </>
    );
  }
  return (
    <>
      read <Moment at={readingAt} />, known <Moment at={knownAt} />
    </>
  );
}

function NoDecision({ found, view }: Props) {
  if (found.simulation.decisions.length > 0) {
    return (
      <EmptyState
        icon="filter"
        title="No such decision"
        actions={
          <a
            class="btn"
            href={simulationHref({ ...view, shown: "all", page: 1 }, { hash: "decisions" })}
          >
            Show all
          </a>
        }
      >
        None of the {formatCount(found.simulation.decisions.length)} decisions is of this kind.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="info" title="Nothing was decided">
      At no step could a pool be had that was worth a change.
    </EmptyState>
  );
}

function Pages(
  { view, page, pages }: {
    readonly view: SimulationView;
    readonly page: number;
    readonly pages: number;
  },
) {
  const href = (to: number) => simulationHref({ ...view, page: to }, { hash: "decisions" });
  return (
    <nav class="pages" aria-label="Pages of decisions">
      {page > 1 ? <a class="btn" data-size="s" href={href(page - 1)}>Newer</a> : null}
      <span>Page {formatCount(page)} of {formatCount(pages)}</span>
      {page < pages ? <a class="btn" data-size="s" href={href(page + 1)}>Older</a> : null}
    </nav>
  );
}
