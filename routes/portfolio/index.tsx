import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import FormDialog from "../../islands/FormDialog.tsx";
import { parseUuid } from "../../services/kernel/ids.ts";
import type { Portfolio } from "../../services/portfolio/mod.ts";
import { readForm, refusalOf, seeOther, textOf } from "../forms.ts";
import { define } from "../page_state.ts";
import { asHttpError } from "../refusals.ts";
import { PortfolioList } from "./(_components)/PortfolioList.tsx";
import { readSettings, type SettingsValues } from "./(_components)/portfolio_form.ts";

export interface PortfolioListData {
  readonly portfolios: readonly Portfolio[];
  /** What was typed into a form that was refused, and why. */
  readonly refused: { readonly fields: SettingsValues; readonly message: string } | null;
}

const PRIVATE = { "cache-control": "private, no-store" };

export const handler = define.handlers({
  async GET(ctx) {
    const { portfolios, ownerOf } = ctx.state.portfolio;
    const list = await portfolios.list(ownerOf(ctx.req.headers), { withDeleted: true });
    return page<PortfolioListData>({ portfolios: list, refused: null }, { headers: PRIVATE });
  },

  async POST(ctx) {
    const { portfolios, ownerOf } = ctx.state.portfolio;
    const ownerId = ownerOf(ctx.req.headers);
    const form = await readForm(ctx.req);
    const restored = parseUuid(textOf(form, "restore"));
    if (restored !== null) {
      try {
        await portfolios.restore({ ownerId, portfolioId: restored });
      } catch (error) {
        throw asHttpError(error);
      }
      return seeOther(`/portfolio/${restored}`);
    }
    const fields = readSettings(form);
    try {
      const { id } = await portfolios.create(ownerId, fields.settings());
      return seeOther(`/portfolio/${id}`);
    } catch (error) {
      const { message } = refusalOf(error);
      const list = await portfolios.list(ownerId, { withDeleted: true });
      return page<PortfolioListData>({ portfolios: list, refused: { fields, message } }, {
        status: 422,
        headers: PRIVATE,
      });
    }
  },
});

/** All portfolios of their owner, and a form for another. */
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
