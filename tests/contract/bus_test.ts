import { Secret } from "@/services/kernel/secret.ts";
import { MemoryBus, PostgresBus, RedisBus } from "@/services/platform/bus/mod.ts";
import { noticesOf } from "@/services/platform/bus/postgres_bus.ts";
import { UpstashRedis } from "@/services/platform/redis/upstash_redis.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import { openPostgres } from "@/services/storage/postgres.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { findPostgres, startPostgres, type TestServer } from "@/tests/postgres.ts";
import { findRedis } from "@/tests/redis.ts";
import { startUpstash } from "@/tests/upstash.ts";
import { testBus } from "./bus_contract.ts";

testBus({
  name: "MemoryBus",
  ignore: false,
  place() {
    let isTaken = false;
    return Promise.resolve({
      open({ log }) {
        const bus = isTaken ? null : new MemoryBus(log);
        isTaken = true;
        return Promise.resolve(bus);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
});

const hasNoPostgres = findPostgres() === null;
let server: TestServer;
if (!hasNoPostgres) {
  Deno.test.beforeAll(async () => {
    server = await startPostgres();
  });
  Deno.test.afterAll(() => server.stop());
}

testBus({
  name: "PostgresBus",
  ignore: hasNoPostgres,
  async place() {
    const url = await server.createDatabase();
    const opened: AsyncDisposable[] = [];
    return {
      async open({ instance, log }) {
        const database = await openPostgres({ url, clock: new FakeClock(), log, mayMigrate: true });
        opened.push(database);
        assert(database.notices, "PostgreSQL carries notices");
        return await PostgresBus.open({ notices: database.notices, log, instance });
      },
      async [Symbol.asyncDispose]() {
        for (const database of opened.reverse()) await database[Symbol.asyncDispose]();
      },
    };
  },
});

testBus({
  name: "RedisBus",
  ignore: findRedis() === null,
  async place() {
    const redis = await startUpstash();
    return {
      open: ({ instance, log }) =>
        RedisBus.open({ redis: redisOf(redis), timer: systemTimer, log, instance }),
      [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
    };
  },
});

function redisOf({ url, token }: { url: string; token: string }): UpstashRedis {
  return new UpstashRedis({ url: new Secret(url), token: new Secret(token), timer: systemTimer });
}

Deno.test({
  name: "RedisBus says once that Redis is away, and goes on when it is back",
  ignore: findRedis() === null,
  async fn() {
    await using server = await startUpstash();
    const log = new RecordingLog();
    await using bus = await RedisBus.open({
      redis: redisOf(server),
      timer: systemTimer,
      log,
      instance: "one",
    });
    await using other = await RedisBus.open({
      redis: redisOf(server),
      timer: systemTimer,
      log: new RecordingLog(),
      instance: "two",
    });
    await server.redis.kill();
    for (let at = 0; at < 20; at++) bus.publish("prices", `[${at}]`);
    while (log.lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await server.redis.restart();
    const heard = Promise.withResolvers<void>();
    other.subscribe("prices", (payload) => {
      if (payload === '["again"]') heard.resolve();
    });
    let isHeard = false;
    heard.promise.then(() => isHeard = true);
    while (!isHeard) {
      bus.publish("prices", '["again"]');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assertEquals(log.lines.map(({ level }) => level).slice(0, 2), ["warn", "info"]);
  },
});

Deno.test("noticesOf() cuts a list until each part fits, and keeps back what never will", () => {
  const item = "x".repeat(3_000);
  const cut = noticesOf({ from: "a", topic: "t", payload: JSON.stringify([item, item, item]) });
  assertEquals(cut.length, 2);
  assertEquals(cut.flatMap((text) => JSON.parse(JSON.parse(text).payload)), [item, item, item]);
  const large = JSON.stringify(["x".repeat(9_000)]);
  assertEquals(noticesOf({ from: "a", topic: "t", payload: large }), []);
  assertEquals(noticesOf({ from: "a", topic: "t", payload: "x".repeat(8_000) }), []);
});
