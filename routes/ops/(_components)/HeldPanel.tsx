import { Change, Price } from "../../../components/figures/Figures.tsx";
import { ControlsHead } from "../../../components/table/ControlsHead.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { Badge, type BadgeKind, EmptyState } from "../../../components/states/States.tsx";
import type { HeldPrice } from "../../../services/market/mod.ts";
import { ActButton } from "./ActButton.tsx";
import { acceptHeldAct, dropHeldAct } from "./acts.ts";
import type { OpsView } from "../../../services/ops/mod.ts";

const STATES: Readonly<Record<HeldPrice["state"], { kind: BadgeKind; word: string }>> = {
  held: { kind: "stale", word: "Held" },
  confirmed: { kind: "ok", word: "Confirmed" },
  accepted: { kind: "ok", word: "Accepted" },
  dropped: { kind: "plain", word: "Dropped" },
};

/** Prices that moved too far to be believed at once. */
export function HeldPanel({ view: { held } }: { readonly view: OpsView }) {
  return (
    <Panel id="held" title="Held prices" note="5× or a fifth of the last one">
      <div data-region="held">
        {held.length === 0
          ? (
            <EmptyState icon="check" title="No price is held">
              One that jumps too far waits here until a second source or observation confirms it.
            </EmptyState>
          )
          : (
            <table class="table two-line">
              <caption class="sr">Held prices, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">Asset</th>
                  <th scope="col" data-pri="2">Venue</th>
                  <th scope="col" class="num">Price</th>
                  <th scope="col" class="num" data-pri="2">Last believed</th>
                  <th scope="col" class="num" data-pri="3">Seen</th>
                  <th scope="col" class="num">State</th>
                  <ControlsHead />
                </tr>
              </thead>
              <tbody>{held.map((price) => <HeldRow key={price.id} price={price} />)}</tbody>
            </table>
          )}
        <SourceLine parts={["the raw row stays either way"]} />
      </div>
    </Panel>
  );
}

function HeldRow({ price }: { readonly price: HeldPrice }) {
  const { kind, word } = STATES[price.state];
  return (
    <tr>
      <th scope="row" data-p="name">
        <a href={`/assets/${encodeURIComponent(price.assetId)}`}>{price.assetId}</a>
      </th>
      <td data-pri="2">{price.venue}</td>
      <td class="num" data-p="value">
        <Price value={price.priceUsd} />
      </td>
      <td class="num" data-pri="2">
        <Price value={price.lastPriceUsd} />{" "}
        <Change fraction={price.priceUsd / price.lastPriceUsd - 1} />
      </td>
      <td class="num" data-pri="3">
        <Moment at={price.at} />
      </td>
      <td class="num" data-p="change">
        <Badge kind={kind} title={price.settledBy === null ? "open" : `by ${price.settledBy}`}>
          {word}
        </Badge>
      </td>
      <td class="num ops-acts" data-p="detail">
        {price.state !== "held" ? null : (
          <>
            <ActButton act={acceptHeldAct(price)}>Accept</ActButton>{" "}
            <ActButton act={dropHeldAct(price)} kind="danger" isDangerous>Drop</ActButton>
          </>
        )}
      </td>
    </tr>
  );
}
