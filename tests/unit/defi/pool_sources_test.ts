import type { StoredSnapshot } from "@/services/defi/pool.ts";
import { rankSources } from "@/services/defi/pool_sources.ts";
import { assertEquals } from "@/tests/assert.ts";
import { sampleDay, sampleDays, samplePool } from "./pool_sample.ts";

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

Deno.test("rankSources() gives each source the kinks that any of them told, made-up ones apart", () => {
  const found = ranked({
    a: moving(3, { kink: null }),
    b: moving(2),
    mock: moving(1, { kink: 0.5 }),
  });
  const kinkOf = (name: string) => found.find((one) => one.name === name)?.history.kink.at(-1);
  assertEquals([kinkOf("a"), kinkOf("mock")], [0.92, 0.5]);
});

function flagged(count: number): readonly StoredSnapshot[] {
  return moving(count, { flags: { isStale: true, isFrozen: false, isPaused: false } });
}
