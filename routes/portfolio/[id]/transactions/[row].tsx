import { HttpError, page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { parseUuid } from "../../../../services/kernel/ids.ts";
import { readForm, refusalOf, seeOther, textOf } from "../../../forms.ts";
import { define } from "../../../page_state.ts";
import { asHttpError } from "../../../refusals.ts";
import { AssetOptions } from "../../(_components)/AssetOptions.tsx";
import {
  type EntryFields,
  type EntryRefusal,
  entryRefusal,
  entryValues,
  fieldsOfRow,
  readEntryFields,
} from "../../(_components)/entry_form.ts";
import { EntryFieldset } from "../../(_components)/EntryFieldset.tsx";
import { FormPage } from "../../(_components)/FormPage.tsx";
import { type AssetLabels, labelsOf, scopeFor } from "../../(_components)/read_portfolio.ts";

interface EditData {
  readonly portfolioId: string;
  readonly rowId: string;
  readonly labels: AssetLabels;
  readonly fields: EntryFields;
  readonly refusal: EntryRefusal | null;
}

const PRIVATE = { "cache-control": "private, no-store" };

function rowIdOf(text: string | undefined) {
  const id = parseUuid(text ?? "");
  if (id === null) throw new HttpError(404, "Transaction not found");
  return id;
}

export const handler = define.handlers({
  async GET(ctx) {
    const { portfolio, market } = ctx.state;
    const { scope } = scopeFor(ctx.state, ctx.req, { id: ctx.params["id"] ?? "" });
    const rowId = rowIdOf(ctx.params["row"]);
    try {
      const entered = await portfolio.ledger.getTransaction(scope, rowId);
      return page<EditData>({
        portfolioId: scope.portfolioId,
        rowId,
        labels: labelsOf(market),
        fields: fieldsOfRow(entered),
        refusal: null,
      }, { headers: PRIVATE });
    } catch (error) {
      throw asHttpError(error);
    }
  },

  async POST(ctx) {
    const { portfolio: { ledger }, market } = ctx.state;
    const { scope } = scopeFor(ctx.state, ctx.req, { id: ctx.params["id"] ?? "" });
    const rowId = rowIdOf(ctx.params["row"]);
    const form = await readForm(ctx.req);
    const fields = readEntryFields(form);
    try {
      const act = textOf(form, "act");
      if (act === "delete") await ledger.remove(scope, rowId);
      else if (act === "restore") await ledger.restore(scope, rowId);
      else await ledger.edit(scope, rowId, entryValues(fields));
      return seeOther(`/portfolio/${scope.portfolioId}`);
    } catch (error) {
      const refusal = entryRefusal(refusalOf(error));
      return page<EditData>({
        portfolioId: scope.portfolioId,
        rowId,
        labels: labelsOf(market),
        fields,
        refusal,
      }, { status: 422, headers: PRIVATE });
    }
  },
});

/** A row of the ledger with its fee, to be corrected or taken away. */
export default define.page<typeof handler>(function EditEntry({ data }) {
  const back = `/portfolio/${data.portfolioId}`;
  return (
    <>
      <Head>
        <title>Edit a transaction · Tokenlysis</title>
        <link rel="stylesheet" href={asset("/styles/portfolio.css")} />
      </Head>
      <FormPage
        title="Edit transaction"
        action={`${back}/transactions/${data.rowId}`}
        message={data.refusal?.message ?? null}
        submit="Save"
        back={back}
        undo="edit"
        removal={{
          summary: "Remove this transaction…",
          words: "The row and its fee leave the ledger; lots and values are computed anew.",
          submit: "Remove it",
        }}
      >
        <EntryFieldset fields={data.fields} refusal={data.refusal} />
      </FormPage>
      <AssetOptions labels={data.labels} />
    </>
  );
});
