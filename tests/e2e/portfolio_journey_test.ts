import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { formatHolding } from "@/components/format/number.ts";
import { formatQuantity } from "@/components/format/quantity.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { comesAlive } from "@/tests/e2e/alive.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { build } from "@/tools/build.ts";
import { axeFindings, keepPicture, visit } from "./page_checks.ts";
import { CLOSES, HAS_REAL_DATA, startRealProduct } from "./real_place.ts";

const LEDGER = [
  "timestamp,action,asset_id,quantity,unit_price_usd,fee_asset,fee_amount,account,external_id",
  "2021-01-10T12:00:00Z,BUY,bitcoin,1,38000,usd,10,Main,t1",
  "2021-02-10T12:00:00Z,BUY,ethereum,10,1750,,,Main,t2",
  "2021-03-10T12:00:00Z,SELL,bitcoin,0.4,56000,,,Main,t3",
  "2021-04-10T12:00:00Z,BUY,solana,100,27,,,Cold,t4",
  "",
].join("\n");

/** 0.6 BTC, 10 ETH and 100 SOL at the closes of 6 July 2021. */
const NAV = 0.6 * CLOSES.bitcoin + 10 * CLOSES.ethereum + 100 * CLOSES.solana;
/** 22,400 for 0.4 BTC that cost 0.4 × 38,010 with its part of the fee. */
const REALISED = "+7,196.00";
/** Less 0.6 × 38,010 for bitcoin, 17,500 for ether and 2,700 for solana. */
const UNREALISED = NAV - 22_806 - 17_500 - 2_700;
const DOGE = 5_000;

const money = (value: number) => formatHolding(value).text;

async function shows(page: Page, selector: string, text: string): Promise<void> {
  const found = page.locator(selector, { hasText: text }).first();
  await found.waitFor();
}

async function showsNav(page: Page, value: number): Promise<void> {
  await shows(page, '.fig.lead [data-cell="nav"]', money(value));
}

async function textOf(page: Page, selector: string): Promise<string> {
  return await page.locator(selector).innerText();
}

/** What follows from the ledger, as the page shows it. */
async function readFollowing(page: Page) {
  return {
    positions: await page.locator("#positions tbody tr").count(),
    lots: await page.locator("#lots tbody tr").count(),
    months: await textOf(page, "#months tbody"),
    flows: await page.locator('#nav [data-width="wide"] .c-flow').count(),
    drawing: await page.locator("#nav .c-marks .c-line").first().getAttribute("d"),
  };
}

async function importLedger(page: Page, url: string): Promise<string> {
  await page.goto(`${url}/portfolio`);
  await page.getByLabel("Name", { exact: true }).fill("Journey");
  await page.getByRole("button", { name: "Create portfolio" }).click();
  await page.getByRole("link", { name: "Import a file" }).click();
  await page.waitForURL(/\/import\b/);
  await comesAlive(page);
  const file = { name: "ledger.csv", mimeType: "text/csv", buffer: Buffer.from(LEDGER) };
  await page.locator('.drop input[type="file"]').setInputFiles(file);
  await page.getByText("4 = 4 + 0 + 0 + 0 + 0. The sum always holds.").waitFor();
  assertEquals(await axeFindings(page), []);
  await page.getByRole("button", { name: "Import 4 rows" }).click();
  await page.getByRole("link", { name: "To the portfolio" }).click();
  await page.getByRole("heading", { name: "Journey", level: 1 }).waitFor();
  await comesAlive(page);
  return new URL(page.url()).pathname;
}

async function showsTheLedger(page: Page): Promise<void> {
  await showsNav(page, NAV);
  await shows(page, ".fig", REALISED);
  // 38,010 with the fee, 17,500 and 2,700 paid in; the sale of 0.4 BTC taken out.
  await shows(page, ".fig", "58,210.00 paid in, 22,400.00 taken out");
  await shows(page, '.fig [data-cell="unrealised-sum"]', `+${money(UNREALISED)}`);
  const { positions, lots, flows } = await readFollowing(page);
  assertEquals([positions, lots, flows], [3, 3, 4]);
}

/** Closes of the days before March 2021 began, and before it was over. */
const MARCH = {
  first: { bitcoin: 45137.77046805, ethereum: 1416.0489059 },
  last: { bitcoin: 58918.83271375, ethereum: 1918.36206064 },
} as const;

