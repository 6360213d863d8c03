import { Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { ControlsHead } from "../../../components/table/ControlsHead.tsx";
import { formatDecimal } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge, type BadgeKind } from "../../../components/states/States.tsx";
import type { FxCurrencyStatus, FxRateShown, OpsView } from "../../../services/ops/mod.ts";
import { ActButton } from "./ActButton.tsx";
import { useEodAct } from "./acts.ts";

const STATES: Readonly<Record<FxCurrencyStatus["state"], { kind: BadgeKind; word: string }>> = {
  intraday: { kind: "ok", word: "Intraday" },
  eod: { kind: "plain", word: "End of day" },
  permitted: { kind: "stale", word: "Allowed" },
  delayed: { kind: "bad", word: "DELAYED_FX" },
  unpriced: { kind: "bad", word: "No rate" },
};

/** Exchange rates, how far the fallback is off, and the word that lets it be used. */
export function FxPanel({ view: { fx } }: { readonly view: OpsView }) {
  return (
    <Panel id="fx" title="Exchange rates" note="Units for one dollar; drift above 25 bps holds NAV">
      <div data-region="fx">
        <table class="table two-line">
          <caption class="sr">Exchange rates by currency</caption>
          <thead>
            <tr>
              <th scope="col">Currency</th>
              <th scope="col" class="num">End of day</th>
              <th scope="col" class="num" data-pri="2">Last intraday</th>
              <th scope="col" class="num" data-pri="2">Drift, bps</th>
              <th scope="col" class="num">State</th>
              <ControlsHead />
            </tr>
          </thead>
          <tbody>{fx.map((status) => <FxRow key={status.currency} status={status} />)}</tbody>
        </table>
        <SourceLine parts={["a missing rate leaves values unpriced; it never counts as 1"]} />
      </div>
    </Panel>
  );
}

function FxRow({ status }: { readonly status: FxCurrencyStatus }) {
  const { currency, state, fallback, lastIntraday, driftBps, permittedUntil } = status;
  const { kind, word } = STATES[state];
  return (
    <tr>
      <th scope="row" data-p="name">{currency}</th>
      <td class="num" data-p="value">
        <Rate of={fallback} reason="no end-of-day rate of the last 6 days is stored" />
      </td>
      <td class="num" data-pri="2">
        <Rate of={lastIntraday} reason="no intraday rate of the last 7 days is stored" />
      </td>
      <td class="num" data-pri="2">
        {driftBps === null
          ? (
            <Unknown
              reason={state === "intraday"
                ? "measured while intraday rates are missing"
                : "needs a rate of both kinds"}
            />
          )
          : formatDecimal(driftBps, 1)}
      </td>
      <td class="num" data-p="change">
        <Badge kind={kind}>{word}</Badge>
        {permittedUntil === null ? null : (
          <>
            {" "}until <Moment at={permittedUntil} />
          </>
        )}
      </td>
      <td class="num ops-acts" data-p="detail">
        {state === "delayed" ? <ActButton act={useEodAct(currency)}>Use EOD once</ActButton> : null}
      </td>
    </tr>
  );
}

function Rate({ of, reason }: { readonly of: FxRateShown | null; readonly reason: string }) {
  if (of === null) return <Unknown reason={reason} />;
  return (
    <span title={of.source}>
      {formatDecimal(of.rate, 4)} <Moment at={of.asof} />
    </span>
  );
}
