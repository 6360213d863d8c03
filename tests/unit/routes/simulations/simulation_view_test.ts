import {
  isUntidy,
  parseSimulationView,
  problemsOf,
  resultHref,
  shareHref,
  simulationHref,
} from "@/routes/simulations/(_components)/simulation_view.ts";
import { AppError } from "@/services/kernel/errors.ts";
import { DAY_MS } from "@/services/kernel/time.ts";
import { assertEquals } from "@/tests/assert.ts";
import { sampleDay } from "../../defi/pool_sample.ts";
import { sampleSimulated } from "../../defi/autopilot/pools_sample.ts";

const view = (search: string) =>
  parseSimulationView(new URL(`http://localhost/simulations/autopilot${search}`));

Deno.test("parseSimulationView() takes fields left blank for defaults", () => {
  const { values, problems, query } = view("?capital=&start=++&max_weight=0.5");
  assertEquals([values, problems], [{ max_weight: "0.5" }, {}]);
  assertEquals(query?.maxWeight, 0.5);
  assertEquals(query?.capitalUsd, undefined);
});

Deno.test("parseSimulationView() keeps what can't be read, with what was expected", () => {
  const { values, problems, query } = view("?max_weight=3&start=soon&fee_bps=1&fee_bps=2");
  assertEquals(values, { start: "soon", max_weight: "3", fee_bps: "1,2" });
  assertEquals(problems, {
    start: "Expected a day such as 2026-01-31",
    max_weight: "Expected a number from 0.01 to 1",
    fee_bps: "Given more than once",
  });
  assertEquals(query, null);
});

Deno.test("parseSimulationView() tells large limits with their thousands apart", () => {
  const { problems } = view("?capital=0&gas_usd=20000");
  assertEquals(problems, {
    capital: "Expected a number from 1 to 1,000,000,000,000",
    gas_usd: "Expected a number from 0 to 10,000",
  });
});

Deno.test("parseSimulationView() takes a list given several times as one", () => {
  assertEquals(view("?assets=USDC&assets=DAI,GHO").query?.assets, ["USDC", "DAI", "GHO"]);
});

Deno.test("parseSimulationView() takes other views than it has for the usual one", () => {
  const { table, shown, page, isStopped } = view("?table=luck&shown=x&page=-3&run=yes");
  assertEquals([table, shown, page, isStopped], [null, "all", 1, false]);
});

Deno.test("isUntidy() finds blank fields and lists in parts, and nothing in what is tidy", () => {
  const untidy = (search: string) => isUntidy(new URL(`http://localhost/${search}`));
  assertEquals(["?capital=", "?capital=1&start=", "?assets=A&assets=B"].map(untidy), [
    ...[true, true, true],
  ]);
  assertEquals(["", "?capital=1&assets=A", "?capital=1&capital=2"].map(untidy), [
    ...[false, false, false],
  ]);
  assertEquals(untidy(simulationHref(view("?capital=&assets=A&assets=B")).slice(1)), false);
});

Deno.test("simulationHref() holds the rules and the view, but no default", () => {
  const asked = view("?capital=500&table=growth&shown=done&page=2");
  assertEquals(
    simulationHref(asked, { hash: "decisions" }),
    "/simulations/autopilot?capital=500&table=growth&shown=done&page=2#decisions",
  );
  assertEquals(resultHref(asked, "/run"), "/simulations/autopilot/run?capital=500");
  assertEquals(simulationHref(view("")), "/simulations/autopilot");
});

Deno.test("shareHref() spells out every rule, and reads back as the same", () => {
  const found = sampleSimulated({ cooldownMs: 2 * DAY_MS, start: sampleDay(1) });
  const href = shareHref({ ...found, scope: { ...found.scope, assets: ["USDC", "DAI"] } });
  const { query, problems } = parseSimulationView(new URL(href, "http://localhost"));
  assertEquals(problems, {});
  assertEquals([query?.start, query?.cooldownHours, query?.assets], [
    sampleDay(1),
    48,
    ["USDC", "DAI"],
  ]);
  assertEquals(Object.values(query ?? {}).filter((value) => value === undefined).length, 2);
});

Deno.test("problemsOf() reads the fields of a refusal, and of nothing else", () => {
  const details = { fields: [{ name: "assets", message: "No pool has x" }, { name: "page" }] };
  const refused = new AppError("VALIDATION_FAILED", "Cannot simulate", { details });
  assertEquals(problemsOf(refused), { assets: "No pool has x" });
  assertEquals(problemsOf(new AppError("UNAVAILABLE", "Busy", { details })), null);
  assertEquals(problemsOf(new Error("x")), null);
});
