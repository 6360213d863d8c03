import { DAY_MS, type UtcMs } from "@/services/kernel/time.ts";
import { lastDays } from "@/services/scores/daily_history.ts";
import type { DailyPanel } from "@/services/scores/daily_panel.ts";
import {
  correlationsOn,
  honestyDays,
  HORIZONS,
  summarizeHonesty,
} from "@/services/scores/honesty.ts";
import { HonestyKeeper } from "@/services/scores/honesty_keeper.ts";
import type { PanelReader, StoredDays } from "@/services/scores/panel_reader.ts";
import { SqlRelationStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { sampleDay, sampleMethod, samplePanel } from "./panel_sample.ts";

const METHOD = sampleMethod();
const DAYS = 340;
const PANEL = samplePanel({ assets: 6, days: DAYS });
/** The first day with the 251 days of history that the method looks at. */
const FIRST = 250;
/** Days with a return 7 days later, of which those with one 30 days later are a part. */
const MEASURED = DAYS - 7 - FIRST;

const storedOf = (panel: DailyPanel, version = 1): StoredDays => ({
  sources: [],
  firstDay: panel.firstDay,
  lastDay: panel.firstDay + (panel.days - 1) * DAY_MS as UtcMs,
  isDemo: false,
  version,
});

/** Keepers over one database, each of a process of its own that reads this panel. */
async function openKeepers() {
  const database = await openTestDatabase();
  const clock = new FakeClock();
  return {
    clock,
    keeperOf(panel: DailyPanel): HonestyKeeper {
      const reader: Pick<PanelReader, "read"> = { read: () => Promise.resolve(panel) };
      return new HonestyKeeper({ reader, store: new SqlRelationStore(database, clock) });
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}

/** The figures as they are by definition, without anything kept. */
function plainly(panel: DailyPanel, to: UtcMs) {
  return HORIZONS.flatMap((horizon) => {
    const days = honestyDays({ first: sampleDay(FIRST), to, horizon });
    const correlations = days.map((day) => {
      const [found] = correlationsOn(panel, { method: METHOD, horizons: [horizon], day });
      return Array.from(found ?? [], (r) => Number.isNaN(r) ? null : r);
    });
    return summarizeHonesty(correlations, { method: METHOD, horizon });
  });
}

function withoutLastDay(panel: DailyPanel): DailyPanel {
  const days = panel.days - 1;
  const assets = panel.assets.map((asset) => ({
    ...asset,
    sources: asset.sources.map((source) => ({
      ...source,
      history: lastDays(source.history, { end: days, days }),
    })),
  }));
  return { ...panel, days, assets };
}

/** The panel with another close on a day. */
function withClose(panel: DailyPanel, { day, close: value }: { day: number; close: number }) {
  const [first, ...others] = panel.assets;
  assert(first);
  const sources = first.sources.map((source) => {
    const { close } = source.history;
    return { ...source, history: { ...source.history, close: close.with(day, value) } };
  });
  return { ...panel, assets: [{ ...first, sources }, ...others] };
}

Deno.test("HonestyKeeper answers as of any day from days that were measured once", async () => {
  await using kit = await openKeepers();
  const keeper = kit.keeperOf(PANEL);
  const stored = storedOf(PANEL);
  assertEquals(await keeper.measure(stored, [METHOD]), MEASURED);
  for (const to of [DAYS - 1, DAYS - 2, 300, FIRST + 7].map(sampleDay)) {
    const found = await keeper.read(METHOD, { stored, to });
    assertEquals([found.rows, found.pending], [plainly(PANEL, to), 0]);
    assertEquals(found.measuredAt, kit.clock.now());
  }
});

Deno.test("HonestyKeeper counts days that are not measured, and says nothing before the first", async () => {
  await using kit = await openKeepers();
  const keeper = kit.keeperOf(PANEL);
  const stored = storedOf(PANEL);
  const before = await keeper.read(METHOD, { stored, to: sampleDay(DAYS - 1) });
  // Of 83 days every seventh, of 60 every thirtieth.
  assertEquals([before.pending, before.measuredAt], [12 + 2, null]);
  assert(before.rows.every(({ n, correlation }) => n === 0 && correlation === null));
  const nothing = await keeper.read(METHOD, null);
  assertEquals([nothing.from, nothing.rows, nothing.pending], [null, [], 0]);
});

Deno.test("HonestyKeeper measures nothing twice, also in another process", async () => {
  await using kit = await openKeepers();
  const keeper = kit.keeperOf(PANEL);
  await keeper.measure(storedOf(PANEL), [METHOD]);
  assertEquals(await keeper.measure(storedOf(PANEL, 2), [METHOD]), 0);
  assertEquals(await kit.keeperOf(PANEL).measure(storedOf(PANEL), [METHOD]), 0);
});

Deno.test("HonestyKeeper measures a new day, and those whose returns are known with it", async () => {
  await using kit = await openKeepers();
  const shorter = withoutLastDay(PANEL);
  await kit.keeperOf(shorter).measure(storedOf(shorter), [METHOD]);
  const keeper = kit.keeperOf(PANEL);
  // The day 7 before the newest, and the day 30 before it.
  assertEquals(await keeper.measure(storedOf(PANEL), [METHOD]), 2);
  const to = sampleDay(DAYS - 1);
  assertEquals(
    (await keeper.read(METHOD, { stored: storedOf(PANEL), to })).rows,
    plainly(PANEL, to),
  );
});

Deno.test("HonestyKeeper measures again what a changed candle may have changed", async () => {
  await using kit = await openKeepers();
  await kit.keeperOf(PANEL).measure(storedOf(PANEL), [METHOD]);
  const changed = withClose(PANEL, { day: 320, close: 3 });
  const keeper = kit.keeperOf(changed);
  // Of 30 days those from 290 to 309, of 7 days those from 313 to 332.
  assertEquals(await keeper.measure(storedOf(changed), [METHOD]), 20 + 20);
  const to = sampleDay(DAYS - 1);
  const found = await keeper.read(METHOD, { stored: storedOf(changed), to });
  assertEquals(found.rows, plainly(changed, to));
});

Deno.test("HonestyKeeper goes on where a run was ended", async () => {
  await using kit = await openKeepers();
  const ended = new AbortController();
  const run = kit.keeperOf(PANEL).measure(storedOf(PANEL), [METHOD], {
    signal: ended.signal,
    onProgress: () => ended.abort(new Error("ended")),
  });
  await assertRejects(() => run, { pattern: /ended/ });
  // 64 days were written before it ended.
  assertEquals(await kit.keeperOf(PANEL).measure(storedOf(PANEL), [METHOD]), MEASURED - 64);
});
