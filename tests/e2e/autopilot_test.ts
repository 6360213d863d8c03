import type { Browser, Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { comesAlive } from "@/tests/e2e/alive.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import {
  axeFindings,
  checkViews,
  keepPicture,
  layoutShift,
  type Place,
  type Step,
  testInBrowser,
  visit,
} from "@/tests/e2e/page_checks.ts";
import { startProduct } from "@/tests/e2e/product.ts";
import { importPools, runOn } from "@/tests/e2e/run_on.ts";
import { sharedData } from "@/tests/shared_data.ts";
import { build } from "@/tools/build.ts";
import { POOLS_SIMULATE } from "@/tools/pools_simulate.ts";

const PATH = "/simulations/autopilot";
const COLUMNS = "date,snapshot_utc,network,symbol,asset_address,supply_rate_apr," +
  "variable_borrow_rate_apr,reserve_factor,utilization_derived,reserve_last_update_ts," +
  "stale_node_reading,frozen,paused";

/** The autopilot needs pools alone. */
const NO_MARKET = { DATA_PROVIDER: "file", TOKENLYSIS_DEMO: "off" };

interface Market {
  readonly pools: number;
  readonly everyDays: number;
  readonly days: number;
}

/** A file of pools on two chains whose rates wander, from 2026-01-01 on. */
function poolFile({ pools, everyDays, days }: Market): string {
  const rows = Array.from(
    { length: pools },
    (_, pool) =>
      Array.from({ length: Math.ceil(days / everyDays) }, (_, row) => {
        const at = Date.UTC(2026, 0, 1 + row * everyDays);
        const time = new Date(at).toISOString();
        const rate = 0.04 + 0.02 * Math.sin(row * everyDays / 9 + pool);
        const chain = pool % 2 === 0 ? "base" : "polygon";
        return [
          ...[time.slice(0, 10), time, chain, `T${pool}`, `0x${pool}`, rate.toFixed(6)],
          ...["0.06", "0.1", "0.7", `${at / 1_000}`, "False", "False", "False"],
        ].join(",");
      }),
  ).flat();
  return [COLUMNS, ...rows].join("\n");
}

/** A product that serves a file of pools alone, until the work is done. */
async function withPools(
  file: { readonly path: string; readonly provider: string },
  work: (place: { readonly url: string; readonly dataDir: string }) => Promise<void>,
): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis-autopilot-" });
  try {
    await importPools(dataDir, file);
    await build({ ifStale: true });
    await using product = await startProduct({ dataDir, env: NO_MARKET });
    await work({ url: product.url, dataDir });
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function withMarket(
  market: Market,
  work: (place: Place) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".csv" });
  const browser = await launchChromium();
  try {
    await Deno.writeTextFile(path, poolFile(market));
    await withPools({ path, provider: "test" }, ({ url }) => work({ browser, url }));
  } finally {
    await browser.close();
    await Deno.remove(path);
  }
}

const leadOf = (page: Page) => page.locator(".sim-figs .lead .explain .amt").innerText();

async function withoutScripts(browser: Browser, url: string): Promise<void> {
  await using visited = await visit(browser, `${url}${PATH}`, { hasScripts: false });
  const { page } = visited;
  const before = await leadOf(page);
  await page.getByLabel("Capital").fill("20000");
  await page.getByLabel("Most in one pool").fill("0.5");
  await page.locator("#rule-assets").fill("t1, t3, t5");
  await page.getByRole("button", { name: "Simulate" }).click();
  await page.waitForLoadState();
  const address = new URL(page.url());
  assertEquals(address.searchParams.get("max_weight"), "0.5");
  assert(await leadOf(page) !== before);
  assertEquals(await page.getByLabel("Capital").inputValue(), "20000");
  assertMatch(await page.locator(".page-head .asof").innerText(), /3 pools to choose among/);
  // The chart is drawn by the server, and its numbers are a table.
  assert(await page.locator("#growth svg path").count() > 3);
  await page.getByRole("link", { name: "View as table: growth" }).click();
  await page.waitForLoadState();
  assert(await page.locator("#growth table tbody tr").count() >= 20);
  assertEquals(new URL(page.url()).searchParams.get("capital"), "20000");
  await page.locator("#decisions .evidence summary").first().click();
  const rows = await page.locator("#decisions .evidence[open] li").allInnerTexts();
  assert(rows.length > 0 && rows.every((row) => /read.*known .*UTC/s.test(row)));
  await page.locator("#decisions tbody th a.explain").first().click();
  await page.waitForLoadState();
  assertMatch(await page.locator("h1").innerText(), /^Decision of/);
  assert(await page.getByText("no row below was known later").count() === 1);
}

