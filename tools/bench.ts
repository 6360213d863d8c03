// deno-lint-ignore-file no-console
/** Runs the benchmarks one after the other, so that none disturbs another. */
export const BENCHES: readonly { file: string; what: string }[] = [
  { file: "tests/bench/indicators_bench.ts", what: "indicators against four libraries" },
  { file: "tests/bench/correlation_bench.ts", what: "correlation matrix against a library" },
  { file: "tests/bench/scores_bench.ts", what: "scores of 200 assets" },
  { file: "tests/bench/autopilot_bench.ts", what: "autopilot over a year of 500 pools" },
  { file: "tests/bench/csv_bench.ts", what: "CSV parsing against papaparse" },
  { file: "tests/bench/lots_bench.ts", what: "lot matching against decimal.js" },
  { file: "tests/bench/lot_changes_bench.ts", what: "lots after one changed row" },
  { file: "tests/bench/valuation_bench.ts", what: "closes of 250 assets over 12 years" },
  { file: "tests/bench/portfolio_bench.ts", what: "snapshots and performance of a portfolio" },
  {
    file: "tests/bench/portfolio_scale_bench.ts",
    what: "pages and rebuilds of a million transactions in the running product",
  },
  { file: "tests/bench/frames_bench.ts", what: "exchange frames against JSON.parse alone" },
  { file: "tests/bench/ticks_bench.ts", what: "trades into candles, and ingest while serving" },
  { file: "tests/bench/import_bench.ts", what: "CSV into SQLite while a reader asks" },
  {
    file: "tests/bench/ledger_import_bench.ts",
    what: "a million transactions into the running product",
  },
  { file: "tests/bench/start_bench.ts", what: "cold start" },
  { file: "tests/bench/chart_bench.ts", what: "drawing candles in Chromium" },
  { file: "tests/bench/live_bench.ts", what: "from a trade to the screen, and healing" },
  {
    file: "tests/bench/ledger_stream_bench.ts",
    what: "from a transaction to the stream and the open page of its portfolio",
  },
  { file: "tests/load/http_load.ts", what: "HTTP against Deno.serve and Fastify" },
  { file: "tests/load/streams_load.ts", what: "streams to thousands of clients, beside ws" },
];

const HELP = `Usage: deno task bench [--quick] [NAME…]

Runs the benchmarks, or those whose file name holds NAME. Each exits with 1 if it misses its goal.
  --quick  few short rounds: shows that they run; goals are printed, not judged
  --help   show this text

${BENCHES.map(({ file, what }) => `  ${file}: ${what}`).join("\n")}`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const names = args.filter((arg) => !arg.startsWith("--"));
  const chosen = BENCHES.filter(({ file }) =>
    names.length === 0 || names.some((name) => file.includes(name))
  );
  const missed: string[] = [];
  for (const { file, what } of chosen) {
    console.log(`\n== ${what} (${file})`);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", file, ...args.filter((arg) => arg === "--quick")],
    }).spawn();
    if (!(await child.status).success) missed.push(file);
  }
  if (missed.length > 0) console.error(`\nGoal missed: ${missed.join(", ")}`);
  return missed.length > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
