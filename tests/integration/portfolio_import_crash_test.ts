import { MINUTE_MS } from "@/services/kernel/time.ts";
import { assertSurvivesKill } from "./killed_import.ts";

const START = Date.UTC(2022, 0, 1);

Deno.test("portfolio:import killed in the middle leaves nothing; the same again is complete", () =>
  assertSurvivesKill({
    script: "tools/portfolio_import.ts",
    flags: [],
    header: "timestamp,action,asset_id,quantity,account,external_id",
    rows: 60_000,
    rowAt(at) {
      const time = new Date(START + at * MINUTE_MS).toISOString();
      return `${time},BUY,bitcoin,0.${at % 9 + 1},Main,trade-${at}`;
    },
    known: "duplicate",
  }));
