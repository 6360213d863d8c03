import type { MarketProvider } from "../market/ports.ts";

/** What streams the trades of a venue: an exchange's stream, or a replay of a recorded one. */
export type TickSource = Pick<MarketProvider, "ticks">;
