import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { ImportReportView } from "../../components/imports/ImportReportView.tsx";
import { Panel } from "../../components/states/Panel.tsx";
import { Banner, EmptyState } from "../../components/states/States.tsx";
import ImportDesk from "../../islands/ImportDesk.tsx";
import { parseUuid } from "../../services/kernel/ids.ts";
import { FIELDS, type Portfolio } from "../../services/portfolio/mod.ts";
import { checkSameSite } from "../(_api)/middleware/same_site.ts";
import { refusalOf, seeOther, textOf } from "../forms.ts";
import { define } from "../page_state.ts";
import { NewPortfolio } from "../portfolio/(_components)/NewPortfolio.tsx";
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
    const scope = scopeOfForm(ctx.state, ctx.req, form);
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
  const { chosen, message, undone } = data;
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
      {chosen === null
        ? <FirstPortfolio formats={data.formats} />
        : <WaysIn data={data} chosen={chosen} />}
    </>
  );
});

/** Rows need a portfolio, which is made on the way to the file. */
function FirstPortfolio({ formats }: Pick<ImportPageData, "formats">) {
  const names = formats.map(({ label }) => label).join(", ");
  return (
    <div class="grid">
      <div class="c-4 m-12">
        <NewPortfolio isForImport />
      </div>
      <div class="c-8 m-12">
        <Panel id="readable" title="Then a file">
          <EmptyState icon="import" title="Drop what your exchange gave you">
            {names}{" "}
            are told by their header, plain or gzip; of any other file you say what its columns
            stand for. Every row is counted before anything is kept, and faulty ones come back as a
            file to correct.
          </EmptyState>
        </Panel>
      </div>
    </div>
  );
}

/** The desk, or what stands for it without scripts, and what came in before. */
function WaysIn(
  { data, chosen }: { readonly data: ImportPageData; readonly chosen: Portfolio },
) {
  const { portfolios, report, formats } = data;
  return (
    <>
      <div class="without-js import-plain">
        <UploadForm {...data} chosen={chosen} />
        {report === null
          ? null
          : <ImportReportView report={report} portfolioId={chosen.id} formats={formats} />}
      </div>
      <ImportDesk
        portfolios={portfolios.map(({ id, name }) => ({ id, name }))}
        chosen={chosen.id}
        formats={formats}
        fields={FIELDS.slice(0, OWN_FIELDS)}
      />
      <HistoryPanel {...data} chosen={chosen} />
    </>
  );
}

/** The fields of our own layout come first. */
const OWN_FIELDS = 14;
