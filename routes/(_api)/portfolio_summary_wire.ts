import { z } from "zod";
import { formatUtcMs } from "../../services/kernel/time.ts";
import type { Portfolio, PortfolioSummary } from "../../services/portfolio/mod.ts";
import { MeasureStatusSchema } from "./portfolio_performance_wire.ts";
import { PortfolioSchema, portfolioToWire, timeOf } from "./portfolio_wire.ts";
import { Instant } from "./schemas.ts";

const Summary = z.object({
  nav: z.number().nullable().describe("In the base currency, by what is kept up to asof"),
  reason: z.string().nullable().describe("Why there is no nav"),
  asof: Instant.nullable(),
  held_since: Instant.nullable().describe("Set while the rate of now is held back"),
  day: z.object({
    from: Instant,
    time_weighted_return: z.number(),
    gain: z.number().nullable(),
  }).nullable().describe("From a day before asof up to it; null where nothing tells it"),
  day_reason: z.string().nullable().describe("Why there is no day"),
  unpriced: z.int().nullable().describe("Assets that are held and have no price: not in nav"),
  status: MeasureStatusSchema,
});

export const ListedPortfolioSchema = PortfolioSchema.extend({
  summary: Summary.nullable().describe("What it is worth; null of a deleted one"),
}).meta({ id: "ListedPortfolio" });

/** A portfolio of a list; one that is deleted has no summary. */
export function listedToWire(
  portfolio: Portfolio,
  summary: PortfolioSummary | undefined,
): z.input<typeof ListedPortfolioSchema> {
  return { ...portfolioToWire(portfolio), summary: summary ? summaryToWire(summary) : null };
}

function summaryToWire(
  { nav, reason, asof, heldSince, day, dayReason, unpriced, status }: PortfolioSummary,
): z.input<typeof Summary> {
  return {
    ...{ nav, reason, asof: timeOf(asof), held_since: timeOf(heldSince) },
    day: day && { from: formatUtcMs(day.from), time_weighted_return: day.twr, gain: day.gain },
    ...{ day_reason: dayReason, unpriced, status },
  };
}
