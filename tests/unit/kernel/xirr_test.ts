import fc from "fast-check";
import { type CashFlow, xirr } from "@/services/kernel/xirr.ts";
import { DAY_MS, parseUtcMs, type UtcMs, utcMsOf, YEAR_MS } from "@/services/kernel/time.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";

function day(text: string): UtcMs {
  const at = parseUtcMs(text);
  assert(at !== null);
  return at;
}

function flow(text: string, amount: number): CashFlow {
  return { at: day(text), amount };
}

const solved: { name: string; flows: CashFlow[]; rate: number }[] = [
  {
    name: "the check value of the formulas",
    flows: [flow("2025-01-01", -100), flow("2025-07-02", -50), flow("2026-01-01", 160)],
    rate: 0.08026584,
  },
  {
    name: "a doubling in a year, in any order",
    flows: [flow("2026-01-01", 200), flow("2025-01-01", -100)],
    rate: 1,
  },
  { name: "no gain", flows: [flow("2025-01-01", -7), flow("2031-01-01", 7)], rate: 0 },
  {
    name: "a loss of almost everything",
    flows: [flow("2025-01-01", -1e6), flow("2026-01-01", 0.02)],
    rate: 2e-8 - 1,
  },
  {
    name: "a gain of 900,000 %",
    flows: [flow("2025-01-01", -1), flow("2026-01-01", 9001)],
    rate: 9000,
  },
];
for (const { name, flows, rate } of solved) {
  Deno.test(`xirr() solves ${name}`, () => assertClose(xirr(flows), rate, 1e-8));
}

const unsolved: { name: string; flows: CashFlow[] }[] = [
  { name: "no flows", flows: [] },
  { name: "one flow", flows: [flow("2025-01-01", -1)] },
  { name: "flows of one sign", flows: [flow("2025-01-01", -1), flow("2026-01-01", -2)] },
  { name: "flows at one instant", flows: [flow("2025-01-01", -1), flow("2025-01-01", 2)] },
  { name: "rates beyond its range", flows: [flow("2025-01-01", -1), flow("2026-01-01", 20_000)] },
  {
    name: "flows that are worth something at every rate",
    flows: [flow("2025-01-01", 10), flow("2026-01-01", -1), flow("2027-01-01", 10)],
  },
];
for (const { name, flows } of unsolved) {
  Deno.test(`xirr() is null for ${name}`, () => assertEquals(xirr(flows), null));
}

/** From a satoshi to a billion. */
const amounts = fc.tuple(fc.integer({ min: -1_000, max: 1_000 }), fc.integer({ min: -8, max: 6 }))
  .map(([digits, exponent]) => digits * 10 ** exponent);
const someFlows = fc.array(
  fc.record({ day: fc.integer({ min: 0, max: 20_000 }), amount: amounts }),
  { minLength: 2, maxLength: 30, size: "max" },
).map((rows) => rows.map(({ day, amount }) => ({ at: utcMsOf(day * DAY_MS), amount })));

Deno.test("xirr() makes the flows worth nothing, or says that it can't", () => {
  fc.assert(fc.property(someFlows, (flows) => {
    const rate = xirr(flows);
    if (rate === null) return;
    assert(rate >= -0.99999999 - 1e-12 && rate <= 10_000 * (1 + 1e-12), `rate ${rate}`);
    const last = Math.max(...flows.map(({ at }) => at));
    const first = Math.min(...flows.map(({ at }) => at));
    const x = Math.log1p(rate);
    // Discounted to the end at which factors stay below 1, as they would overflow otherwise.
    const from = x < 0 ? last : first;
    const terms = flows.map(({ at, amount }) => amount * Math.exp(-x * (at - from) / YEAR_MS));
    const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
    const worth = terms.reduce((sum, term) => sum + term, 0);
    // Near -100 % neighbouring rates lie far apart in ln(1 + rate), the farther the longer it took.
    const spacing = Number.EPSILON / (1 + rate) * (last - first) / YEAR_MS;
    const slack = (1e-9 + spacing) * size;
    assert(Math.abs(worth) <= slack, `worth ${worth} of ${size} at ${rate}`);
  }));
});

Deno.test("xirr() always solves an investment that pays back later", () => {
  const rates = fc.double({ min: -0.99, max: 9_000, noNaN: true });
  const years = fc.integer({ min: 1, max: 10 });
  fc.assert(fc.property(rates, years, (rate, length) => {
    const flows = [
      { at: utcMsOf(0), amount: -1_000 },
      { at: utcMsOf(length * YEAR_MS), amount: 1_000 * (1 + rate) ** length },
    ];
    assertClose(xirr(flows), rate, 1e-7);
  }));
});
