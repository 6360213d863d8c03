import { Gain, Money } from "../../../components/figures/Amounts.tsx";
import { Change, Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { ControlsHead } from "../../../components/table/ControlsHead.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import type { PortfolioSummary } from "../../../services/portfolio/mod.ts";
import { methodText } from "./portfolio_view.ts";

/** Portfolios by what each is worth, as far as that is kept. */
export function PortfolioTable(
  { summaries }: { readonly summaries: readonly PortfolioSummary[] },
) {
  const unknown = summaries.filter(({ nav }) => nav === null).length;
  return (
    <Panel id="portfolios" title="Yours" note={formatCount(summaries.length)}>
      <table class="table two-line portfolios" data-keys>
        <caption class="sr">Portfolios, what each is worth and what its last day did</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="num">Net asset value</th>
            <th scope="col" class="num" title="Time-weighted return of the day up to as of">
              TWR 24 h
            </th>
            <th scope="col">As of</th>
            <ControlsHead priority={2} />
          </tr>
        </thead>
        <tbody>
          {summaries.map((summary) => <Row key={summary.portfolio.id} {...summary} />)}
        </tbody>
      </table>
      <SourceLine
        state={unknown === 0 ? "current" : "partial"}
        parts={[
          "kept values, each as of its own time",
          "a portfolio's own page has those of now",
          ...unknown === 0 ? [] : [`${formatCount(unknown)} not known`],
        ]}
      />
    </Panel>
  );
}

function Row(summary: PortfolioSummary) {
  const { portfolio: { id, name, rule, rulesByYear }, day, dayReason } = summary;
  const pools = rule.pools === "account" ? "per account" : "over all accounts";
  return (
    <tr>
      <th scope="row" data-p="name">
        <span class="name">
          <a class="own" href={`/portfolio/${id}`} title={name}>{name}</a>
        </span>
        <small class="below">{methodText({ rule, rulesByYear })}, {pools}</small>
      </th>
      <td class="num" data-p="value">
        <Value {...summary} />
      </td>
      <td class="num" data-p="change">
        {day === null ? <Unknown reason={dayReason} /> : (
          <>
            <Change fraction={day.twr} />
            {day.gain === null ? null : (
              <small class="below">
                <Gain value={day.gain} />
              </small>
            )}
          </>
        )}
      </td>
      <td data-p="detail">
        <Standing {...summary} />
      </td>
      <td class="num" data-pri="2">
        <a
          class="btn"
          data-kind="quiet"
          data-size="s"
          href={`/portfolio/${id}/settings`}
          data-dialog
        >
          <Icon name="settings" />Settings
          <span class="sr">&nbsp;of {name}</span>
        </a>
      </td>
    </tr>
  );
}

function Value({ nav, reason, currency, unpriced }: PortfolioSummary) {
  return (
    <>
      <Money value={nav} reason={reason} />
      <span class="unit">{currency}</span>
      {unpriced === null || unpriced === 0
        ? null
        : <small class="below">{formatCount(unpriced)} unpriced, not in it</small>}
    </>
  );
}

/** How far the value reaches, and what is under way. */
function Standing({ asof, heldSince, status }: PortfolioSummary) {
  return (
    <>
      {asof === null ? "no value yet" : (
        <span>
          {heldSince === null ? "" : "held since "}
          <Moment at={asof} />
        </span>
      )}
      {status === "recalculating" ? <small class="below">being recalculated</small> : null}
    </>
  );
}
