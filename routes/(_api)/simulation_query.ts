import { z } from "zod";
import { SCORE_METHODS, type SimulationQuery } from "../../services/defi/mod.ts";
import { commaList, decimalNumber, instant } from "./params.ts";

const MAX_NAMES = 50;

function names(of: string) {
  return commaList({ max: MAX_NAMES, of }).optional();
}

/** What a simulation may be asked for, named as in its address. */
export const SIMULATION_QUERY = z.object({
  start: instant("start").meta({
    description: "First step: ISO 8601 or epoch ms. Without it a year before the end",
    examples: ["2025-07-22"],
  }),
  end: instant("end").meta({
    description: "Last step at the latest: ISO 8601 or epoch ms. At most the newest reading",
    examples: ["2026-08-22"],
  }),
  capital: decimalNumber({ min: 1, max: 1e12 }).optional().describe("Dollars"),
  max_weight: decimalNumber({ min: 0.01, max: 1 }).optional()
    .describe("Most of the portfolio in one pool after a trade, as a fraction"),
  min_tvl: decimalNumber({ min: 0, max: 1e15 }).optional().describe("Dollars"),
  cooldown_hours: decimalNumber({ min: 0, max: 8_760 }).optional()
    .describe("Between two changes of the portfolio"),
  fee_bps: decimalNumber({ min: 0, max: 1_000 }).optional()
    .describe("Of what is bought and sold, in hundredths of a percent"),
  gas_usd: decimalNumber({ min: 0, max: 10_000 }).optional()
    .describe("Dollars, of each pool that is entered or left"),
  method: z.enum(SCORE_METHODS).optional().describe("Score that pools are ranked by"),
  assets: names("symbols").describe("Only pools of these symbols, whatever their case"),
  chain: names("chains").describe("Only pools on these chains"),
  protocol: names("protocols").describe("Only pools of these protocols"),
  step_hours: decimalNumber({ min: 1, max: 720 }).optional()
    .describe("From one decision to the next"),
  keep_factor: decimalNumber({ min: 1, max: 10 }).optional()
    .describe("A held pool stays while it ranks among this many times the pools that fit"),
  vanish_days: decimalNumber({ min: 1, max: 90 }).optional()
    .describe("Days without a reading after which a pool counts as gone"),
  vanish_penalty: decimalNumber({ min: 0, max: 1 }).optional()
    .describe("Share of a position that is lost in a pool that is gone"),
});

/** Names of the parameters, in the order of forms and addresses. */
export type SimulationParam = keyof typeof SIMULATION_QUERY.shape;

/** The parameters as the service takes them. */
export function simulationQuery(query: z.output<typeof SIMULATION_QUERY>): SimulationQuery {
  return {
    start: query.start,
    end: query.end,
    stepHours: query.step_hours,
    maxWeight: query.max_weight,
    minTvlUsd: query.min_tvl,
    cooldownHours: query.cooldown_hours,
    capitalUsd: query.capital,
    feeBps: query.fee_bps,
    gasUsd: query.gas_usd,
    keepFactor: query.keep_factor,
    vanishDays: query.vanish_days,
    vanishPenalty: query.vanish_penalty,
    method: query.method,
    assets: query.assets,
    chains: query.chain,
    protocols: query.protocol,
  };
}
