import { isoInstant } from "../../../components/format/time.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import { FilterPills } from "../../../components/table/FilterPills.tsx";
import type { LogLine, OpsQuery } from "../../../services/ops/mod.ts";
import { fieldsText, LOG_LEVELS, logHref } from "./ops_view.ts";

export interface LogsPanelProps {
  readonly logs: readonly LogLine[];
  readonly query: OpsQuery;
}

/** The newest lines of the log, by level and by trace; the choice is part of the address. */
export function LogsPanel({ logs, query }: LogsPanelProps) {
  return (
    <Panel
      id="logs"
      title="Logs"
      note="newest first, secrets redacted"
      actions={<Filters query={query} />}
    >
      <div data-region="logs">
        <FilterPills
          pills={query.trace === "" ? [] : [{
            label: `Trace ${query.trace}`,
            hrefWithout: logHref({ ...query, trace: "" }),
          }]}
        />
        {logs.length === 0 ? <NoLines query={query} /> : (
          <ol class="log">
            {logs.map((line, at) => <Line key={at} line={line} query={query} />)}
          </ol>
        )}
        <SourceLine parts={["JSON lines on standard error", "UTC", "this process alone"]} />
      </div>
    </Panel>
  );
}

function NoLines({ query: { level, trace } }: { readonly query: OpsQuery }) {
  if (level === "ALL" && trace === "") {
    return (
      <EmptyState icon="docs" title="Nothing logged yet">
        The process has had nothing to say since it started.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="filter" title="No line fits">
      The log of this process holds nothing of that level and trace.
    </EmptyState>
  );
}

function Filters({ query }: { readonly query: OpsQuery }) {
  return (
    <form class="table-tools" method="get" action="/ops#logs" role="search" aria-label="Logs">
      <div class="seg" role="group" aria-label="Level">
        {LOG_LEVELS.map((level) => (
          <a
            key={level}
            href={logHref({ ...query, level })}
            aria-current={level === query.level ? "true" : "false"}
          >
            {level === "ALL" ? "All" : level}
          </a>
        ))}
      </div>
      {query.level === "ALL"
        ? null
        : <input type="hidden" name="level" value={query.level.toLowerCase()} />}
      <input
        class="input ops-trace"
        type="search"
        name="trace"
        value={query.trace}
        placeholder="Trace id"
        aria-label="Trace id"
        autocomplete="off"
      />
    </form>
  );
}

function Line({ line, query }: { readonly line: LogLine; readonly query: OpsQuery }) {
  const { at, level, logger, message, traceId } = line;
  const instant = isoInstant(at);
  return (
    <li data-lv={level}>
      <time dateTime={instant} title={instant}>
        {new Date(at).toISOString().slice(11, 23)}
      </time>
      <span class="lv">{level}</span>
      <span class="from">{logger}</span>
      <span class="msg">
        {message} <small>{fieldsText(line)}</small>
      </span>
      {traceId === null ? <span class="trace" /> : (
        <a
          class="trace"
          href={logHref({ ...query, trace: traceId })}
          aria-label={`Lines of trace ${traceId}`}
          title={traceId}
        >
          {traceId.slice(0, 8)}
        </a>
      )}
    </li>
  );
}
