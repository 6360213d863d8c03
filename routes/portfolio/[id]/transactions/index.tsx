import { HttpError, page } from "fresh";
import { asset, Head } from "fresh/runtime";
import FormDialog from "../../../../islands/FormDialog.tsx";
import { parseUuid } from "../../../../services/kernel/ids.ts";
import { utcMsOf } from "../../../../services/kernel/time.ts";
import type {
  LedgerRow,
  Portfolio,
  RemovedRow,
  TransactionPage,
} from "../../../../services/portfolio/mod.ts";
import { EmptyState } from "../../../../components/states/States.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import { readForm, seeOther, textOf } from "../../../forms.ts";
import { define } from "../../../page_state.ts";
import { asHttpError } from "../../../refusals.ts";
import { LedgerTable } from "../../(_components)/LedgerTable.tsx";
import { RemovedRows } from "../../(_components)/RemovedRows.tsx";
import { type AssetLabels, labelsOf, scopeFor } from "../../(_components)/read_portfolio.ts";

/** Real rows, so that the browser's own search finds them. */
const PAGE_ROWS = 500;
/** The API has more of them. */
const LISTED_REMOVED = 50;

interface LedgerData {
  readonly portfolio: Portfolio;
  readonly rows: readonly LedgerRow[];
  readonly removed: readonly RemovedRow[];
  readonly labels: AssetLabels;
  readonly next: string | null;
}

export const handler = define.handlers({
  async GET(ctx) {
    const { portfolio: { portfolios, ledger }, market } = ctx.state;
    const { scope } = scopeFor(ctx.state, ctx.req, { id: ctx.params["id"] ?? "" });
    try {
      const portfolio = await portfolios.get(scope);
      const after = readAfter(ctx.url.searchParams.get("after") ?? "");
      const [rows, removed] = await Promise.all([
        ledger.listTransactions(scope, {
          limit: PAGE_ROWS,
          isNewestFirst: true,
          ...after && { after },
        }),
        ledger.listRemoved(scope, LISTED_REMOVED),
      ]);
      const last = rows.length === PAGE_ROWS ? rows.at(-1) : undefined;
      return page<LedgerData>({
        ...{ portfolio, rows, removed },
        labels: labelsOf(market),
        next: last === undefined ? null : `?after=${last.at}.${last.id}`,
      }, { headers: { "cache-control": "private, no-store" } });
    } catch (error) {
      throw asHttpError(error);
    }
  },

  /** Puts a removed row back. */
  async POST(ctx) {
    const { ledger } = ctx.state.portfolio;
    const { scope } = scopeFor(ctx.state, ctx.req, { id: ctx.params["id"] ?? "" });
    const rowId = parseUuid(textOf(await readForm(ctx.req), "restore"));
    if (rowId === null) throw new HttpError(404, "Transaction not found");
    try {
      await ledger.restore(scope, rowId);
    } catch (error) {
      throw asHttpError(error);
    }
    return seeOther(`/portfolio/${scope.portfolioId}/transactions`);
  },
});

function readAfter(text: string): TransactionPage["after"] {
  const [at = "", id = ""] = text.split(".");
  const rowId = parseUuid(id);
  return rowId === null || !/^\d{1,15}$/.test(at)
    ? undefined
    : { at: utcMsOf(Number(at)), id: rowId };
}

/** All rows of a ledger, the newest first. */
export default define.page<typeof handler>(function Ledger({ data }) {
  const { portfolio, rows, removed, labels, next } = data;
  const home = `/portfolio/${portfolio.id}`;
  return (
    <>
      <Head>
        <title>{`Ledger of ${portfolio.name} · Tokenlysis`}</title>
        <link rel="stylesheet" href={asset("/styles/portfolio.css")} />
      </Head>
      <header class="page-head">
        <div>
          <h1>Ledger</h1>
          <p class="asof">
            <span>
              <a href={home}>{portfolio.name}</a>
            </span>
            <span>newest first</span>
          </p>
        </div>
        <div class="scope">
          <a class="btn" href={`/api${home}/export`} download>
            <Icon name="export" /> Export CSV
          </a>
          <a class="btn" data-kind="primary" href={`${home}/transactions/new`} data-dialog>
            <Icon name="plus" /> Add
          </a>
        </div>
      </header>
      {/* A row that is changed here is read again here, where it can be taken back. */}
      <div hidden data-shape="ledger" data-version={portfolio.ledgerVersion} />
      <div data-region="rows">
        <section class="panel" aria-label="Rows of the ledger">
          {rows.length === 0
            ? <EmptyState icon="info" title="No row" level={2}>The ledger ends here.</EmptyState>
            : <LedgerTable rows={rows} labels={labels} portfolioId={portfolio.id} />}
        </section>
        {next === null ? null : (
          <p class="mt-4">
            <a class="btn" href={`${home}/transactions${next}`}>Older rows</a>
          </p>
        )}
      </div>
      <div class="mt-4" data-region="removed">
        <RemovedRows removed={removed} labels={labels} portfolioId={portfolio.id} />
      </div>
      <FormDialog />
    </>
  );
});