async function shareAndExport(browser: Browser, url: string): Promise<void> {
  await using visited = await visit(browser, `${url}${PATH}?start=2026-02-01&cooldown_hours=48`);
  const { page, complaints } = visited;
  const lead = await leadOf(page);
  const shared = await page.getByRole("link", { name: "Link with all rules" }).getAttribute("href");
  assert(shared !== null);
  assertMatch(shared, /cooldown_hours=48/);
  assertMatch(shared, /vanish_penalty=0.05/);
  await page.goto(`${url}${shared}`);
  await comesAlive(page);
  assertEquals(await leadOf(page), lead);
  const api = await (await fetch(`${url}/api${shared}`)).json();
  assertEquals(api.data.summary.final_value.toFixed(2), lead.replaceAll(",", ""));
  const csv = await (await fetch(`${url}${shared.replace("?", "/csv/decisions?")}`)).text();
  const rows = api.data.decisions.reduce(
    (sum: number, { targets, departures }: { targets: unknown[]; departures: unknown[] }) =>
      sum + targets.length + departures.length,
    0,
  );
  assertEquals(csv.trim().split("\r\n").length, rows + 1);
  const values = await (await fetch(`${url}${shared.replace("?", "/csv/values?")}`)).text();
  assertEquals(values.trim().split("\r\n").length, api.data.t.length + 1);
  // A figure opens its explanation beside the page.
  await page.locator(".sim-figs .explain").first().click();
  await page.getByRole("dialog").getByText("promised + beyond promise").waitFor();
  assert(await layoutShift(page) < 0.02);
  assertEquals(complaints, []);
}

async function badInput(browser: Browser, url: string): Promise<void> {
  const address = `${url}${PATH}?max_weight=3&start=soon&assets=LUNA&capital=`;
  const answer = await fetch(address);
  await answer.body?.cancel();
  assertEquals(answer.status, 422);
  await using visited = await visit(browser, address, { hasScripts: false });
  const { page } = visited;
  const weight = page.getByLabel("Most in one pool");
  assertEquals(await weight.getAttribute("aria-invalid"), "true");
  assertEquals(await weight.inputValue(), "3");
  assertEquals(await page.getByLabel("Capital").getAttribute("aria-invalid"), null);
  assertEquals(
    await page.locator("#rule-max_weight-bad").innerText(),
    "Expected a number from 0.01 to 1",
  );
  assertEquals(await page.locator("#refused li").count(), 2);
  assertEquals(await page.locator(".sim-figs").count(), 0);
  await weight.fill("0.5");
  await page.getByLabel("From").fill("");
  await page.getByRole("button", { name: "Simulate" }).click();
  await page.waitForLoadState();
  // What only the pools can tell is told once the rest can be read.
  assertEquals(await page.locator("#rule-assets-bad").innerText(), "No pool has luna");
  const found = await checkViews(browser, address, { name: "autopilot-refused" });
  // The browser tells of every page that is refused.
  assertEquals(found.filter((problem) => !problem.includes("status of 422")), []);
}

