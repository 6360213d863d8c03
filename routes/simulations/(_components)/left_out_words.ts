import { formatCount, formatCounted } from "../../../components/format/number.ts";
import { type Decision, type Exclusion, EXCLUSION_WORDS } from "../../../services/defi/mod.ts";

/** `49 pools could be had; left out: frozen (6), no reading was known (5)`. */
export function leftOutWords(eligible: number, excluded: Decision["excluded"]): string {
  const parts = Object.entries(excluded)
    .map(([why, count]) => `${EXCLUSION_WORDS[why as Exclusion]} (${formatCount(count)})`);
  const could = `${formatCounted(eligible, "pool")} could be had`;
  return parts.length === 0
    ? `${could}, none was left out`
    : `${could}; left out: ${parts.join(", ")}`;
}
