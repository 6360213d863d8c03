import type { Metrics } from "@/services/ports/metrics.ts";

/** Metrics that nobody reads. */
export const noMetrics: Metrics = {
  counter: () => ({ add: () => {} }),
  gauge: () => ({ set: () => {} }),
  histogram: () => ({ observe: () => {} }),
  beforeScrape: () => {},
};