Deno.test({
  name: "the page of the autopilot in Chromium",
  ignore: findChromium() === null,
  async fn(t) {
    await withMarket({ pools: 12, everyDays: 1, days: 120 }, async ({ browser, url }) => {
      await t.step(
        "takes rules and tells all without JavaScript",
        () => withoutScripts(browser, url),
      );
      await t.step(
        "is shared, exported and explained by its address",
        () => shareAndExport(browser, url),
      );
      await t.step("says by field what it can't follow", () => badInput(browser, url));
      await t.step("looks right at every width in both themes", async () => {
        assertEquals(await checkViews(browser, `${url}${PATH}`, { name: "autopilot" }), []);
        const decision = `${url}${PATH}/explain/decision/1`;
        await using visited = await visit(browser, decision, { width: 320, theme: "light" });
        assertEquals([...visited.complaints, ...await axeFindings(visited.page)], []);
        await keepPicture(visited.page, "autopilot-decision-320-light");
      });
      await t.step("is reached by the menu, and on a phone by search", async () => {
        await using visited = await visit(browser, `${url}/pools`, { width: 320 });
        const { page } = visited;
        await page.getByRole("button", { name: /^Search/ }).click();
        await page.waitForLoadState();
        await page.keyboard.type("autopilot");
        await page.getByRole("option", { name: /Autopilot/ }).waitFor();
        await page.keyboard.press("Enter");
        await page.waitForLoadState();
        await page.waitForURL(`**${PATH}`);
        await using desk = await visit(browser, `${url}/pools`, { hasScripts: false });
        await desk.page.getByRole("navigation").getByRole("link", { name: "Autopilot" }).first()
          .click();
        assertEquals(new URL(desk.page.url()).pathname, PATH);
      });
    });
  },
});

Deno.test({
  name: "a long simulation shows how far it is, and can be cancelled",
  ignore: findChromium() === null,
  async fn() {
    await withMarket({ pools: 2_500, everyDays: 20, days: 160 }, async ({ browser, url }) => {
      // Readings this rare leave too little for v1 to rate.
      const rules = "step_hours=1&vanish_days=90&method=v0";
      const address = `${url}${PATH}?${rules}&start=2026-01-01`;
      await using visited = await visit(browser, address, { hasScripts: false });
      const { page } = visited;
      assertEquals(await page.locator("#running progress").count(), 1);
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.waitForLoadState();
      assertMatch(page.url(), /run=no/);
      assertEquals(await page.getByText("The simulation was cancelled").count(), 1);
      const state = await fetch(address.replace(PATH, `/api${PATH}/run`));
      assertEquals((await state.json()).data.state, "cancelled");
      // With scripts the result replaces the progress by itself.
      await using other = await visit(browser, address.replace("01-01", "04-01"));
      await other.page.locator("#growth").waitFor();
      assertEquals(other.complaints, []);
    });
  },
});

const EMPTY: readonly Step[] = [
  {
    name: "says what to do where no pool is stored",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}${PATH}`);
      assertEquals(await visited.page.getByText("No pool is stored").count(), 1);
      assertEquals(await checkViews(browser, `${url}${PATH}`, { name: "autopilot-empty" }), []);
      await using board = await visit(browser, `${url}/pools`);
      assertEquals(await board.page.getByText("Nobody fetches pools here.").count(), 1);
    },
  },
];

testInBrowser("the page of the autopilot without pools", EMPTY, {
  env: NO_MARKET,
});

const RATES = sharedData("defi/aave_v3_daily_rates_2025-07_2026-08.csv.gz");

Deno.test({
  name: "page, API and script tell the same of the autopilot over real Aave rates",
  ignore: RATES === null,
  async fn() {
    assert(RATES !== null);
    await withPools({ path: RATES.pathname, provider: "aave" }, async ({ url, dataDir }) => {
      const query = "?start=2025-07-22&end=2026-08-22";
      const { data } = await (await fetch(`${url}/api${PATH}${query}`)).json();
      const html = await (await fetch(`${url}${PATH}${query}`)).text();
      const lead = /class="fig lead".*?<span class="amt">([\d,.]+)/s.exec(html)?.[1];
      assertEquals(lead?.replaceAll(",", ""), data.summary.final_value.toFixed(2));
      const args = ["--start", "2025-07-22", "--end", "2026-08-22", "--json"];
      const printed = await runOn(POOLS_SIMULATE, { dataDir, args });
      assertEquals(JSON.parse(printed), data);
    });
  },
});
