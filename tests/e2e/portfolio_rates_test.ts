import { DatabaseSync } from "node:sqlite";
import type { Page } from "playwright-core";
import { formatHolding } from "@/components/format/number.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { comesAlive } from "@/tests/e2e/alive.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { sharedData } from "@/tests/shared_data.ts";
import { build } from "@/tools/build.ts";
import { axeFindings, keepPicture, visit } from "./page_checks.ts";
import { CLOSES, HAS_REAL_DATA, runScript, startRealProduct } from "./real_place.ts";

/** Of the European Central Bank on 6 July 2021: dollars for one euro. */
const DOLLARS_PER_EURO = 1.1838;
const NAV_USD = 2 * CLOSES.bitcoin + 10 * CLOSES.ethereum;
/** What a rate of the day some hours ago says, a hundredth off the end of day. */
const INTRADAY = { at: "2021-07-06T20:00:00Z", eurosPerDollar: 1 / DOLLARS_PER_EURO * 1.01 };
const HELD = "50000.12";

const money = (value: number) => formatHolding(value).text;

/** A portfolio in euros: its id. */
async function makePortfolio(url: string): Promise<string> {
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assertEquals(answer.status, 201);
    return (await answer.json()).data;
  };
  const { portfolio_id } = await post("/api/portfolio", { name: "Euros", base_currency: "EUR" });
  for (const [asset_id, quantity] of [["bitcoin", "2"], ["ethereum", "10"]]) {
    await post(`/api/portfolio/${portfolio_id}/transactions`, {
      ...{ asset_id, quantity, action: "BUY", unit_price_usd: "1000", account: "Main" },
      timestamp: "2021-06-01T00:00:00Z",
    });
  }
  return portfolio_id;
}

/** Changes the stored rates behind the product's back, as an operator at the database would. */
function changeRates(dataDir: string, change: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(`${dataDir}/tokenlysis.db`);
  try {
    database.exec("pragma busy_timeout = 60000");
    change(database);
  } finally {
    database.close();
  }
}

async function showsLead(page: Page, text: string): Promise<void> {
  const lead = page.locator(".fig.lead dd").first();
  await lead.filter({ hasText: text }).filter({ hasText: "EUR" }).waitFor();
}

async function countUnpriced(page: Page): Promise<number> {
  return await page.locator("#positions .badge", { hasText: "Unpriced in EUR" }).count();
}

/** What 12,000 dollars were on 1 June 2021, by the rate of the day before: 1.2201. */
const COST = 12_000 / 1.2201;

/** What was paid is told by the rate of its purchase, and the day's change as one of dollars. */
async function showsCost(page: Page): Promise<void> {
  const lead = page.locator(".fig.lead");
  await lead.getByText(`cost ${money(COST)}`).waitFor();
  await lead.getByText("in 24 h in dollars").waitFor();
}

/** Rates are deleted: nothing is told in euros, and the page says what brings them back. */
async function loseRates(page: Page, dataDir: string): Promise<void> {
  changeRates(dataDir, (database) => database.exec("delete from fx_rates"));
  await page.reload();
  await page.getByText("There is no rate from dollars to EUR.").waitFor();
  await page.getByText("0 priced in EUR").waitFor();
  await page.getByText("2 unpriced in EUR, not in the value").waitFor();
  await page.getByText("Total, 2 priced in dollars").waitFor();
  assertEquals(await countUnpriced(page), 2);
  await showsLead(page, "—");
  const problem = page.locator("#problems li").first();
  await problem.getByText("No rate from dollars to EUR").waitFor();
  await problem.getByText("deno task fx:import FILE").waitFor();
  assertEquals(await page.locator("#positions thead").getByText("Value, USD").count(), 1);
  const euros = money(NAV_USD / DOLLARS_PER_EURO);
  assert(!(await page.locator("main").innerText()).includes(euros), "No amount is in euros");
  assertEquals(await axeFindings(page), []);
  await keepPicture(page, "portfolio-no-rate");

  const file = sharedData("fx/eurofxref_hist_1999-01-04_2023-12-29.csv.gz");
  await runScript(dataDir, ["fx_import", file?.pathname ?? ""]);
  await page.reload();
  await showsLead(page, euros);
  assertEquals(await countUnpriced(page), 0);
}

/** The end of day lies a hundredth off the last rate of the day: the value is held until allowed. */
async function allowEndOfDay(page: Page, dataDir: string): Promise<void> {
  const home = page.url();
  changeRates(dataDir, (database) => {
    database.prepare(
      "insert into fx_rates (base, quote, kind, source, at, rate, ingested_at) " +
        "values ('USD', 'EUR', 'intraday', 'exchangerate_host', ?, ?, 0)",
    ).run(Date.parse(INTRADAY.at), INTRADAY.eurosPerDollar);
    database.prepare(
      "insert or replace into fx_good_navs (portfolio_id, currency, nav, asof) " +
        "select id, 'EUR', ?, ? from portfolios where name = 'Euros'",
    ).run(HELD, Date.parse(INTRADAY.at));
  });
  await page.reload();
  await page.locator(".banner").getByText("The value in EUR is held").waitFor();
  await showsLead(page, money(Number(HELD)));
  await page.locator("#problems").getByText("EUR rate is end of day").waitFor();
  await keepPicture(page, "portfolio-held");
  await page.getByRole("link", { name: "To operations" }).click();
  await page.waitForURL(/\/ops\b/);
  await comesAlive(page);
  const row = page.locator("#fx tbody tr", { hasText: "EUR" });
  await row.getByText("DELAYED_FX").waitFor();
  await row.getByRole("button", { name: "Use EOD once" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Use EOD once" }).click();
  await row.getByText("Allowed").waitFor();
  await page.goto(home);
  await showsLead(page, money(NAV_USD / DOLLARS_PER_EURO));
  assertEquals(await page.getByText("The value in EUR is held").count(), 0);
}

Deno.test({
  name: "a portfolio in euros loses its rates, holds its value and is allowed the end of day",
  ignore: findChromium() === null || !HAS_REAL_DATA,
  async fn() {
    await build({ ifStale: true });
    await using product = await startRealProduct();
    const { url, dataDir } = product;
    const id = await makePortfolio(url);
    const browser = await launchChromium();
    try {
      await using visited = await visit(browser, `${url}/portfolio/${id}`);
      const { page, complaints } = visited;
      await showsLead(page, money(NAV_USD / DOLLARS_PER_EURO));
      await showsCost(page);
      await page.locator("#nav .source").getByText("daily").waitFor();
      await loseRates(page, dataDir);
      await allowEndOfDay(page, dataDir);
      assertEquals(complaints, []);
    } finally {
      await browser.close();
    }
  },
});
