import { MAX_CANDLE_STREAMS } from "@/components/api/live_hub.ts";
import { MAX_PORTFOLIO_STREAMS, parsePortfolioTick } from "@/components/api/live_portfolios.ts";
import { GONE_AFTER_MS, type LivePort, PortDesk } from "@/components/api/live_messages.ts";
import { STABLE_MS } from "@/components/api/live_stream.ts";
import { assertEquals, assertThrows } from "@/tests/assert.ts";
import { settle } from "@/tests/fakes/timer.ts";
import { bars, listener, setUp, update, valueOf, values, wants } from "./live_hub_kit.ts";

Deno.test("LiveHub opens one stream for all pages and tells each what it wants", async () => {
  const { hub, streams } = setUp();
  const [one, two] = [listener(), listener()];
  hub.join(one.sink).want(wants("bitcoin", "ethereum"));
  hub.join(two.sink).want(wants("bitcoin"));
  assertEquals(streams.open.map(({ path }) => path), [
    "/api/stream/prices?coins=bitcoin%2Cethereum",
  ]);
  streams.last.open();
  streams.last.send({ name: "price_update", data: update("ethereum", 2_000) });
  streams.last.send({ name: "price_update", data: [update("bitcoin", 90_000)] });
  await settle();
  assertEquals(one.heard.filter((word) => word.includes(" ")), ["ethereum 2000", "bitcoin 90000"]);
  assertEquals(one.heard[0], "connecting");
  assertEquals(two.heard.filter((word) => word.includes(" ")), ["bitcoin 90000"]);
});

Deno.test("LiveHub asks for more when a page wants more, and keeps what it has when one leaves", () => {
  const { hub, streams } = setUp();
  const first = hub.join(listener().sink);
  const second = hub.join(listener().sink);
  first.want(wants("bitcoin"));
  second.want(wants("aave"));
  assertEquals(streams.open.map(({ path }) => path), ["/api/stream/prices?coins=aave%2Cbitcoin"]);
  second.leave();
  assertEquals(streams.asked.length, 2);
  first.leave();
  assertEquals(streams.open.length, 0);
});

Deno.test("LiveHub asks for all prices where pages want more than a stream may name", () => {
  const { hub, streams } = setUp();
  const many = Array.from({ length: 51 }, (_, at) => `coin-${at}`);
  hub.join(listener().sink).want(wants(...many));
  assertEquals(streams.last.path, "/api/stream/prices");
  hub.join(listener().sink).want(wants("another"));
  assertEquals(streams.asked.length, 1, "The stream gives that one already");
});

Deno.test("LiveHub reads the prices anew where the stream starts anew", async () => {
  const tick = { coinId: "bitcoin", priceUsd: 5, at: 1, source: "consolidated", venues: [] };
  const { hub, streams, requests } = setUp([tick]);
  const page = listener();
  hub.join(page.sink).want(wants("bitcoin"));
  streams.last.open();
  await settle();
  assertEquals(requests, ["bitcoin"]);
  streams.last.send({ name: "reset" });
  await settle();
  assertEquals(requests, ["bitcoin", "bitcoin"]);
  assertEquals(page.heard.filter((word) => word === "bitcoin 5"), ["bitcoin 5"], "No news twice");
});

Deno.test("LiveHub welcomes no page with prices of a demo market that may be over", async () => {
  const { hub, streams } = setUp();
  const early = listener();
  hub.join(early.sink).want(wants("bitcoin", "ethereum"));
  streams.last.open();
  for (const [coin, source] of [["bitcoin", "demo"], ["ethereum", "consolidated"]] as const) {
    streams.last.send({ name: "price_update", data: { ...update(coin, 5), source } });
  }
  streams.last.send({ name: "reset" });
  await settle();
  const late = listener();
  hub.join(late.sink).want(wants("bitcoin", "ethereum"));
  assertEquals(late.heard.filter((word) => word.endsWith(" 5")), ["ethereum 5"]);
  assertEquals(early.heard.filter((word) => word.endsWith(" 5")), ["bitcoin 5", "ethereum 5"]);
});

Deno.test("LiveHub passes no older price on, and no event that it can't read", () => {
  const { hub, streams } = setUp();
  const page = listener();
  hub.join(page.sink).want(wants("bitcoin"));
  streams.last.open();
  const events = [
    update("bitcoin", 2, "2026-11-21T06:00:02Z"),
    update("bitcoin", 1, "2026-11-21T06:00:01Z"),
    { coin_id: "bitcoin" },
    null,
    update("bitcoin", NaN),
  ];
  for (const data of events) streams.last.send({ name: "price_update", data });
  assertEquals(page.heard.filter((word) => word.includes(" ")), ["bitcoin 2"]);
});

Deno.test("LiveHub tells a page that comes later what it knows", () => {
  const { hub, streams } = setUp();
  hub.join(listener().sink).want(wants("bitcoin"));
  streams.last.open();
  streams.last.send({ name: "price_update", data: update("bitcoin", 7) });
  const late = listener();
  hub.join(late.sink).want(wants("bitcoin"));
  assertEquals(late.heard, ["bitcoin 7", "live"]);
});

Deno.test("LiveHub opens a stream of bars per chart, few at a time", () => {
  const { hub, streams } = setUp();
  const page = listener();
  const members = ["a", "b", "c", "d"].map((coin) => {
    const member = hub.join(page.sink);
    member.want(bars(coin));
    return member;
  });
  assertEquals(streams.open.length, MAX_CANDLE_STREAMS);
  assertEquals(streams.open[0]?.path, "/api/stream/candles?coin=a&interval=5m");
  members[0]?.leave();
  assertEquals(
    streams.open.map(({ path }) => path).at(-1),
    "/api/stream/candles?coin=d&interval=5m",
  );
});

