import { fixOf, isImportReport, proposalOf } from "@/components/imports/import_report.ts";
import { flowMarks, lineSet, spacedMarks } from "@/components/charts/lines.ts";
import {
  isPartialYear,
  returnLevel,
  yearReturn,
} from "@/routes/portfolio/(_components)/MonthsPanel.tsx";
import { readSettings } from "@/routes/portfolio/(_components)/portfolio_form.ts";
import {
  boundsOf,
  explanationHref,
  methodText,
  portfolioHref,
  readPortfolioView,
} from "@/routes/portfolio/(_components)/portfolio_view.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";

const ID = "01890f3e-7b5a-7cc0-98c4-dc0c0c07398f";

Deno.test("readPortfolioView() keeps what it knows, and portfolioHref() says it again", () => {
  const url = new URL(`http://x/portfolio/${ID}?currency=eur&range=1y&method=hifo&table=nav`);
  const view = readPortfolioView(url, ID);
  assert(view !== null);
  assertEquals(
    portfolioHref(view, "/csv/history#nav"),
    `/portfolio/${ID}/csv/history?currency=EUR&range=1y&method=hifo&table=nav#nav`,
  );
});

Deno.test("readPortfolioView() takes what it does not know for not said", () => {
  const view = readPortfolioView(new URL(`http://x/?currency=XXX&range=9y&method=best`), ID);
  assertEquals([view?.currency, view?.range, view?.method], [null, "all", null]);
  assertEquals(readPortfolioView(new URL("http://x/"), "not-an-id"), null);
});

Deno.test("readPortfolioView() reads any days, and boundsOf() counts the last one whole", () => {
  const read = (query: string) => readPortfolioView(new URL(`http://x/?${query}`), ID);
  const now = utcMsOf(Date.UTC(2024, 0, 1));
  const days = read("range=1y&from=2023-02-01&to=2023-02-28");
  assert(days !== null);
  assertEquals(boundsOf(days, now), {
    from: utcMsOf(Date.UTC(2023, 1, 1)),
    to: utcMsOf(Date.UTC(2023, 2, 1)),
  });
  assertEquals(
    [portfolioHref(days), explanationHref(days, { figure: "twr", now })],
    [
      `/portfolio/${ID}?range=1y&from=2023-02-01&to=2023-02-28`,
      `/api/portfolio/${ID}/explain/twr?from=2023-02-01T00%3A00%3A00Z&to=2023-03-01T00%3A00%3A00Z`,
    ],
  );
  const open = read("from=2023-02-01");
  assertEquals(open && boundsOf(open, now), {
    from: utcMsOf(Date.UTC(2023, 1, 1)),
    to: undefined,
  });
  for (const query of ["from=2023-02-30", "to=tomorrow", "from=2023-03-01&to=2023-02-01"]) {
    const none = read(query);
    assertEquals(none && [none.from, none.to], [null, null], query);
  }
  const year = read("range=1y");
  assertEquals(
    year && explanationHref(year, { figure: "gain", now }),
    `/api/portfolio/${ID}/explain/gain?from=2023-01-01T00%3A00%3A00Z`,
  );
});

function settingsForm(fields: readonly (readonly [string, string])[]): FormData {
  const form = new FormData();
  form.set("name", "Savings");
  for (const [name, value] of fields) form.append(name, value);
  return form;
}

Deno.test("readSettings() reads a rule for each tax year that its line names", () => {
  const form = settingsForm([
    ...[["year", "2024"], ["year_method", "hifo"], ["year_pools", "universal"]] as const,
    ...[["year", " "], ["year_method", "lifo"], ["year_pools", "account"]] as const,
    ...[["year", "2023"], ["year_method", "acb"], ["year_pools", "account"]] as const,
  ]);
  assertEquals(readSettings(form).settings(), {
    ...{ name: "Savings", baseCurrency: "USD", rule: { method: "fifo", pools: "account" } },
    rulesByYear: {
      2023: { method: "acb", pools: "account" },
      2024: { method: "hifo", pools: "universal" },
    },
  });
});

