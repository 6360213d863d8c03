import { Redis } from "@upstash/redis";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { findRedis } from "@/tests/redis.ts";
import { startUpstash, type UpstashServer } from "@/tests/upstash.ts";

function test(name: string, run: (server: UpstashServer, redis: Redis) => Promise<void>) {
  Deno.test({
    name: `startUpstash() ${name}`,
    ignore: findRedis() === null,
    async fn() {
      await using server = await startUpstash();
      const { url, token } = server;
      const options = { automaticDeserialization: false, enableTelemetry: false };
      await run(server, new Redis({ url, token, retry: false, ...options }));
    },
  });
}

test("keeps every text as it was given", async (_server, redis) => {
  const texts = ["65000.5", "1.10", "12345678901234567890", "true", "null", "OK", "é 🚀\r\n", ""];
  for (const text of texts) {
    await redis.set("text", text);
    assertEquals(await redis.get<string>("text"), text);
  }
});

test("answers numbers, lists, absences and hashes", async (_server, redis) => {
  assertEquals(await redis.incrby("count", 41), 41);
  await redis.rpush("list", "a", "b");
  assertEquals(await redis.lrange("list", 0, -1), ["a", "b"]);
  assertEquals(await redis.get("nothing"), null);
  await redis.hset("hash", { field: "1.0" });
  // Flat, as in RESP 2: the client pairs it up only where it may turn texts into numbers, too.
  assertEquals<unknown>(await redis.exec(["HGETALL", "hash"]), ["field", "1.0"]);
});

test("runs a transaction as one", async (_server, redis) => {
  const replies = await redis.multi().set("a", "1").incr("a").get("a").exec();
  assertEquals<unknown>(replies, ["OK", 2, "2"]);
});

test("answers errors of Redis and a wrong token as errors", async (server, redis) => {
  await assertRejects(() => redis.eval("return nonsense(", [], []), { pattern: /ERR/ });
  const stranger = new Redis({ url: server.url, token: "wrong", retry: false });
  await assertRejects(() => stranger.get("a"), { pattern: /Unauthorized/ });
});

test(
  "fails while the server is dead and works, empty, when it came back",
  async (server, redis) => {
    await redis.set("a", "1");
    await server.redis.kill();
    await assertRejects(() => redis.get("a"));
    await server.redis.restart();
    assertEquals(await redis.get("a"), null);
  },
);

test("carries values larger than a network packet", async (_server, redis) => {
  const text = "x".repeat(300_000);
  await redis.set("long", text);
  assertEquals(await redis.get<string>("long"), text);
});