Deno.test("LiveHub passes bars on, and asks charts to read again when some may be missing", async () => {
  const { hub, streams, timer } = setUp();
  const page = listener();
  hub.join(page.sink).want(bars("bitcoin"));
  streams.last.open();
  const bar = { coin_id: "bitcoin", interval: "5m", t: 0, o: 1, h: 3, l: 1, c: 2, v: 1, asof: 9 };
  streams.last.send({
    name: "candle",
    data: { ...bar, source: "x", state: "provisional" },
    id: "4",
  });
  streams.last.send({ name: "candle", data: { ...bar, c: "2" } });
  await timer.advance(STABLE_MS);
  streams.last.end();
  await settle();
  await timer.advance(1_000);
  assertEquals(streams.last.options.lastEventId, "4");
  streams.last.open();
  assertEquals(page.heard, ["bitcoin 5m 2"]);
  streams.last.send({ name: "reset" });
  assertEquals(page.heard, ["bitcoin 5m 2", "reset bitcoin 5m"]);
});

Deno.test("LiveHub opens one stream per portfolio for all pages, and closes it with the last", () => {
  const { hub, streams } = setUp();
  const [one, two] = [listener(), listener()];
  const first = hub.join(one.sink);
  first.want(values("p"));
  streams.last.open();
  streams.last.send({ name: "portfolio_value", data: valueOf("p", 45_000) });
  const second = hub.join(two.sink);
  second.want(values("p", "q"));
  assertEquals(streams.open.map(({ path }) => path), ["/portfolio/p", "/portfolio/q"]);
  streams.open[0]?.send({ name: "portfolio_value", data: valueOf("p", 46_000) });
  second.want(values("p", "q"));
  assertEquals(one.heard, ["p 45000", "p 46000"]);
  assertEquals(two.heard, ["p 45000", "p 46000"], "What was known comes once");
  second.leave();
  assertEquals(streams.open.map(({ path }) => path), ["/portfolio/p"]);
  first.leave();
  assertEquals(streams.open.length, 0);
  hub.join(one.sink).want(values(...Array.from({ length: 9 }, (_, at) => `p${at}`)));
  assertEquals(streams.open.length, MAX_PORTFOLIO_STREAMS);
});

Deno.test("LiveHub asks for a portfolio's value where no stream holds, and skips what it can't read", async () => {
  const { hub, streams, timer, requests } = setUp();
  const page = listener();
  hub.join(page.sink).want(values("p"));
  streams.last.open();
  for (const data of [null, {}, { portfolio_id: "p", currency: "USD" }]) {
    streams.last.send({ name: "portfolio_value", data });
  }
  streams.last.send({ name: "heartbeat" });
  assertEquals(page.heard, []);
  for (let failure = 0; failure < 3; failure++) {
    streams.last.end(new Error("refused"));
    await settle();
    await timer.advance(4_000);
  }
  await settle();
  assertEquals(requests[0], "p");
  assertEquals(page.heard[0], "p 7");
});

Deno.test("parsePortfolioTick() reads a stream's value and the API's valuation alike", () => {
  const tick = parsePortfolioTick(valueOf("p", 45_000));
  assertEquals(tick, {
    ...{ portfolioId: "p", currency: "USD", nav: 45_000, navUsd: 45_000 },
    ...{ isHeld: false, unpriced: 1, ledgerVersion: 3, at: Date.UTC(2026, 10, 21, 6) },
    positions: [
      { assetId: "bitcoin", valueUsd: 45_000, share: 1 },
      { assetId: "aave", valueUsd: null, share: null },
    ],
  });
  const position = { asset_id: "bitcoin", quantity: "0.5", price: { price_usd: 90_000 }, share: 1 };
  const answer = { ...valueOf("p", 45_000), held_since: "2026-11-21T06:00:00Z", nav: null };
  const { isHeld, nav, positions } = parsePortfolioTick({ ...answer, positions: [position] });
  assertEquals([isHeld, nav, positions[0]?.valueUsd], [true, null, 45_000]);
});

Deno.test("parsePortfolioTick() invents no value where nothing held has a price, and no count", () => {
  const sums = { ...valueOf("p", 0), nav: null, nav_usd: null };
  const blind = parsePortfolioTick(sums);
  assertEquals([blind.nav, blind.navUsd], [null, null]);
  for (const name of ["unpriced", "ledger_version"]) {
    const pattern = new RegExp(`Cannot read the value: it has no ${name}`);
    assertThrows(() => parsePortfolioTick({ ...sums, [name]: undefined }), { pattern });
  }
  for (const at of [undefined, "soon"]) {
    const pattern = /Cannot read the value: it has no time/;
    assertThrows(() => parsePortfolioTick({ ...sums, at }), { pattern });
  }
});

Deno.test("PortDesk drops a page that fell silent, and takes it back when it speaks", async () => {
  const { hub, streams, timer } = setUp();
  const desk = new PortDesk(hub, { now: () => timer.now() });
  const port: LivePort = { postMessage: () => {}, onmessage: null };
  const say = (data: unknown) => port.onmessage?.(new MessageEvent("message", { data }) as never);
  desk.connect(port);
  say({ kind: "want", wants: wants("bitcoin") });
  desk.sweep();
  assertEquals(streams.open.length, 1);
  await timer.advance(GONE_AFTER_MS + 1);
  desk.sweep();
  assertEquals(streams.open.length, 0);
  say({ kind: "want", wants: wants("bitcoin") });
  assertEquals(streams.open.length, 1);
  say({ kind: "leave" });
  assertEquals(streams.open.length, 0);
});
