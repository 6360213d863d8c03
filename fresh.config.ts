import type { CSPOptions, FreshConfig } from "fresh";
import type { BuildOptions } from "fresh/dev";

/** How islands are bundled. */
export const build: BuildOptions = {
  target: ["chrome111", "edge111", "firefox114", "safari16.4"],
  workers: { "/workers/live.js": "components/api/live_worker.ts" },
};

/** Where the pages are served from. */
export const pages: FreshConfig = { basePath: "" };

/** What browsers may load: our own files, and of inline code only what carries the nonce. */
export const contentSecurityPolicy: CSPOptions = {
  useNonce: true,
  csp: [
    "script-src 'self' 'unsafe-inline'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "frame-ancestors 'none'",
  ],
};
