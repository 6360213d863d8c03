import { z } from "zod";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { NOTHING } from "./params.ts";
import { bare } from "./reply.ts";

const TYPES = {
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
};

/** All metrics of this process as text. */
export type Scrape = (format: keyof typeof TYPES) => Promise<string>;

/** What a monitoring system collects. */
export function metricsEndpoint(scrape: Scrape): Endpoint {
  return endpoint({
    path: "/metrics",
    tag: "Operations",
    summary: "Metrics for Prometheus, as OpenMetrics for clients that take it",
    params: NOTHING,
    query: NOTHING,
    response: z.string(),
    isBare: true,
    mediaType: "text/plain",
    async handle({ headers }) {
      const format = takesOpenMetrics(headers().get("accept")) ? "openmetrics" : "prometheus";
      return bare(await scrape(format), {
        headers: { "content-type": TYPES[format], "cache-control": "no-store" },
      });
    },
  });
}

/** Collectors that know the newer format name it; its weight is never 0 then. */
function takesOpenMetrics(accept: string | null): boolean {
  return accept?.includes("application/openmetrics-text") ?? false;
}
