import { assert, assertEquals } from "@/tests/assert.ts";
import { startProduct } from "@/tests/e2e/product.ts";
import { findPostgres, startPostgres } from "@/tests/postgres.ts";

const HEADER = "timestamp,action,asset_id,quantity,unit_price_usd,account,external_id";
/** Enough for a task of many seconds, beside which a round of writes takes some milliseconds. */
const ROWS = 80_000;
const JSON_TYPE = { "content-type": "application/json" };

function ledgerCsv(): string {
  const lines = Array.from({ length: ROWS }, (_, at) => {
    const time = new Date(Date.UTC(2016, 0, 1) + at * 300_000).toISOString();
    return `${time},BUY,bitcoin,1,${100 + at % 900},cold,a trade of some length with number ${at}`;
  });
  return [HEADER, ...lines].join("\n");
}

async function ask(url: string, method = "GET", body?: unknown) {
  const json = body !== undefined && { headers: JSON_TYPE, body: JSON.stringify(body) };
  const answer = await fetch(url, { method, ...json });
  return { status: answer.status, ...(await answer.json()) };
}

/** A large import, with a list and a second portfolio written to for as long as it runs. */
async function writeBeside(url: string): Promise<void> {
  const [large, small] = await Promise.all(
    ["Large", "Small"].map((name) => ask(`${url}/api/portfolio`, "POST", { name })),
  );
  const list = (await ask(`${url}/api/watchlist`, "POST", { name: "Watched" })).data;
  const base = `${url}/api/portfolio/${large.data.portfolio_id}`;
  const sent = await fetch(`${base}/import`, { method: "POST", body: ledgerCsv() });
  const task = `${base}/import/tasks/${(await sent.json()).data.id}`;
  const written: string[] = [];
  let state = "queued";
  for (let round = 0; state === "queued" || state === "running"; round++) {
    const renamed = await ask(`${url}/api/watchlist/${list.watchlist_id}`, "PUT", {
      name: `Watched ${round}`,
    });
    const row = await ask(`${url}/api/portfolio/${small.data.portfolio_id}/transactions`, "POST", {
      ...{ timestamp: "2024-01-01T00:00:00Z", action: "BUY", asset_id: "bitcoin" },
      ...{ quantity: "1", account: "Main", external_id: `beside ${round}` },
    });
    assertEquals([renamed.status, row.status], [200, 201]);
    const shown = (await ask(`${base}/transactions?limit=1`)).data.length;
    const isUnderWay = (await ask(`${base}/imports`)).data.length === 0;
    state = (await ask(task)).data.state;
    if (state !== "running" || !isUnderWay) continue;
    assertEquals(shown, 0, "nothing is shown of an import that is under way");
    written.push(renamed.data.name);
  }
  assertEquals(state, "done");
  assert(written.length > 1, `written beside the import: ${written}`);
  const { data } = await ask(task);
  assertEquals([data.result.state, data.result.accepted], ["committed", ROWS]);
}

Deno.test("everything else is written in the middle of a large import on SQLite", async () => {
  await using product = await startProduct({ env: { TOKENLYSIS_DEMO: "off" } });
  await writeBeside(product.url);
});

Deno.test({
  name: "everything else is written in the middle of a large import on PostgreSQL",
  ignore: findPostgres() === null,
  async fn() {
    await using server = await startPostgres();
    const env = { TOKENLYSIS_DEMO: "off", DATABASE_URL: await server.createDatabase() };
    await using product = await startProduct({ env });
    await writeBeside(product.url);
  },
});
