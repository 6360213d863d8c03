import { MINUTE_MS } from "@/services/kernel/time.ts";
import { assertSurvivesKill } from "./killed_import.ts";

const START = Date.UTC(2022, 0, 1);

Deno.test("candles:import killed in the middle leaves nothing; the same again is complete", () =>
  assertSurvivesKill({
    script: "tools/candles_import.ts",
    flags: ["--asset", "bitcoin", "--interval", "1m"],
    header: "timestamp,open,high,low,close,volume",
    rows: 400_000,
    rowAt(at) {
      const price = 40_000 + at % 1_000;
      const time = START + at * MINUTE_MS;
      return `${time},${price},${price + 5},${price - 5},${price + 1},${at % 7}.5`;
    },
    known: "unchanged",
  }));