/** One month by its days: 1 BTC and 10 ETH, of which 0.4 BTC were sold for 22,400. */
async function choosesDays(page: Page, url: string): Promise<void> {
  await page.locator("summary", { hasText: "Days" }).click();
  await page.getByLabel("From", { exact: true }).fill("2021-03-01");
  await page.getByLabel("To, UTC", { exact: true }).fill("2021-03-31");
  await page.getByRole("button", { name: "Show these" }).click();
  await page.waitForURL(/from=2021-03-01&to=2021-03-31/);
  const opening = MARCH.first.bitcoin + 10 * MARCH.first.ethereum;
  const gain = 0.6 * MARCH.last.bitcoin + 10 * MARCH.last.ethereum + 22_400 - opening;
  await shows(page, ".fig", `+${money(gain)}`);
  await shows(page, ".fig", `${money(opening)} at the start, 22,400.00 taken out`);
  await shows(page, ".fig", "1 disposal, of all time");
  assertEquals(await axeFindings(page), []);
  await page.goto(url);
  await showsNav(page, NAV);
  await comesAlive(page);
}

/** Tabs until a control of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let count = 0; count < 120; count++) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate("document.activeElement?.textContent ?? ''");
    if (String(text).trim() === name) return;
  }
  throw new Error(`No way by Tab to "${name}"`);
}

/** Adds a trade by keys alone, takes it back and brings it again. */
async function addByKeys(page: Page): Promise<void> {
  const before = await readFollowing(page);
  const type = async () => {
    await tabTo(page, "Add");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Add a transaction" }).getByLabel("Quantity").waitFor();
    // The first field, what happened, has the focus and says Buy.
    for (const text of ["dogecoin", `${DOGE}`, "0.1"]) {
      await page.keyboard.press("Tab");
      await page.keyboard.type(text);
    }
    // What the price is in says dollars, as the portfolio does.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("05102021");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.type("120000PM");
    assertEquals(await axeFindings(page), []);
    await page.keyboard.press("Enter");
    await page.getByText("Transaction added").waitFor();
  };
  await type();
  await showsNav(page, NAV + DOGE * CLOSES.dogecoin);
  const after = await readFollowing(page);
  assertEquals([after.positions, after.lots, after.flows], [4, 4, 5]);
  assert(after.months !== before.months, "The calendar follows");
  assert(after.drawing !== before.drawing, "The chart follows");

  await page.keyboard.press("Control+z");
  await page.getByText("Taken back").waitFor();
  await showsNav(page, NAV);
  assertEquals(await readFollowing(page), before);
  await type();
  await showsNav(page, NAV + DOGE * CLOSES.dogecoin);
}

/** Edits the trade and takes that back, removes it and takes that back. */
async function editAndUndo(page: Page): Promise<void> {
  const whole = NAV + DOGE * CLOSES.dogecoin;
  const edit = async () => {
    await page.getByRole("link", { name: "Edit Buy DOGE" }).click();
    return page.getByRole("dialog", { name: "Edit transaction" });
  };
  let dialog = await edit();
  await dialog.getByLabel("Quantity").fill("6000");
  await dialog.getByRole("button", { name: "Save" }).click();
  await showsNav(page, NAV + 6_000 * CLOSES.dogecoin);
  await page.getByRole("button", { name: "Undo" }).click();
  await showsNav(page, whole);

  dialog = await edit();
  await dialog.getByText("Remove this transaction…").click();
  await dialog.getByRole("button", { name: "Remove it" }).click();
  await showsNav(page, NAV);
  await page.getByText("Transaction removed").waitFor();
  await keepPicture(page, "journey-undo", { isWhole: false });
  await page.getByRole("button", { name: "Undo" }).click();
  await showsNav(page, whole);
}

/** From the value to the formula, its inputs and the row of the ledger as it was brought. */
async function explainDown(page: Page): Promise<void> {
  await page.locator(".fig.lead a.explain").first().click();
  const drawer = page.locator("dialog.drawer");
  await drawer.locator(".formula", { hasText: "quantity × price × rate" }).waitFor();
  await drawer.getByText("0.6 × 34235.19345116 USD, daily_cmc 1d").waitFor();
  await drawer.getByText("Rows of the ledger, all 6").waitFor();
  assertEquals(await axeFindings(page), []);
  const row = drawer.locator("tbody tr", { hasText: "line 2" }).filter({ hasText: "BUY" });
  assertMatch(await row.innerText(), /2021-01-10 12:00\s+BUY\s+BTC\s+1\s+38,000/);
  await row.getByRole("link").click();
  await page.getByRole("heading", { name: "Edit transaction" }).waitFor();
  assertEquals(await page.getByLabel("Its id at the venue").inputValue(), "t1");
  await page.goBack();
}