Deno.test("readSettings() refuses years and rules that are none", () => {
  const cases = [
    [[["year", "24"], ["year_method", "hifo"], ["year_pools", "account"]], /tax year "24"/],
    [[["year", "2024"], ["year_method", "best"], ["year_pools", "account"]], /method "best"/],
    [[["year", "2024"], ["year_method", "hifo"]], /pools ""/],
    [[
      ...[["year", "2024"], ["year_method", "hifo"], ["year_pools", "account"]],
      ...[["year", "2024"], ["year_method", "fifo"], ["year_pools", "account"]],
    ], /2024 has two rules/],
  ] as const;
  for (const [fields, pattern] of cases) {
    assertThrows(() => readSettings(settingsForm(fields)).settings(), { pattern });
  }
});

Deno.test("methodText() names the years that have another method, up to three", () => {
  const rule = { method: "fifo", pools: "account" } as const;
  const hifo = { method: "hifo", pools: "account" } as const;
  assertEquals(methodText({ rule, rulesByYear: { 2023: rule, 2024: hifo } }), "FIFO, HIFO in 2024");
  const many = { 2021: hifo, 2022: hifo, 2023: hifo, 2024: hifo };
  assertEquals(methodText({ rule, rulesByYear: many }), "FIFO, others in 4 years");
});

Deno.test("returnLevel() is full at 40 % either way", () => {
  assertEquals([0.4, 2, 0.05, 0, -0.11, -0.9].map(returnLevel), [4, 4, 1, 0, -2, -4]);
});

Deno.test("yearReturn() compounds the months that have a return", () => {
  const month = { year: 2026, isPartial: false };
  const year = yearReturn([
    { ...month, month: 1, timeWeightedReturn: 0.1 },
    { ...month, month: 2, timeWeightedReturn: null },
    { ...month, month: 3, timeWeightedReturn: -0.5 },
  ]);
  assertClose(year ?? NaN, -0.45);
  assertEquals(yearReturn([]), null);
});

Deno.test("isPartialYear() is false for years that a range covers from end to end alone", () => {
  const range = { from: utcMsOf(Date.UTC(2024, 0)), to: utcMsOf(Date.UTC(2025, 11, 31)) };
  assertEquals([2023, 2024, 2025].map((year) => isPartialYear(year, range)), [true, false, true]);
});

Deno.test("flowMarks() sums flows of bars that are drawn as one", () => {
  const values = new Float64Array(1600).fill(1);
  const set = lineSet([{ key: "nav", label: "NAV", values }], {
    ...{ from: 0, barMs: 60_000, unit: "money" },
  });
  const flows = new Float64Array(1600);
  flows[0] = 100;
  flows[1] = 50;
  flows[1599] = -20;
  assertEquals(
    flowMarks(flows, set).map(({ at, sign, text }) => [at, sign, text]),
    [[0, "+", "paid in 150.00"], [799, "\u2212", "taken out 20.00"]],
  );
});

Deno.test("isImportReport() tells a report from a task", () => {
  assertEquals(isImportReport({ id: "x", state: "queued" }), false);
  assertEquals(isImportReport(null), false);
});

Deno.test("proposalOf() reads columns, and nothing from other refusals", () => {
  assertEquals(proposalOf({ reason: "bad_time" }), null);
  assertEquals(proposalOf({ columns: ["Date", 1], proposal: { timestamp: "Date", x: 2 } }), {
    columns: ["Date"],
    proposal: { timestamp: "Date" },
  });
});

Deno.test("fixOf() names the candidates that a row may mean", () => {
  const row = { line: 2, code: "ambiguous_asset", reason: "", candidates: ["a", "b"] };
  assertEquals(fixOf(row), "Choose one of the candidates and write its id: a, b");
});

Deno.test("spacedMarks() draws marks that come too near as one, whose signs may differ", () => {
  const marks = [[0, "+"], [1, "+"], [30, "+"], [31, "-"], [90, "-"]] as const;
  const set = { length: 101, marks: marks.map(([at, sign]) => ({ at, sign, text: "" })) };
  assertEquals(spacedMarks(set, 0.02), [
    { at: 0, sign: "+" },
    { at: 30, sign: "\u00b1" },
    { at: 90, sign: "-" },
  ]);
  assertEquals(spacedMarks({ length: 5 }, 0.02), []);
});
