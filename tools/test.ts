// deno-lint-ignore-file no-console
/**
 * Runs every test and says first which real servers it found. Without PostgreSQL, Redis, Chromium
 * or the reference data the tests that need them are reported as ignored; with
 * `--require-servers` (the pipeline) a missing server is a failure.
 */
import { findChromium } from "../tests/chromium.ts";
import { findPostgres } from "../tests/postgres.ts";
import { findRedis } from "../tests/redis.ts";
import { sharedData } from "../tests/shared_data.ts";

const HELP = `Usage: deno task test [--require-servers] [FILE…]

Runs every test, or those of the files given.
  --require-servers  fail if PostgreSQL, Redis or Chromium is missing
  --help             show this text`;

/** Several times what a slow machine takes; what is not over by then hangs. */
const HANGS_AFTER_MS = 60 * 60_000;

interface Finding {
  readonly name: string;
  readonly found: string | null;
  readonly isServer: boolean;
}

function findings(): readonly Finding[] {
  return [
    { name: "PostgreSQL", found: findPostgres(), isServer: true },
    { name: "Redis", found: findRedis(), isServer: true },
    { name: "Chromium", found: findChromium(), isServer: true },
    { name: "Reference data", found: sharedData(".")?.pathname ?? null, isServer: false },
  ];
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const files = args.filter((arg) => !arg.startsWith("--"));
  const all = findings();
  for (const { name, found } of all) {
    console.log(`${name}: ${found ? `using ${found}` : "not found, its tests are ignored"}`);
  }
  const missing = all.filter(({ found, isServer }) => isServer && !found);
  if (args.includes("--require-servers") && missing.length > 0) {
    console.error(`Cannot run the tests: install ${missing.map(({ name }) => name).join(" and ")}`);
    return 1;
  }
  const build = (await start(["run", "-A", "tools/build.ts", "--if-stale"]).status).code;
  if (build !== 0) return build;
  const targets = files.length > 0 ? files : ["tests", "fresh/tests"];
  const tests = start([
    "test",
    "-A",
    "--no-check",
    "--sanitize-ops",
    "--sanitize-resources",
    "--parallel",
    ...targets,
  ]);
  const limit = setTimeout(() => {
    console.error(`Not over after ${HANGS_AFTER_MS / 60_000} minutes; these tests hang:`);
    // It names the tests that are under way before it ends.
    tests.kill("SIGINT");
  }, HANGS_AFTER_MS);
  const { code } = await tests.status;
  clearTimeout(limit);
  return code;
}

function start(args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { DENO_JOBS: String(Math.max(2, navigator.hardwareConcurrency >> 1)) },
  }).spawn();
}

if (import.meta.main) Deno.exit(await main(Deno.args));
