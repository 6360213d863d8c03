// deno-lint-ignore-file no-console
import { parseArgs } from "node:util";
import { LocalExchange } from "./local_exchange.ts";

const HELP = `A local exchange that speaks as Binance and as Coinbase.

  deno run -A tests/exchange/main.ts [options]

  --port N       port on 127.0.0.1, a free one if left out
  --rate N       trades a second over all markets, 100 if left out
  --seed N       seed of the random walk, 1 if left out
  --markets A,B  names as the venues write them, BTCUSDT,ETHUSDT,BTC-USD,ETH-USD if left out
  --help         this text

It misbehaves on command: curl -d '{"do":"drop"}' URL/control`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    rate: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    markets: { type: "string", default: "BTCUSDT,ETHUSDT,BTC-USD,ETH-USD" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(HELP);
} else {
  const exchange = await LocalExchange.start({
    port: Number(values.port),
    seed: Number(values.seed),
    markets: values.markets.split(",").filter((market) => market !== ""),
  });
  const { binance, coinbase, rest } = exchange.urls;
  console.log(`Binance   ${binance}\nCoinbase  ${coinbase}\nREST      ${rest}`);
  exchange.run(Number(values.rate));
  const stop = async () => {
    await exchange[Symbol.asyncDispose]();
    Deno.exit(0);
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, stop);
}
