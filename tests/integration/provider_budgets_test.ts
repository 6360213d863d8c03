import { Secret } from "@/services/kernel/secret.ts";
import { DAY_MS, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { HttpClient } from "@/services/ports/mod.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import { UpstashRedis } from "@/services/platform/redis/upstash_redis.ts";
import { freshCounts, spendBudget } from "@/services/providers/gate/budget.ts";
import type { BudgetOwner } from "@/services/providers/gate/budget_store.ts";
import {
  FailoverBudgetStore,
  FALLBACK_SHARE,
  PROBE_EVERY_MS,
} from "@/services/providers/gate/failover_budget_store.ts";
import { RedisBudgetStore } from "@/services/providers/gate/redis_budget_store.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { RecordingMetrics } from "@/tests/fakes/metrics.ts";
import { FakeTimer, settle } from "@/tests/fakes/timer.ts";
import { findRedis } from "@/tests/redis.ts";
import { ask, createWorld, drive, gateKit, pass } from "@/tests/unit/providers/gate/gate_kit.ts";
import { startUpstash, type UpstashServer } from "@/tests/upstash.ts";

const OWNER: BudgetOwner = {
  provider: "coingecko",
  limits: [
    { window: "second", limit: 5, burst: 2 },
    { window: "minute", limit: 30, burst: 8 },
    { window: "month", limit: 3_000_000, burst: 1_000 },
  ],
};
const PER_MINUTE = 30;
const START = Date.UTC(2026, 0, 31, 23, 59, 58);

function test(name: string, run: (server: UpstashServer) => Promise<void>) {
  Deno.test({
    name,
    ignore: findRedis() === null,
    async fn() {
      await using server = await startUpstash();
      await run(server);
    },
  });
}

function redisOf({ url, token }: UpstashServer): UpstashRedis {
  return new UpstashRedis({ url: new Secret(url), token: new Secret(token), timer: systemTimer });
}

/** An instance of the product, as far as budgets go, on a clock that instances share. */
function instance(server: UpstashServer, clock: FakeClock) {
  const timer = new FakeTimer(clock);
  const log = new RecordingLog();
  const metrics = new RecordingMetrics();
  const redis = new RedisBudgetStore(redisOf(server));
  const store = new FailoverBudgetStore({ redis, clock, timer, log, metrics });
  const take = () => store.take(OWNER, { cost: 1, share: 1, now: clock.now() });
  const switches = (to: string) => metrics.sums.get(`tokenlysis_budget_switches_total{to="${to}"}`);
  return { store, timer, log, take, switches };
}

type Instance = ReturnType<typeof instance>;

/** Lets the instances ask in turn, every 50 ms; the instants of the calls granted. */
async function askAll(
  instances: readonly Instance[],
  { clock, forMs }: { clock: FakeClock; forMs: number },
): Promise<readonly UtcMs[]> {
  const granted: UtcMs[] = [];
  for (const end = clock.now() + forMs; clock.now() < end; clock.advance(50)) {
    const takes = await Promise.all(instances.map(({ take }) => take()));
    for (const { isGranted } of takes) if (isGranted) granted.push(clock.now());
  }
  return granted;
}

/** The most that any window, wherever it begins, has seen. */
function mostWithin(granted: readonly number[], windowMs: number): number {
  const counts = granted.map((from) =>
    granted.filter((at) => at >= from && at < from + windowMs).length
  );
  return Math.max(0, ...counts);
}

test("RedisBudgetStore counts as spendBudget() does, over the end of a month", async (server) => {
  const store = new RedisBudgetStore(redisOf(server));
  let now = utcMsOf(START);
  let counts = freshCounts(OWNER.limits, now);
  const steps = [0, 0, 0, 250, 10, 900, 1_000, 3_000, 0, 60_000, 0, 0, DAY_MS, 5, 700, 0];
  for (const [index, step] of [...steps, ...steps].entries()) {
    now = utcMsOf(now + step);
    const spend = { cost: 1 + index % 2, share: index % 3 === 0 ? 0.5 : 1, now };
    const expected = spendBudget(OWNER.limits, { ...spend, counts });
    counts = expected.counts;
    const { isGranted, retryAt } = await store.take(OWNER, spend);
    assertEquals([index, isGranted, retryAt], [index, expected.isGranted, expected.retryAt]);
    if (!isGranted) continue;
    const spent = store.counts(OWNER.provider).map((count) => count.spent);
    assertEquals(spent, counts.map((count) => count.spent));
  }
});

test("RedisBudgetStore lets two instances together spend one budget", async (server) => {
  const clock = new FakeClock(START);
  const instances = [instance(server, clock), instance(server, clock)];
  const granted = await askAll(instances, { clock, forMs: 90_000 });
  assert(mostWithin(granted, 1_000) <= 5);
  const most = mostWithin(granted, 60_000);
  assert(most <= PER_MINUTE && most >= PER_MINUTE - 1, `${most}`);
});

test("ProviderGates of two instances together never exceed a budget", async (server) => {
  const world = createWorld(new FakeClock(START));
  const sent: number[] = [];
  const http: HttpClient = {
    send() {
      sent.push(world.clock.now());
      return Promise.resolve({ status: 200, headers: new Headers(), body: "{}" });
    },
  };
  const config = { budgets: OWNER.limits };
  const kits = [1, 2].map(() => gateKit({ world, http, redis: redisOf(server), config }));
  await Promise.all(kits.map(({ gates }) => gates.start()));
  const calls = kits.flatMap(({ gate }) =>
    Array.from({ length: 20 }, () => gate.fetchJson(ask("/a", { maxWaitMs: 300_000 })))
  );
  await pass(world, 100_000);
  await drive(world, Promise.all(calls));
  assertEquals(sent.length, 40);
  assert(mostWithin(sent, 1_000) <= 5);
  assert(mostWithin(sent, 60_000) <= PER_MINUTE);
  await Promise.all(kits.map(({ gates }) => gates.stop()));
});

test("FailoverBudgetStore trickles while Redis is dead, goes back, and never exceeds a budget", async (server) => {
  const clock = new FakeClock(START);
  const [first, second] = [instance(server, clock), instance(server, clock)];
  const both = [first, second];
  const before = await askAll(both, { clock, forMs: 20_000 });
  await server.redis.kill();
  const during = await askAll(both, { clock, forMs: 60_000 });
  assertEquals(both.map(({ store }) => store.countedBy), ["fallback", "fallback"]);
  // A minute's inflow of 23, of which each takes a tenth.
  assert(during.length > 0 && during.length <= 2 * Math.ceil(23 * FALLBACK_SHARE));
  await server.redis.restart();
  for (const { timer, store } of both) {
    await timer.advance(PROBE_EVERY_MS);
    while (store.countedBy !== "redis") await settle();
  }
  const after = await askAll(both, { clock, forMs: 60_000 });
  const all = [...before, ...during, ...after];
  assert(mostWithin(all, 60_000) <= PER_MINUTE, `${mostWithin(all, 60_000)}`);
  assert(after.length > 15, `${after.length}`);
  for (const { log, switches } of both) {
    assertEquals(log.lines.map(({ level }) => level), ["warn", "info"]);
    assertEquals([switches("fallback"), switches("redis")], [1, 1]);
  }
});

test("FailoverBudgetStore charges what it let through to the shared budget", async (server) => {
  const clock = new FakeClock(START);
  const { store, timer, take } = instance(server, clock);
  await take();
  await server.redis.kill();
  for (let call = 0; call < 200; call++, clock.advance(500)) await take();
  const leaked = store.counts(OWNER.provider)[2]?.spent ?? 0;
  assert(leaked > 0);
  await server.redis.restart();
  await timer.advance(PROBE_EVERY_MS);
  while (store.countedBy !== "redis") await settle();
  assertEquals(store.counts(OWNER.provider)[2]?.spent, leaked);
  // The key was lost with the server, so the buckets start empty and in debt.
  assert(!(await take()).isGranted);
});

test("FailoverBudgetStore tells a cost that never fits, and does not blame Redis", async (server) => {
  const { store } = instance(server, new FakeClock(START));
  const spend = { cost: 3, share: 1, now: utcMsOf(START) };
  await assertRejects(() => store.take(OWNER, spend), { type: RangeError });
  assertEquals(store.countedBy, "redis");
});

test("UpstashRedis gives up on a server that does not answer in time", async ({ token }) => {
  const held = Promise.withResolvers<Response>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => held.promise,
  );
  const url = new Secret(`http://127.0.0.1:${server.addr.port}`);
  const options = { url, token: new Secret(token), timer: systemTimer, timeoutMs: 20 };
  const redis = new UpstashRedis(options);
  await assertRejects(() => redis.send(["PING"]), { pattern: /no answer to PING in 20 ms/ });
  held.resolve(Response.json({ result: "PONG" }));
  await server.shutdown();
});
