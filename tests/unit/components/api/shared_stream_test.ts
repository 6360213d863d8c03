import { assertEquals } from "@/tests/assert.ts";
import { settle } from "@/tests/fakes/timer.ts";
import { listener, setUp, wants } from "./live_hub_kit.ts";

Deno.test("LiveHub tells new scores over one stream to the pages that show some", async () => {
  const { hub, streams } = setUp();
  const [one, two, other] = [listener(), listener(), listener()];
  const scores = { ...wants(), scores: true };
  const first = hub.join(one.sink);
  const second = hub.join(two.sink);
  first.want(scores);
  second.want(scores);
  hub.join(other.sink).want({ ...scores, scores: false });
  assertEquals(streams.open.map(({ path }) => path), ["/api/stream/scores"]);
  streams.last.open();
  const news = {
    coin_id: "aave",
    method: "v1",
    score: 52.5,
    rank: 3,
    asof: "2026-11-21T00:00:00Z",
  };
  streams.last.send({ name: "score_update", data: news });
  streams.last.send({ name: "score_update", data: { ...news, coin_id: "" } });
  streams.last.send({ name: "score_update", data: { ...news, coin_id: "dai", score: null } });
  await settle();
  assertEquals(one.heard, ["aave = 52.5", "dai = null"]);
  assertEquals(two.heard, one.heard);
  assertEquals(other.heard, []);
  first.leave();
  assertEquals(streams.open.length, 1);
  second.leave();
  assertEquals(streams.open.length, 0);
});

const POOL = {
  id: "aave-usdc",
  supply_apy: 0.05,
  utilization: 0.9,
  scores: { v0: 12.5, v1: null },
  warnings: [{ code: "stale", severity: "caution", title: "Stale", words: "It stands still." }],
  asof: "2026-11-21T00:00:00Z",
};

const UNREADABLE = [
  { ...POOL, supply_apy: "much" },
  { ...POOL, warnings: undefined },
  { ...POOL, warnings: [{ ...POOL.warnings[0], severity: "odd" }] },
];

Deno.test("LiveHub tells new readings of pools, over one stream, to the pages that show some", async () => {
  const { hub, streams } = setUp();
  const [one, two, other] = [listener(), listener(), listener()];
  const pools = { ...wants(), pools: true };
  const first = hub.join(one.sink);
  const second = hub.join(two.sink);
  first.want(pools);
  second.want(pools);
  hub.join(other.sink).want(wants());
  assertEquals(streams.open.map(({ path }) => path), ["/api/stream/pools"]);
  streams.last.open();
  streams.last.send({ name: "pool_update", data: [POOL, ...UNREADABLE] });
  await settle();
  assertEquals(one.heard, ["pools live", "aave-usdc 0.05"]);
  assertEquals(two.heard, ["pools connecting", "pools live", "aave-usdc 0.05"]);
  assertEquals(other.heard, []);
  first.leave();
  second.leave();
  assertEquals(streams.open.length, 0);
});

Deno.test("LiveHub asks for pools by request where their stream is cut again and again", async () => {
  const { hub, streams, timer, requests } = setUp();
  const { heard, sink } = listener();
  const member = hub.join(sink);
  member.want({ ...wants(), pools: true });
  for (let cuts = 0; cuts < 3; cuts++) {
    streams.last.end();
    await settle();
    if (cuts < 2) await timer.advance(timer.delays.at(0) ?? 0);
  }
  assertEquals(requests, ["pools"]);
  assertEquals(heard.slice(-2), ["aave-usdc 0.05", "pools polling"]);
  member.leave();
});

Deno.test("LiveHub tells gauges over one stream for all pages, and by request where it is cut", async () => {
  const { hub, streams, timer, requests } = setUp();
  const [one, two, other] = [listener(), listener(), listener()];
  const members = [one, two].map(({ sink }) => hub.join(sink));
  for (const member of members) member.want({ ...wants(), gauges: true });
  hub.join(other.sink).want({ ...wants(), pools: false });
  assertEquals(streams.open.map(({ path }) => path), ["/api/stream/onchain"]);
  streams.last.open();
  const asof = "2026-11-21T00:00:00Z";
  const read = { gauge: "eth/gas", asof, fast: 1.5, safe: 1 };
  streams.last.send({ name: "gauge_update", data: read });
  streams.last.send({ name: "gauge_update", data: { ...read, gauge: "doge/gas" } });
  streams.last.send({ name: "gauge_update", data: { ...read, asof: null } });
  await settle();
  assertEquals(one.heard, ["gauges live", "eth/gas 1.5"]);
  assertEquals(two.heard, ["gauges connecting", "gauges live", "eth/gas 1.5"]);
  assertEquals(other.heard, []);
  for (let cuts = 0; cuts < 3; cuts++) {
    streams.last.end();
    await settle();
    if (cuts < 2) await timer.advance(timer.delays.at(0) ?? 0);
  }
  assertEquals(requests, ["gauges"]);
  assertEquals(one.heard.slice(-2), ["eth/gas 3", "gauges polling"]);
  for (const member of members) member.leave();
  assertEquals(streams.open.length, 0);
});