/** Everything on the page that tells an amount, to eyes, to the mouse or to assistive technology. */
async function tellsAmounts(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(() => {
    const isTold = (element) => getComputedStyle(element).visibility !== "hidden";
    const found = [...document.querySelectorAll(".amt")].filter(isTold);
    const titles = [...document.querySelectorAll(".amt[title], .amt [title]")]
      .filter((element) => getComputedStyle(element).pointerEvents !== "none");
    const axis = [...document.querySelectorAll("#nav .c-text:not(.c-mid), #nav .legend .key b")]
      .filter(isTold);
    return [...found, ...titles, ...axis].map((element) => element.outerHTML.slice(0, 120));
  })()`);
}

async function hideAmounts(page: Page): Promise<void> {
  assert((await tellsAmounts(page)).length > 40);
  await page.keyboard.press(".");
  await page.locator('#nav [aria-label="Chart of amounts, which are hidden"]').waitFor();
  assertEquals(await tellsAmounts(page), []);
  assert(!(await textOf(page, "main")).includes(money(NAV + DOGE * CLOSES.dogecoin)));
  assert(!(await page.title()).match(/\d/));
  // Times and returns stay, as they tell nothing of what is held.
  assertMatch(await textOf(page, "#months"), /[+−]\d/);
  assertEquals(await axeFindings(page), []);
  await keepPicture(page, "journey-hidden");
  await page.locator("#nav .plot").focus();
  await page.keyboard.press("ArrowLeft");
  await page.locator("#nav").getByText(/amounts are hidden/).waitFor({ state: "attached" });
  await page.locator(".fig.lead a.explain").first().click();
  const drawer = page.locator("dialog.drawer");
  await drawer.getByText("Rows of the ledger, all 6").waitFor();
  assertEquals(await tellsAmounts(page), []);
  await page.keyboard.press("Escape");
  await page.keyboard.press(".");
  assert((await tellsAmounts(page)).length > 40);
}

type Row = Readonly<Record<string, string>>;

/** The rows of a file of ours; none of its cells holds a comma here. */
async function readCsv(href: string): Promise<readonly Row[]> {
  const answer = await fetch(href);
  assertEquals([answer.status, href], [200, href]);
  const [header = "", ...lines] = (await answer.text()).trim().split(/\r?\n/);
  const names = header.split(",");
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((cell, at) => [names[at] ?? "", cell]))
  );
}

/** Every table's file has what the table shows. */
async function compareExports(page: Page): Promise<void> {
  const links = await page.locator("main a[download]").evaluateAll(
    (found) => found.map((link) => (link as HTMLAnchorElement).href),
  );
  const files = new Map<string, readonly Row[]>();
  for (const link of links) {
    files.set(new URL(link).pathname.split("/").at(-1) ?? "", await readCsv(link));
  }
  const names = ["contribution", "disposals", "export", "fees", "history", "income", "lots"];
  assertEquals([...files.keys()].sort(), [...names, "months", "positions"]);

  for (const row of files.get("positions") ?? []) {
    const shown = page.locator(`#positions [data-position="${row["asset_id"]}"]`);
    const text = await shown.innerText();
    assert(text.includes(formatQuantity(row["quantity"] ?? "")), `${row["asset_id"]}: ${text}`);
    assert(text.includes(money(Number(row["value_usd"]))), `${row["asset_id"]}: ${text}`);
  }
  for (const row of files.get("contribution") ?? []) {
    const gain = money(Math.abs(Number(row["gain"])));
    assert((await textOf(page, "#contribution")).includes(gain), `${row["asset_id"]}: ${gain}`);
  }
  const counts = ["lots", "disposals", "positions", "contribution"].map((name) =>
    [name, files.get(name)?.length] as const
  );
  for (const [name, count] of counts) {
    assertEquals([name, await page.locator(`#${name} tbody tr`).count()], [name, count]);
  }
  const shownMonths = await page.locator("#months tbody td:not([data-m=Year])").evaluateAll(
    (cells) => cells.filter((cell) => cell.hasAttribute("data-level")).length,
  );
  const months = files.get("months") ?? [];
  assertEquals(months.filter((one) => one["time_weighted_return"]).length, shownMonths);
  const history = files.get("history") ?? [];
  assertEquals(Number(history.at(-1)?.["nav"]).toFixed(2), (NAV + DOGE * 0.23442176).toFixed(2));
  // The file of the ledger has fees in columns, the table as rows of their own.
  assertEquals(files.get("export")?.map((row) => row["external_id"]), ["t1", "t2", "t3", "t4", ""]);
  assertEquals(await page.locator("#ledger tbody tr").count(), 6);
}

Deno.test({
  name: "a ledger is imported, changed, taken back, explained, hidden and exported in Chromium",
  ignore: findChromium() === null || !HAS_REAL_DATA,
  async fn() {
    await build({ ifStale: true });
    await using product = await startRealProduct();
    const browser = await launchChromium();
    try {
      await using visited = await visit(browser, product.url);
      const { page, complaints } = visited;
      const home = await importLedger(page, product.url);
      await showsTheLedger(page);
      assertEquals(await axeFindings(page), []);
      await choosesDays(page, product.url + home);
      await addByKeys(page);
      await editAndUndo(page);
      await explainDown(page);
      await page.goto(product.url + home);
      await comesAlive(page);
      await hideAmounts(page);
      await compareExports(page);
      assertEquals(complaints, []);
    } finally {
      await browser.close();
    }
  },
});
