import { Unknown } from "../../../components/figures/Figures.tsx";
import { ControlsHead } from "../../../components/table/ControlsHead.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { formatSpan } from "../../../components/format/time.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge, EmptyState } from "../../../components/states/States.tsx";
import type { UtcMs } from "../../../services/kernel/time.ts";
import {
  type BudgetStatus,
  FROZEN_BY_OPERATOR,
  type OpsView,
  type ProviderStatus,
} from "../../../services/ops/mod.ts";
import { ActButton } from "./ActButton.tsx";
import { closeBreakerAct, openBreakerAct, thawAct } from "./acts.ts";
import { isUnused } from "./ops_view.ts";

const BREAKER_WORDS = { closed: "Closed", half_open: "Half-open", open: "Open" } as const;
const BREAKER_DOTS = { closed: "", half_open: "half", open: "open" } as const;
const COUNTED_BY = {
  redis: "counted in Redis, for all instances",
  process: "counted in this process",
  fallback: "counted in this process, as Redis is gone",
} as const;

/** Every outside source: its breaker, its budgets, and the controls over it. */
export function ProvidersPanel({ view }: { readonly view: OpsView }) {
  const { providers, now } = view;
  const countedBy = [...new Set(providers.map((provider) => COUNTED_BY[provider.countedBy]))];
  return (
    <Panel id="providers" title="Providers" note={summaryOf(providers)}>
      <div data-region="providers">
        {providers.length === 0
          ? (
            <EmptyState icon="database" title="No provider is set up">
              With <code>TOKENLYSIS_NETWORK=off</code>{" "}
              nothing outside is called; the demo and imported files need no provider.
            </EmptyState>
          )
          : (
            <table class="table two-line ops-providers">
              <caption class="sr">Providers with breaker, budgets and controls</caption>
              <thead>
                <tr>
                  <th scope="col">Provider</th>
                  <th scope="col">Breaker</th>
                  <th scope="col" data-pri="3">Reason</th>
                  <th scope="col" class="num" data-pri="2">Budgets used</th>
                  <th scope="col" class="num" data-pri="4">Pace</th>
                  <th scope="col" class="num" data-pri="3">Calls</th>
                  <th scope="col" class="num">Last success</th>
                  <ControlsHead />
                </tr>
              </thead>
              <tbody>
                {providers.map((provider) => (
                  <ProviderRow key={provider.name} provider={provider} now={now} />
                ))}
              </tbody>
            </table>
          )}
        {providers.length === 0 ? null : (
          <SourceLine
            state={providers.some(({ countedBy }) => countedBy === "fallback")
              ? "partial"
              : "current"}
            parts={[
              ...countedBy,
              "budgets persist over restarts",
              "pace adapts between 50% and 100%",
              "every control is audited",
            ]}
          />
        )}
      </div>
    </Panel>
  );
}

function summaryOf(providers: readonly ProviderStatus[]): string {
  const used = providers.filter((provider) => !isUnused(provider));
  const closed = used.filter(({ breaker }) => breaker.state === "closed").length;
  const off = providers.length - used.length;
  const rest = off === 0 ? "" : `, ${formatCount(off)} without a key`;
  return `${formatCount(providers.length)} sources, ${formatCount(closed)} closed${rest}`;
}

interface RowProps {
  readonly provider: ProviderStatus;
  readonly now: UtcMs;
}

function ProviderRow({ provider, now }: RowProps) {
  const { label, frozen, lastSuccessAt } = provider;
  return (
    <tr>
      <th scope="row" data-p="name">
        <b class="semi">{label}</b>
      </th>
      <td data-p="detail">
        {frozen === null
          ? <Breaker provider={provider} />
          : <Badge kind="bad" title={frozen.reason}>Frozen</Badge>}
      </td>
      <td data-pri="3" class="ops-reason">
        <span class="second">{reasonOf(provider, now)}</span>
      </td>
      <td class="num" data-pri="2">
        <Budgets provider={provider} />
      </td>
      <td class="num" data-pri="4">{formatShare(provider.share).replace(".00", "")}</td>
      <td class="num" data-pri="3">
        {formatCount(provider.calls)}
        {provider.failures === 0
          ? null
          : <span class="unit">· {formatCount(provider.failures)} failed</span>}
      </td>
      <td class="num" data-p="value">
        {lastSuccessAt === null
          ? (
            <Unknown
              reason={isUnused(provider) ? "nothing calls it" : "it has not answered yet"}
            />
          )
          : <Moment at={lastSuccessAt} />}
      </td>
      <td class="num ops-acts" data-p="change">
        <Controls provider={provider} />
      </td>
    </tr>
  );
}

function Breaker({ provider }: { readonly provider: ProviderStatus }) {
  const { state } = provider.breaker;
  const isOff = isUnused(provider);
  return (
    <span class="ops-state">
      <span class="dot" data-state={isOff ? "off" : BREAKER_DOTS[state]} />
      {isOff ? "Off" : BREAKER_WORDS[state]}
    </span>
  );
}

/** Why a provider is not simply called. */
function reasonOf(provider: ProviderStatus, now: UtcMs) {
  if (isUnused(provider)) return `${provider.missingKey} is not set`;
  const { breaker, frozen, pausedUntil, lastFailure } = provider;
  if (frozen !== null) {
    const why = frozen.status === FROZEN_BY_OPERATOR ? frozen.reason : frozen.status;
    return `${why}: frozen until thawed`;
  }
  if (breaker.isForced) return "held open by hand";
  if (breaker.state === "open") {
    const next = breaker.retryAt === null ? "" : `, probe in ${formatSpan(breaker.retryAt - now)}`;
    return `${lastFailure?.message ?? "failing"}${next}`;
  }
  if (breaker.state === "half_open") return "probing";
  if (pausedUntil !== null && pausedUntil > now) {
    return `asked to wait ${formatSpan(pausedUntil - now)}`;
  }
  return "";
}

const WINDOWS = { second: "per second", minute: "per minute", day: "per day", month: "per month" };

function Budgets({ provider }: { readonly provider: ProviderStatus }) {
  const { label, budgets } = provider;
  if (isUnused(provider)) return <span class="muted">unused</span>;
  if (budgets.length === 0) return <span class="muted">no limit</span>;
  return (
    <span class="ops-budgets">
      {budgets.map((budget) => <Budget key={budget.window} label={label} budget={budget} />)}
    </span>
  );
}

/** A meter whose colour changes at 70 and at 90 per cent. */
function Budget({ label, budget }: { readonly label: string; readonly budget: BudgetStatus }) {
  const { limit, used, window } = budget;
  const shown = Math.round(used * 10) / 10;
  return (
    <span class="ops-budget">
      <meter
        min={0}
        max={limit}
        low={limit * 0.7}
        high={limit * 0.9}
        optimum={0}
        value={Math.min(used, limit)}
        aria-label={`${label}: ${shown} of ${limit} used ${WINDOWS[window]}`}
      />
      <span>
        {formatCount(used)}
        <span class="unit">/ {formatCount(limit)}</span>
      </span>
      <span class="muted">{WINDOWS[window]}</span>
    </span>
  );
}

function Controls({ provider }: { readonly provider: ProviderStatus }) {
  if (provider.frozen !== null) return <ActButton act={thawAct(provider)}>Thaw</ActButton>;
  if (isUnused(provider)) return null;
  if (provider.breaker.state !== "closed") {
    return <ActButton act={closeBreakerAct(provider)}>Close breaker</ActButton>;
  }
  return (
    <ActButton act={openBreakerAct(provider)} kind="quiet" isDangerous>
      Open breaker
    </ActButton>
  );
}
