import { assert, assertEquals } from "@/tests/assert.ts";
import { LocalExchange } from "@/tests/exchange/local_exchange.ts";

const AT = Date.UTC(2026, 0, 1);

async function json(exchange: LocalExchange, path: string, init?: RequestInit) {
  const response = await fetch(exchange.urls.rest + path, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function control(exchange: LocalExchange, command: unknown) {
  return json(exchange, "/control", { method: "POST", body: JSON.stringify(command) });
}

Deno.test("LocalExchange answers candles of all trades, withheld ones among them", async () => {
  let now = AT;
  await using exchange = await LocalExchange.start({ now: () => now });
  const [first] = exchange.trade(["BTCUSDT"]);
  now += 60_000;
  const [withheld] = exchange.withhold(["BTCUSDT"]);
  assert(first && withheld);
  const { body } = await json(
    exchange,
    `/api/v3/klines?symbol=BTCUSDT&interval=5m&startTime=${AT}&limit=1000`,
  );
  assertEquals(body.length, 1);
  assertEquals(body[0].slice(0, 6), [
    AT,
    String(first.price),
    String(Math.max(first.price, withheld.price)),
    String(Math.min(first.price, withheld.price)),
    String(withheld.price),
    (first.quantity + withheld.quantity).toFixed(8),
  ]);
  const daily = await json(exchange, '/api/v3/ticker/24hr?symbols=["BTCUSDT"]');
  assertEquals(daily.body[0].lastPrice, String(withheld.price));
});

Deno.test("LocalExchange answers candles as Coinbase does, newest first", async () => {
  let now = AT;
  await using exchange = await LocalExchange.start({ now: () => now });
  const [first] = exchange.trade(["BTC-USD"]);
  now += 300_000;
  const [second] = exchange.trade(["BTC-USD"]);
  assert(first && second);
  const { body } = await json(exchange, "/products/BTC-USD/candles?granularity=300");
  const row = ({ price, quantity }: typeof first, at: number) => [
    at / 1000,
    price,
    price,
    price,
    price,
    quantity,
  ];
  assertEquals(body, [row(second, AT + 300_000), row(first, AT)]);
});

Deno.test("LocalExchange gives the same trades for the same seed", async () => {
  await using one = await LocalExchange.start({ seed: 9, now: () => AT });
  await using two = await LocalExchange.start({ seed: 9, now: () => AT });
  const markets = Array<string>(100).fill("BTCUSDT");
  assertEquals(one.trade(markets), two.trade(markets));
});

Deno.test("LocalExchange refuses REST on command, and takes it back", async () => {
  await using exchange = await LocalExchange.start();
  const refusal = { status: 429, retryAfterS: 9, path: "/api/v3/klines" };
  assertEquals((await control(exchange, { do: "refuse_rest", refusal })).status, 200);
  const refused = await json(exchange, "/api/v3/klines?symbol=BTCUSDT&interval=5m");
  assertEquals([refused.status, refused.headers.get("retry-after")], [429, "9"]);
  assertEquals((await json(exchange, "/api/v3/time")).status, 200);
  await control(exchange, { do: "refuse_rest", refusal: null });
  assertEquals((await json(exchange, "/api/v3/klines?symbol=BTCUSDT&interval=5m")).body, []);
});

Deno.test("LocalExchange says what is wrong with a command", async () => {
  await using exchange = await LocalExchange.start();
  for (const command of [{ do: "explode" }, { do: "run" }, { do: "close", code: "x" }]) {
    assertEquals((await control(exchange, command)).status, 400);
  }
});
