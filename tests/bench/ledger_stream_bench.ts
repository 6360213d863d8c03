// deno-lint-ignore-file no-console
/**
 * From the post of a transaction to those who follow its portfolio: how long until its stream tells
 * a value with it, and until an open page in Chromium was brought up to date with it.
 */
import type { Page } from "playwright-core";
import { SECOND_MS } from "@/services/kernel/time.ts";
import { launchChromium } from "@/tests/chromium.ts";
import { EventReader, type ReadEvent } from "@/tests/e2e/event_reader.ts";
import { startProduct } from "@/tests/e2e/product.ts";
import { Goals } from "@/tests/load/goals.ts";
import { build } from "@/tools/build.ts";

/** Values are told at most once a second, and a page gathers what comes together. */
const FOLLOWS_WITHIN_MS = 3 * SECOND_MS;
const isQuick = Deno.args.includes("--quick");
const ROUNDS = isQuick ? 3 : 21;

interface Followed {
  readonly api: string;
  readonly stream: EventReader;
  readonly page: Page;
}

interface Times {
  readonly streamMs: number;
  readonly pageMs: number;
}

async function post(url: string, body: unknown) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`${url} answered ${answer.status}`);
  return (await answer.json()).data;
}

async function trade(api: string): Promise<void> {
  await post(`${api}/transactions`, {
    ...{ action: "BUY", asset_id: "bitcoin", quantity: "1", unit_price_usd: "1000" },
    ...{ timestamp: new Date().toISOString(), account: "Main" },
  });
}

/** From the post on, until stream and page stand on the ledger that it made. */
async function timeTrade({ api, stream, page }: Followed): Promise<Times> {
  const before = versionOf(stream.events.at(-1));
  const since = performance.now();
  const told = stream.first((event) => versionOf(event) > before);
  await trade(api);
  const version = versionOf(await told);
  const streamMs = performance.now() - since;
  await page.locator(`[data-shape][data-version="${version}"]`).waitFor({ state: "attached" });
  return { streamMs, pageMs: performance.now() - since };
}

/** Grows with each change of a ledger. */
function versionOf(event: ReadEvent | undefined): number {
  return Number(event?.data["ledger_version"]);
}

await build({ ifStale: true });
await using product = await startProduct();
const browser = await launchChromium();
const made = await post(`${product.url}/api/portfolio`, { name: "Followed", base_currency: "USD" });
const api = `${product.url}/api/portfolio/${made.portfolio_id}`;
await trade(api);
await using stream = await EventReader.open(
  `${product.url}/api/stream/portfolio/${made.portfolio_id}`,
);
await stream.count(1);
const page = await browser.newPage();
await page.goto(`${product.url}/portfolio/${made.portfolio_id}`);
await page.locator(".feed", { hasText: /^Live$/ }).waitFor();
const times: Times[] = [];
while (times.length < ROUNDS) times.push(await timeTrade({ api, stream, page }));
await browser.close();

const goals = new Goals();
for (const [name, what] of [["streamMs", "stream"], ["pageMs", "open page"]] as const) {
  const sorted = times.map((time) => time[name]).toSorted((a, b) => a - b);
  const median = sorted[ROUNDS >> 1]?.toFixed(0);
  console.log(`from a transaction to the portfolio's ${what}: median ${median} ms of ${ROUNDS}`);
  goals.atMost(`slowest transaction to the portfolio's ${what}, ms`, {
    actual: sorted.at(-1) ?? NaN,
    goal: FOLLOWS_WITHIN_MS,
  });
}
if (goals.missed.length > 0 && !isQuick) Deno.exitCode = 1;
