import { HOUR_MS } from "@/services/kernel/time.ts";
import { assertEquals, assertMatch } from "@/tests/assert.ts";
import { startProduct } from "@/tests/e2e/product.ts";
import { build } from "@/tools/build.ts";

const ROW = {
  ts: "2025-01-10 11:00:00.000 UTC",
  protocol: "Aave V3",
  chain: "Base",
  pool_address: "0xabc",
  symbol: "USDC",
  supply_apy: 0.05,
  tvl_usd: 1e8,
};
const ASK_EVERY_MS = 50;

/** Dune on this machine: one query, whose execution ends when it is told to. */
function startDune() {
  const asked: string[] = [];
  let endedAt: string | null = null;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    const endpoint = pathname.split("/").at(-1) ?? "";
    asked.push(endpoint);
    const execution = { execution_id: "E1", state: "QUERY_STATE_COMPLETED" };
    if (endpoint === "execute") {
      return Response.json({ ...execution, state: "QUERY_STATE_PENDING" });
    }
    if (endedAt === null) {
      return endpoint === "status"
        ? Response.json({ ...execution, state: "QUERY_STATE_EXECUTING" })
        : Response.json({ error: "Object not found" }, { status: 404 });
    }
    const rows = { result: { rows: [ROW] }, execution_ended_at: endedAt };
    return Response.json(endpoint === "results" ? { ...execution, ...rows } : execution);
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}`,
    endExecution: () => void (endedAt = new Date().toISOString()),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Waits for something outside this process. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let asked = 0; asked < 600; asked++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  throw new Error("It did not happen in time");
}

Deno.test("a product killed while Dune works for it pays for one execution, and has its rows after all", async () => {
  await build({ ifStale: true });
  const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis_dune_" });
  await using dune = startDune();
  const others = ["defillama", "coingecko", "frankfurter", "mempool"];
  const env = {
    TOKENLYSIS_NETWORK: "on",
    TOKENLYSIS_DEMO: "off",
    TOKENLYSIS_MARKET_VENUES: "none",
    TOKENLYSIS_MARKET_REST_URLS: [
      `dune=${dune.url}`,
      ...others.map((name) => `${name}=${dune.url}/none`),
    ].join(","),
    ...{ DATA_PROVIDER: "dune", DUNE_API_KEY: "key", TOKENLYSIS_DUNE_QUERIES: "7" },
  };
  const executions = () => dune.asked.filter((endpoint) => endpoint === "execute").length;
  try {
    const killed = await startProduct({ env, dataDir });
    await until(() => dune.asked.includes("status"));
    killed.process.kill("SIGKILL");
    await killed.close();
    dune.endExecution();
    {
      // At once: the fetch that was cut off is not due again before its hour is over.
      await using again = await startProduct({ env, dataDir });
      const { data } = await (await fetch(`${again.url}/api/ops/pools`)).json();
      assertEquals([data.fetches.length, data.fetches[0]?.finished_at], [1, null]);
      assertMatch(data.fetches[0]?.pending, /^Execution E1, asked for at .* is not read yet/);
      const board = await (await fetch(`${again.url}/pools`)).text();
      assertMatch(board, /Nothing newer of dune query\/7\.<\/b> Execution E1, asked for at/);
      // It has looked twice whether something is due.
      await until(async () => (await (await fetch(`${again.url}/health`)).json()).uptime > 2);
      assertEquals(executions(), 1);
    }
    // An hour after it began: what was paid for is younger than that, and taken.
    await using later = await startProduct({ env, dataDir, aheadMs: HOUR_MS });
    await until(async () => {
      const { data } = await (await fetch(`${later.url}/api/pools`)).json();
      return data.length === 1 && data[0].id === "aave-v3-base-0xabc";
    });
    assertEquals(executions(), 1);
    const board = await (await fetch(`${later.url}/pools`)).text();
    assertEquals(board.includes("Nothing newer of"), false);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
