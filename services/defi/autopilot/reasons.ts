import { DAY_MS, HOUR_MS } from "../../kernel/time.ts";
import type { Pool } from "../pool.ts";
import type { Departure, Exclusion } from "./simulation.ts";

/** Why a pool was not to be had, in words that follow "it" or stand alone. */
export const EXCLUSION_WORDS: Readonly<Record<Exclusion, string>> = {
  no_reading: "no reading was known",
  one_reading: "it was read only once",
  old_reading: "its newest reading was too old",
  stale: "its readings stood still or were marked as old",
  frozen: "frozen",
  paused: "paused",
  matured: "matured",
  tvl_unknown: "its TVL was not known",
  tvl_below: "its TVL was below the least",
  no_yield: "it paid nothing",
  unrated: "too little was known to rate it",
  score_zero: "its score was 0",
};

/** What a change does, as its decision tells it. */
export interface Change {
  readonly entering: readonly { readonly pool: Pool; readonly rank: number }[];
  readonly leaving: readonly { readonly pool: Pool; readonly departure: Departure }[];
  readonly eligible: number;
  readonly keepRank: number;
}

/** `enter GHO at Aave v3 on Base (rank 1 of 53); leave DAI at … (rank 15 of 53, kept to 12)`. */
export function changeWords({ entering, leaving, eligible, keepRank }: Change): string {
  const parts = [
    ...entering.map(({ pool, rank }) => `enter ${nameOf(pool)} (rank ${rank} of ${eligible})`),
    ...leaving.map(({ pool, departure: { exclusion, rank } }) => {
      const why = exclusion === null
        ? `rank ${rank} of ${eligible}, kept to ${keepRank}`
        : EXCLUSION_WORDS[exclusion];
      return `leave ${nameOf(pool)} (${why})`;
    }),
  ];
  const rest = parts.length - MAX_PARTS;
  return rest > 1 ? `${parts.slice(0, MAX_PARTS).join("; ")}; and ${rest} more` : parts.join("; ");
}

/** More would not be read; a decision lists all of them beside its reason. */
const MAX_PARTS = 8;

/** What a pool is called in sentences: `USDC at Aave v3 on Polygon`. */
export function nameOf(
  { symbol, mark, protocol, chain }: Pick<Pool, "symbol" | "mark" | "protocol" | "chain">,
): string {
  const token = mark === undefined ? symbol : `${symbol} ${mark}`;
  return `${token} at ${spelled(protocol)} on ${spelled(chain)}`;
}

function spelled(slug: string): string {
  return sentence(slug.replaceAll("-", " "));
}

/** A span in days, or in hours below two of them. */
export function spanWords(spanMs: number): string {
  const [size, unit] = spanMs < 2 * DAY_MS ? [HOUR_MS, "h"] : [DAY_MS, "d"];
  return `${Number((spanMs / size).toFixed(1))} ${unit}`;
}

/** A share in per cent, without the tail of its binary form. */
export function percentWords(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`;
}

/** A sentence begins with a capital. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
