import {
  fieldsText,
  isUnused,
  logHref,
  readLogQuery,
  tellingJobs,
  venueLabel,
} from "@/routes/ops/(_components)/ops_view.ts";
import { problemsOf } from "@/routes/ops/(_components)/problems.ts";
import type { UtcMs } from "@/services/kernel/time.ts";
import { FROZEN_BY_OPERATOR, type OpsView, type ProviderStatus } from "@/services/ops/mod.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { sampleOpsView } from "@/tests/e2e/ops_sample.ts";

const NOW = Date.UTC(2026, 10, 21, 6) as UtcMs;
const VIEW = sampleOpsView(NOW);
const FINE: OpsView = {
  ...VIEW,
  providers: VIEW.providers.slice(0, 1),
  feeds: VIEW.feeds.slice(0, 1),
  pools: { ...VIEW.pools, fetches: VIEW.pools.fetches.slice(0, 1) },
  fx: [],
  queue: { counts: [], oldestDueSeconds: 0 },
};

const addresses: { href: string; level: string; trace: string; back: string }[] = [
  { href: "/ops", level: "ALL", trace: "", back: "/ops#logs" },
  { href: "/ops?level=warn", level: "WARN", trace: "", back: "/ops?level=warn#logs" },
  { href: "/ops?level=nonsense", level: "ALL", trace: "", back: "/ops#logs" },
  {
    href: "/ops?level=error&trace=%207c1e%20",
    level: "ERROR",
    trace: "7c1e",
    back: "/ops?level=error&trace=7c1e#logs",
  },
];
for (const { href, level, trace, back } of addresses) {
  Deno.test(`readLogQuery() reads ${href}`, () => {
    const query = readLogQuery(new URL(href, "http://localhost"));
    assertEquals(query, { level, trace });
    assertEquals(logHref(query), back);
  });
}

Deno.test("readLogQuery() cuts a trace that can't be one", () => {
  const url = new URL(`http://localhost/ops?trace=${"x".repeat(5_000)}`);
  assertEquals(readLogQuery(url).trace.length, 80);
});

Deno.test("problemsOf() finds none where everything works", () => {
  assertEquals(problemsOf(FINE), []);
});

Deno.test("problemsOf() names what is broken, the worst first, with what helps", () => {
  const problems = problemsOf(VIEW);
  assertEquals(problems.map(({ what }) => what), [
    "Etherscan answers 401.",
    "Coinbase Exchange fails.",
    "CoinGecko is being tried again.",
    "Frankfurter (ECB reference rates) fails.",
    "The stream of Coinbase Exchange is reconnecting for 41 s.",
    "Pools of dune could not be fetched: query/3238026.",
    "The end-of-day rate of EUR is 29.2 bps off.",
    "1 dead letter.",
  ]);
  assertEquals(problems[6]?.act?.act.path, "/api/ops/fx/EUR/use-eod");
  assertEquals(problems[0]?.act?.act.path, "/api/ops/providers/etherscan/thaw");
  assertMatch(problems[1]?.means ?? "", /No answer within 5 s\. .*Next probe in 20 s\./);
});

Deno.test("problemsOf() tells why an operator froze a source, and offers to thaw it", () => {
  const [binance] = FINE.providers;
  const frozen = {
    ...binance,
    frozen: { status: FROZEN_BY_OPERATOR, reason: "its terms changed", at: NOW },
  } as ProviderStatus;
  const problems = problemsOf({ ...FINE, providers: [frozen] });
  assertEquals(problems.map(({ what, act }) => [what, act?.act.path]), [
    ["Binance is frozen by hand: its terms changed.", "/api/ops/providers/binance/thaw"],
  ]);
});

Deno.test("problemsOf() offers to close a breaker that is held open by hand", () => {
  const [binance] = FINE.providers;
  const forced = {
    ...binance,
    breaker: { state: "open", since: NOW, retryAt: null, isForced: true },
  } as ProviderStatus;
  const problems = problemsOf({ ...FINE, providers: [forced] });
  assertEquals(problems.map(({ act }) => act?.act.path), ["/api/ops/providers/binance/close"]);
});

Deno.test("fieldsText() tells what the line does not show elsewhere, and no stacks", () => {
  const fields = {
    provider: "binance",
    request_id: "7c1e",
    problem: "HTTP 503",
    tries: 3,
    urls: ["a", "b"],
    key: "k".repeat(200),
    error: { stack: "at x" },
  };
  const line = { at: NOW, level: "WARN", logger: "binance", message: "Failed", fields } as const;
  assertEquals(
    fieldsText({ ...line, traceId: "7c1e" }),
    `problem=HTTP 503 tries=3 urls=a,b key=${"k".repeat(160)}…`,
  );
});

Deno.test("venueLabel() is the provider's label, else the venue's own name", () => {
  const { name, label } = FINE.providers[0] ?? { name: "", label: "" };
  assertEquals([venueLabel(FINE, name), venueLabel(FINE, "kraken")], [label, "kraken"]);
});

Deno.test("tellingJobs() keeps the newest done job of each key, and all that is not done", () => {
  const [job] = VIEW.jobs;
  assert(job);
  const jobs = [
    { ...job, key: "a", state: "done" },
    { ...job, key: "a", state: "dead" },
    { ...job, key: "a", state: "done" },
    { ...job, key: "b", state: "done" },
    { ...job, key: "a", state: "running" },
  ] as const;
  assertEquals(tellingJobs(jobs), [jobs[0], jobs[1], jobs[3], jobs[4]]);
  assertEquals(tellingJobs(Array.from({ length: 60 }, () => jobs[1])).length, 50);
});

Deno.test("problemsOf() tells pools that could not be fetched, by the first and how many more", () => {
  const [fetch] = VIEW.pools.fetches;
  assert(fetch !== undefined);
  const failed = ["query/1", "query/2", "query/3"].map((target, at) => ({
    ...{ ...fetch, target },
    problem: at === 2 ? null : "Cannot call dune: HTTP 402",
  }));
  const view = { ...FINE, pools: { ...VIEW.pools, fetches: failed } };
  const [problem] = problemsOf(view);
  assertMatch(problem?.what ?? "", /Pools of dune could not be fetched: query\/1 and 1 more\./);
  assertMatch(problem?.means ?? "", /HTTP 402/);
});

Deno.test("isUnused() is a provider without its key, until something is wrong with it", () => {
  const [binance] = VIEW.providers;
  assert(binance);
  const etherscan = { ...binance, missingKey: "ETHERSCAN_API_KEY" };
  const frozen = { status: FROZEN_BY_OPERATOR, reason: "by hand", at: NOW };
  assertEquals([binance, etherscan, { ...etherscan, frozen }].map(isUnused), [false, true, false]);
});
