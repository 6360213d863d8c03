import { assertEquals } from "@/tests/assert.ts";
import { sharedData } from "@/tests/shared_data.ts";
import { type Product, startProduct } from "./product.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
/** Ten minutes after the last day that the reference data has closes of. */
const NOW = "2021-07-07T00:10:00Z";
const CANDLES = ["BTC", "ETH", "SOL", "DOGE", "LINK"] as const;

/** Closes of 6 July 2021 as the reference data has them, in dollars. */
export const CLOSES = {
  bitcoin: 34235.19345116,
  ethereum: 2324.67944917,
  solana: 34.26913971,
  dogecoin: 0.23442176,
} as const;

/** Where the reference data is kept; `null` without it. */
const FOLDER = sharedData("market/daily_cmc/");
export const HAS_REAL_DATA = FOLDER !== null;

/** Runs an operator's script on a data folder, and fails with what it says. */
export async function runScript(
  dataDir: string,
  [name, ...args]: readonly [string, ...string[]],
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${ROOT}tools/${name}.ts`, ...args],
    env: { TOKENLYSIS_DATA_DIR: dataDir, TOKENLYSIS_NETWORK: "off", TOKENLYSIS_DEMO: "off" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** A product over real closes and rates, on a clock that stands at their end. */
export async function startRealProduct(): Promise<Product> {
  if (FOLDER === null) throw new TypeError("Cannot start: expected the reference data");
  const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis-" });
  for (const symbol of CANDLES) {
    const file = new URL(`${symbol}.csv.gz`, FOLDER).pathname;
    await runScript(dataDir, ["candles_import", file, "--interval", "1d", "--source", "daily_cmc"]);
  }
  const rates = new URL("../../fx/eurofxref_hist_1999-01-04_2023-12-29.csv.gz", FOLDER).pathname;
  await runScript(dataDir, ["fx_import", rates]);
  const product = await startProduct({
    dataDir,
    aheadMs: Date.parse(NOW) - Date.now(),
    env: { TOKENLYSIS_DEMO: "off" },
  });
  const close = async () => {
    await product.close();
    await Deno.remove(dataDir, { recursive: true });
  };
  return { ...product, close, [Symbol.asyncDispose]: close };
}
