import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { isoInstant } from "../../../../components/format/time.ts";
import { readForm, refusalOf, seeOther } from "../../../forms.ts";
import { define } from "../../../page_state.ts";
import { asHttpError } from "../../../refusals.ts";
import { AssetOptions } from "../../(_components)/AssetOptions.tsx";
import {
  type EntryFields,
  type EntryRefusal,
  entryRefusal,
  entryValues,
  priceAssetOf,
  readEntryFields,
} from "../../(_components)/entry_form.ts";
import { EntryFieldset } from "../../(_components)/EntryFieldset.tsx";
import { FormPage } from "../../(_components)/FormPage.tsx";
import { type AssetLabels, labelsOf, scopeFor } from "../../(_components)/read_portfolio.ts";

interface NewEntryData {
  readonly portfolioId: string;
  readonly labels: AssetLabels;
  readonly fields: EntryFields;
  readonly refusal: EntryRefusal | null;
}

const PRIVATE = { "cache-control": "private, no-store" };

export const handler = define.handlers({
  async GET(ctx) {
    const { portfolio, market, clock } = ctx.state;
    const { scope } = scopeFor(ctx.state, ctx.req, { id: ctx.params["id"] ?? "" });
    const { baseCurrency } = await portfolio.portfolios.get(scope).catch((error) => {
      throw asHttpError(error);
    });
    const price_asset = priceAssetOf(baseCurrency);
    const asset_id = ctx.url.searchParams.get("asset")?.slice(0, 80) ?? "";
    const timestamp = isoInstant(clock.now()).slice(0, 19);
    return page<NewEntryData>({
      portfolioId: scope.portfolioId,
      labels: labelsOf(market),
      fields: { action: "BUY", asset_id, price_asset, timestamp, account: "" },
      refusal: null,
    }, { headers: PRIVATE });
  },

  async POST(ctx) {
    const { portfolio, market } = ctx.state;
    const { scope } = scopeFor(ctx.state, ctx.req, { id: ctx.params["id"] ?? "" });
    const fields = readEntryFields(await readForm(ctx.req));
    try {
      const { row } = await portfolio.ledger.add(scope, entryValues(fields));
      return seeOther(`/portfolio/${scope.portfolioId}?row=${row.id}`);
    } catch (error) {
      return page<NewEntryData>({
        portfolioId: scope.portfolioId,
        labels: labelsOf(market),
        fields,
        refusal: entryRefusal(refusalOf(error)),
      }, { status: 422, headers: PRIVATE });
    }
  },
});

/** A form for a transaction, entered by hand. */
export default define.page<typeof handler>(function NewEntry({ data }) {
  const back = `/portfolio/${data.portfolioId}`;
  return (
    <>
      <Head>
        <title>Add a transaction · Tokenlysis</title>
        <link rel="stylesheet" href={asset("/styles/portfolio.css")} />
      </Head>
      <FormPage
        title="Add a transaction"
        action={`${back}/transactions/new`}
        message={data.refusal?.message ?? null}
        submit="Add transaction"
        back={back}
        undo="add"
      >
        <EntryFieldset fields={data.fields} refusal={data.refusal} />
      </FormPage>
      <AssetOptions labels={data.labels} />
    </>
  );
});
