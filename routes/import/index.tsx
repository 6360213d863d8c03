import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { ImportReportView } from "../../components/imports/ImportReportView.tsx";
import { Banner } from "../../components/states/States.tsx";
import ImportDesk from "../../islands/ImportDesk.tsx";
import { parseUuid } from "../../services/kernel/ids.ts";
import { FIELDS } from "../../services/portfolio/mod.ts";
import { checkSameSite } from "../(_api)/middleware/same_site.ts";
import { refusalOf, seeOther, textOf } from "../forms.ts";
import { define } from "../page_state.ts";
import { asHttpError } from "../refusals.ts";
import { HistoryPanel } from "./(_components)/HistoryPanel.tsx";
import {
  importForm,
  type ImportPageData,
  readImportPage,
  readUploadForm,
  scopeOfForm,
} from "./(_components)/read_import.ts";
import { UploadForm } from "./(_components)/UploadForm.tsx";

const PRIVATE = { "cache-control": "private, no-store" };

export const handler = define.handlers({
  async GET(ctx) {
    const { searchParams } = ctx.url;
    const portfolioId = parseUuid(searchParams.get("portfolio") ?? "");
    const undoneId = parseUuid(searchParams.get("undone") ?? "");
    const data = await readImportPage(ctx.state, ctx.req, { portfolioId, undoneId });
    return page<ImportPageData>(data, { headers: PRIVATE });
  },

  async POST(ctx) {
    try {
      checkSameSite(ctx.req);
    } catch (error) {
      throw asHttpError(error);
    }
    const form = await readUploadForm(ctx.req);
    const scope = await scopeOfForm(ctx.state, ctx.req, form);
    const { portfolioId } = scope;
    const undone = parseUuid(textOf(form, "undo"));
    try {
      if (undone !== null) {
        await ctx.state.portfolio.ledger.undoImport(scope, undone);
        return seeOther(`/import?portfolio=${portfolioId}&undone=${undone}`);
      }
      const report = await importForm(ctx.state, scope, form);
      const data = await readImportPage(ctx.state, ctx.req, { portfolioId, report });
      return page<ImportPageData>(data, { headers: PRIVATE });
    } catch (error) {
      const { message } = refusalOf(error);
      const data = await readImportPage(ctx.state, ctx.req, { portfolioId, message });
      return page<ImportPageData>(data, { status: 422, headers: PRIVATE });
    }
  },
});

/** Is it safe to press Import? */
export default define.page<typeof handler>(function ImportPage({ data }) {
  const { chosen, portfolios, report, message, undone } = data;
  return (
    <>
      <Head>
        <title>Import · Tokenlysis</title>
        <link rel="stylesheet" href={asset("/styles/portfolio.css")} />
        <link rel="stylesheet" href={asset("/styles/import.css")} />
      </Head>
      <header class="page-head">
        <div>
          <h1>Import transactions</h1>
          <p class="asof">
            <span>a preview first: nothing is kept until you say so</span>
            <span>the same file twice changes nothing</span>
          </p>
        </div>
      </header>
      {message === null ? null : <Banner kind="bad">{message}</Banner>}
      {undone === null ? null : (
        <Banner kind="info" icon="undo">
          <b>The import of {undone.fileName} was taken back as a whole.</b>{" "}
          The ledger is what it was before, and the same file can be imported again.
        </Banner>
      )}
      <div class="without-js import-plain">
        <UploadForm {...data} />
        {report === null || chosen === null
          ? null
          : <ImportReportView report={report} portfolioId={chosen.id} formats={data.formats} />}
      </div>
      <ImportDesk
        portfolios={portfolios.map(({ id, name }) => ({ id, name }))}
        chosen={chosen?.id ?? ""}
        formats={data.formats}
        fields={FIELDS.slice(0, OWN_FIELDS)}
      />
      <HistoryPanel {...data} />
    </>
  );
});

/** The fields of our own layout come first. */
const OWN_FIELDS = 14;
