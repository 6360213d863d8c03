import fc from "fast-check";
import type { StoredSnapshot } from "@/services/defi/pool.ts";
import { rankSources, sourcesAt } from "@/services/defi/pool_sources.ts";
import { assertEquals } from "@/tests/assert.ts";
import { sampleDay, sampleDays, samplePool, sampleSnapshot } from "./pool_sample.ts";

const moving = (count: number, given: Partial<StoredSnapshot> = {}) =>
  sampleDays(
    Array.from({ length: count }, (_, day) => ({ supplyApy: 0.04 + day / 1e4, ...given })),
  );
/** Readings that move for some days and then repeat the last of them. */
const frozen = (count: number, { from }: { readonly from: number }) =>
  sampleDays(
    Array.from({ length: count }, (_, day) => ({ supplyApy: 0.04 + Math.min(day, from) / 1e4 })),
  );

function ranked(sources: Readonly<Record<string, readonly StoredSnapshot[]>>) {
  return rankSources(samplePool(), new Map(Object.entries(sources)));
}

Deno.test("rankSources() takes a source that moves before a newer one that stands still", () => {
  const found = ranked({ snapshots: frozen(30, { from: 9 }), means: moving(20) });
  assertEquals(found.map(({ name, newestAt, staleSince }) => ({ name, newestAt, staleSince })), [
    { name: "means", newestAt: sampleDay(19), staleSince: null },
    { name: "snapshots", newestAt: sampleDay(29), staleSince: sampleDay(9) },
  ]);
  assertEquals(found[0]?.history.length, 20);
});

Deno.test("rankSources() goes on with a source that stood still once it moves again", () => {
  const again = [...frozen(29, { from: 9 }), ...moving(30).slice(29)];
  assertEquals(ranked({ again, means: moving(20) })[0]?.name, "again");
});

const CASES = [
  { name: "the newest of several that move", sources: { a: moving(5), b: moving(9) }, first: "b" },
  { name: "the first by name of equals", sources: { b: moving(5), a: moving(5) }, first: "a" },
  {
    name: "the newest where all are marked as old",
    sources: { a: flagged(5), b: flagged(9) },
    first: "b",
  },
  {
    name: "one that counts before one that is held",
    sources: { a: moving(9, { availableAt: null }), b: moving(2) },
    first: "b",
  },
];
for (const { name, sources, first } of CASES) {
  Deno.test(`rankSources() takes ${name}`, () => {
    assertEquals(ranked(sources)[0]?.name, first);
  });
}

Deno.test("rankSources() counts what is held, and dates nothing by it", () => {
  const [only] = ranked({ a: moving(3, { availableAt: null }) });
  assertEquals([only?.held, only?.newestAt, only?.staleSince], [3, null, null]);
});

Deno.test("rankSources() gives each source the kinks that any of them told", () => {
  const found = ranked({ a: moving(3, { kink: null }), b: moving(2) });
  assertEquals(found.map(({ name, history }) => [name, history.kink.at(-1)]), [
    ["a", 0.92],
    ["b", 0.92],
  ]);
});

/** Readings that move, one each half day from a day on. */
const begun = (count: number, { on }: { readonly on: number }) =>
  Array.from(
    { length: count },
    (_, index) => sampleSnapshot({ ts: sampleDay(on + index / 2), supplyApy: 0.05 + index / 1e4 }),
  );

const NEWCOMERS = [
  { name: "waits beside one that goes on", new: begun(6, { on: 18 }), first: "old" },
  { name: "is used once it has seven readings", new: begun(7, { on: 17 }), first: "new" },
  { name: "is used once the other fell silent", new: begun(3, { on: 20 }), first: "new" },
  { name: "is used where the other had just begun too", new: begun(2, { on: 19 }), old: 1 },
];
for (const { name, new: rows, first = "new", old = 20 } of NEWCOMERS) {
  Deno.test(`rankSources(): a source that has just begun ${name}`, () => {
    // The old source's newest reading is of day 19.
    const before = moving(20).slice(-old);
    assertEquals(ranked({ old: before, new: rows })[0]?.name, first);
  });
}

Deno.test("rankSources(): a source that begins again waits until hardly one of its readings is old", () => {
  // Still from day 9 to 12, so that two of twenty are old, and from day 4 to 18: thirteen are.
  const still = (from: number, to: number) => [
    ...frozen(to + 1, { from }),
    ...moving(20).slice(to + 1),
  ];
  const steady = moving(19);
  assertEquals(ranked({ steady, blip: still(9, 12) })[0]?.name, "blip");
  assertEquals(ranked({ steady, long: still(4, 18) })[0]?.name, "steady");
});

Deno.test("sourcesAt() chooses as the rows of that day tell, and knows of none that came later", () => {
  const sources = ranked({ early: moving(12), later: begun(60, { on: 10 }) });
  assertEquals(sources.map(({ name }) => name), ["later", "early"]);
  const [only, ...others] = sourcesAt(sources, sampleDay(9));
  assertEquals([only?.name, only?.newestAt, others], ["early", sampleDay(9), []]);
  assertEquals(sourcesAt(sources, sampleDay(10.5)).map(({ name, newestAt }) => [name, newestAt]), [
    ["early", sampleDay(10)],
    ["later", sampleDay(10.5)],
  ]);
  assertEquals(sourcesAt(sources, sampleDay(-1)), []);
});

Deno.test("sourcesAt() says what rankSources() said then, whatever was learned later", () => {
  const reading = fc.record({
    at: fc.nat({ max: 40 }),
    delay: fc.nat({ max: 9 }),
    supplyApy: fc.constantFrom(0.04, 0.05, 0.06),
  });
  const rowsOf = (readings: readonly { at: number; delay: number; supplyApy: number }[]) =>
    readings.map(({ at, delay, supplyApy }) => {
      const [ts, ingestedAt] = [sampleDay(at / 2), sampleDay((at + delay) / 2)];
      return sampleSnapshot({ ts, ingestedAt, supplyApy, kink: null });
    });
  const source = fc.uniqueArray(reading, { maxLength: 30, selector: ({ at }) => at }).map(rowsOf);
  const cut = fc.nat({ max: 50 }).map((half) => sampleDay(half / 2));
  fc.assert(fc.property(fc.tuple(source, source, source), cut, ([a, b, c], at) => {
    const known = (rows: readonly StoredSnapshot[]) =>
      rows.filter(({ ingestedAt }) => ingestedAt <= at);
    const told = Object.entries({ a, b, c }).map(([name, rows]) => [name, known(rows)] as const)
      .filter(([, rows]) => rows.length > 0);
    assertEquals(sourcesAt(ranked({ a, b, c }), at), ranked(Object.fromEntries(told)));
  }));
});

function flagged(count: number): readonly StoredSnapshot[] {
  return moving(count, { flags: { isStale: true, isFrozen: false, isPaused: false } });
}
