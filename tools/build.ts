// deno-lint-ignore-file no-console
import { Builder } from "fresh/dev";
import { isUpToDate } from "../fresh/build/freshness.ts";
import { build as buildOptions } from "../fresh.config.ts";

const HELP = `Bundle the islands and hash the static files into _fresh.

  deno task build [--if-stale] [--json]

  --if-stale  do nothing if nothing changed since the last build
  --json      print the outcome as one line of JSON
  --help      print this text

Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

const FLAGS = new Set(["--if-stale", "--json", "--help"]);

function report(outcome: { built: boolean; elapsedMs: number }, isJson: boolean): void {
  const elapsedMs = Math.round(outcome.elapsedMs);
  if (isJson) console.log(JSON.stringify({ built: outcome.built, elapsed_ms: elapsedMs }));
  else if (outcome.built) console.log(`Built _fresh in ${elapsedMs} ms`);
}

/**
 * Builds the pages' scripts and static files into `_fresh`; returns whether it had to. With
 * `ifStale`, a build of the same sources is left as it is.
 */
export async function build({ ifStale = false } = {}): Promise<boolean> {
  const builder = new Builder({ ...buildOptions, root: new URL("..", import.meta.url).href });
  const settings = builder.settings("production");
  if (ifStale && await isUpToDate(settings, builder.outDir)) return false;
  await builder.build();
  return true;
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => !FLAGS.has(arg));
  if (unknown !== undefined) {
    console.error(`Cannot read the option "${unknown}"\n\n${HELP}`);
    return 2;
  }
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const startMs = performance.now();
  try {
    const built = await build({ ifStale: args.includes("--if-stale") });
    report({ built, elapsedMs: performance.now() - startMs }, args.includes("--json"));
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
