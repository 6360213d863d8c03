import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import type { Portfolio } from "../../../services/portfolio/mod.ts";
import { readForm, refusalOf, seeOther, textOf } from "../../forms.ts";
import { define } from "../../page_state.ts";
import { asHttpError } from "../../refusals.ts";
import { FormPage } from "../(_components)/FormPage.tsx";
import { fieldsOf, readSettings, type SettingsValues } from "../(_components)/portfolio_form.ts";
import { scopeFor } from "../(_components)/read_portfolio.ts";
import { SettingsFields } from "../(_components)/SettingsFields.tsx";

interface SettingsData {
  readonly portfolio: Portfolio;
  readonly fields: SettingsValues;
  readonly message: string | null;
}

const PRIVATE = { "cache-control": "private, no-store" };

export const handler = define.handlers({
  async GET(ctx) {
    const { scope } = scopeFor(ctx.state, ctx.req, { id: ctx.params["id"] ?? "" });
    try {
      const portfolio = await ctx.state.portfolio.portfolios.get(scope);
      const data = { portfolio, fields: fieldsOf(portfolio), message: null };
      return page<SettingsData>(data, { headers: PRIVATE });
    } catch (error) {
      throw asHttpError(error);
    }
  },

  async POST(ctx) {
    const { portfolios } = ctx.state.portfolio;
    const { scope } = scopeFor(ctx.state, ctx.req, { id: ctx.params["id"] ?? "" });
    const form = await readForm(ctx.req);
    const fields = readSettings(form);
    try {
      if (textOf(form, "act") === "delete") {
        await portfolios.remove(scope);
        return seeOther("/portfolio");
      }
      await portfolios.update(scope, fields.settings());
      return seeOther(`/portfolio/${scope.portfolioId}`);
    } catch (error) {
      const { message } = refusalOf(error);
      const portfolio = await portfolios.get(scope);
      return page<SettingsData>({ portfolio, fields, message }, { status: 422, headers: PRIVATE });
    }
  },
});

/** Name, currency and rules of a portfolio, and its end. */
export default define.page<typeof handler>(function Settings({ data }) {
  const { portfolio, fields, message } = data;
  const action = `/portfolio/${portfolio.id}/settings`;
  return (
    <>
      <Head>
        <title>{`Settings of ${portfolio.name} · Tokenlysis`}</title>
        <link rel="stylesheet" href={asset("/styles/portfolio.css")} />
      </Head>
      <FormPage
        title={`Settings of ${portfolio.name}`}
        action={action}
        message={message}
        submit="Save"
        back={`/portfolio/${portfolio.id}`}
        removal={{
          summary: "Delete this portfolio…",
          words: "It is hidden until it is restored; nothing of it is lost.",
          submit: "Delete it",
          isLeaving: true,
        }}
      >
        <SettingsFields fields={fields} />
      </FormPage>
    </>
  );
});
