import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import FormDialog from "../../islands/FormDialog.tsx";
import { parseUuid } from "../../services/kernel/ids.ts";
import type { Portfolio } from "../../services/portfolio/mod.ts";
import { readForm, refusalOf, seeOther, textOf } from "../forms.ts";
import { define, type State } from "../page_state.ts";
import {
  PortfolioList,
  type PortfolioListProps,
  type Refused,
} from "./(_components)/PortfolioList.tsx";
import { readSettings } from "./(_components)/portfolio_form.ts";

const PRIVATE = { "cache-control": "private, no-store" };

export const handler = define.handlers({
  async GET(ctx) {
    return await listPage(ctx, { refused: null, isForImport: false });
  },

  async POST(ctx) {
    const { portfolios, ownerOf } = ctx.state.portfolio;
    const ownerId = ownerOf(ctx.req.headers);
    const form = await readForm(ctx.req);
    const restored = parseUuid(textOf(form, "restore"));
    if (restored !== null) {
      const scope = { ownerId, portfolioId: restored };
      const change = () => portfolios.restore(scope);
      return await leadOn(ctx, { fields: null, change, isForImport: false });
    }
    const fields = readSettings(form);
    const change = () => portfolios.create(ownerId, fields.settings());
    const isForImport = textOf(form, "then") === "import";
    return await leadOn(ctx, { fields, change, isForImport });
  },
});

type ListContext = { readonly state: State; readonly req: Request };

/**
 * Makes or restores a portfolio and leads to it, or to the import of its first file; where that is
 * refused, the list says why.
 */
async function leadOn(
  ctx: ListContext,
  { fields, change, isForImport }:
    & Pick<Refused, "fields">
    & Pick<PortfolioListProps, "isForImport">
    & { readonly change: () => Promise<Portfolio> },
) {
  try {
    const { id } = await change();
    return seeOther(isForImport ? `/import?portfolio=${id}` : `/portfolio/${id}`);
  } catch (error) {
    const { message } = refusalOf(error);
    return await listPage(ctx, { refused: { fields, message }, isForImport });
  }
}

async function listPage(
  { state: { portfolio }, req }: ListContext,
  { refused, isForImport }: Pick<PortfolioListProps, "refused" | "isForImport">,
) {
  const { portfolios, summaries, ownerOf } = portfolio;
  const ownerId = ownerOf(req.headers);
  const [kept, all] = await Promise.all([
    summaries.list(ownerId),
    portfolios.list(ownerId, { withDeleted: true }),
  ]);
  const deleted = all.filter(({ deletedAt }) => deletedAt !== null);
  return page<PortfolioListProps>({ kept, deleted, refused, isForImport }, {
    status: refused === null ? 200 : 422,
    headers: PRIVATE,
  });
}

/** All portfolios of their owner with what each is worth, and a form for another. */
export default define.page<typeof handler>(function Portfolios({ data }) {
  return (
    <>
      <Head>
        <title>Portfolios · Tokenlysis</title>
        <link rel="stylesheet" href={asset("/styles/portfolio.css")} />
      </Head>
      <PortfolioList {...data} />
      <FormDialog />
    </>
  );
});
