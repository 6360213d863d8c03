import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import FormDialog from "../../islands/FormDialog.tsx";
import { parseUuid } from "../../services/kernel/ids.ts";
import type { Portfolio, PortfolioSummary } from "../../services/portfolio/mod.ts";
import { readForm, refusalOf, seeOther, textOf } from "../forms.ts";
import { define, type State } from "../page_state.ts";
import { PortfolioList } from "./(_components)/PortfolioList.tsx";
import { readSettings, type SettingsValues } from "./(_components)/portfolio_form.ts";

/** A form that was refused. */
export interface Refused {
  /** What was typed for a new portfolio; `null` where one was to be restored. */
  readonly fields: SettingsValues | null;
  readonly message: string;
}

export interface PortfolioListData {
  /** Those that are there. */
  readonly kept: readonly PortfolioSummary[];
  /** Those that can be restored. */
  readonly deleted: readonly Portfolio[];
  readonly refused: Refused | null;
}

const PRIVATE = { "cache-control": "private, no-store" };

export const handler = define.handlers({
  async GET(ctx) {
    return await listPage(ctx);
  },

  async POST(ctx) {
    const { portfolios, ownerOf } = ctx.state.portfolio;
    const ownerId = ownerOf(ctx.req.headers);
    const form = await readForm(ctx.req);
    const restored = parseUuid(textOf(form, "restore"));
    const fields = restored === null ? readSettings(form) : null;
    try {
      const { id } = restored === null
        ? await portfolios.create(ownerId, fields?.settings())
        : await portfolios.restore({ ownerId, portfolioId: restored });
      return seeOther(`/portfolio/${id}`);
    } catch (error) {
      const { message } = refusalOf(error);
      return await listPage(ctx, { fields, message });
    }
  },
});

async function listPage(
  { state: { portfolio }, req }: { readonly state: State; readonly req: Request },
  refused: Refused | null = null,
) {
  const { portfolios, summaries, ownerOf } = portfolio;
  const ownerId = ownerOf(req.headers);
  const [kept, all] = await Promise.all([
    summaries.list(ownerId),
    portfolios.list(ownerId, { withDeleted: true }),
  ]);
  const deleted = all.filter(({ deletedAt }) => deletedAt !== null);
  return page<PortfolioListData>({ kept, deleted, refused }, {
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
