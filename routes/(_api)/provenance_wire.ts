import { formatUtcMs } from "../../services/kernel/time.ts";
import type { Interval, Provenance } from "../../services/market/mod.ts";

/** Where an answer comes from, as fields beside its data; nulls where there is no data. */
export function provenanceToWire(provenance: Provenance | null): {
  asof: string | null;
  source: string | null;
  derived_from: Interval | null;
  demo: boolean;
} {
  return {
    asof: provenance ? formatUtcMs(provenance.asof) : null,
    source: provenance?.source ?? null,
    derived_from: provenance?.derivedFrom ?? null,
    demo: provenance?.isDemo ?? false,
  };
}
