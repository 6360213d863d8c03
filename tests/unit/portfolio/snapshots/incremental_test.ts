import fc from "fast-check";
import { assert, assertEquals } from "@/tests/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "@/services/kernel/time.ts";
import type { Interval } from "@/services/market/mod.ts";
import { historyOfSnapshot, snapshotGrid } from "@/services/portfolio/snapshots/snapshot.ts";
import { ledger, type RowCase } from "../performance/ledger.ts";
import { openKit, portfolio, scope, signal } from "./snapshot_kit.ts";

const START = Date.UTC(2025, 1, 20);
const ASSETS = ["bitcoin", "ethereum"] as const;
const INTERVALS = ["1d", "1h", "5m"] as const;

type Kit = Awaited<ReturnType<typeof openKit>>;

/** Everything that is kept, on the grids of now. */
async function read({ store }: Kit) {
  const state = await store.findState(scope);
  assert(state !== null);
  const kept = [];
  for (const interval of INTERVALS) {
    const grid = snapshotGrid(interval, state);
    const assets = await store.readAssets(scope, { interval, hasAccounts: true });
    for (const asset of assets) {
      const { accounts, ...history } = historyOfSnapshot(asset, grid);
      const held = accounts.filter(({ values }) => values.some((value) => value !== 0))
        .sort((a, b) => a.account < b.account ? -1 : 1);
      const isEmpty = history.values.every((value) => value === 0) && history.events.length === 0;
      if (!isEmpty) kept.push({ interval, ...history, held });
    }
  }
  return kept;
}

const minutes = (most: number) => fc.integer({ min: 0, max: most });

const anyRow = fc.record({
  ago: minutes(100 * 24 * 60),
  action: fc.constantFrom(
    ...["BUY", "BUY", "SELL", "TRANSFER_IN", "TRANSFER_OUT", "STAKING_REWARD", "FEE"],
  ),
  asset: fc.constantFrom(...ASSETS),
  quantity: fc.integer({ min: 1, max: 9 }),
  price: fc.option(fc.integer({ min: 50, max: 200 })),
  account: fc.constantFrom("a", "b"),
});

type Step =
  | { readonly kind: "time"; readonly byMinutes: number }
  | { readonly kind: "row"; readonly row: RowCase }
  | { readonly kind: "drop" }
  | {
    readonly kind: "candles";
    readonly asset: string;
    readonly interval: Interval;
    readonly ago: number;
    readonly closes: readonly (number | null)[];
  };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  minutes(3 * 24 * 60).map((byMinutes): Step => ({ kind: "time", byMinutes: byMinutes + 5 })),
  minutes(90).map((byMinutes): Step => ({ kind: "time", byMinutes: byMinutes + 5 })),
  anyRow.map(({ ago, action, asset, quantity, price, account }): Step => ({
    kind: "row",
    row: [
      new Date(START - ago * MINUTE_MS).toISOString(),
      action as RowCase[1],
      // A fee in money that names no price is one that nobody can value.
      action === "FEE" ? "eur" : asset,
      String(quantity),
      price === null ? null : String(price),
      action === "FEE" ? { account, parent: 0 } : { account },
    ],
  })),
  fc.constant<Step>({ kind: "drop" }),
  fc.record({
    asset: fc.constantFrom(...ASSETS),
    interval: fc.constantFrom<Interval>("1d", "1h", "5m"),
    ago: fc.integer({ min: 0, max: 400 }),
    closes: fc.array(fc.option(fc.integer({ min: 50, max: 200 }), { freq: 5 }), {
      minLength: 1,
      maxLength: 120,
    }),
  }).map((own): Step => ({ kind: "candles", ...own })),
);

const WIDTH: Readonly<Record<string, number>> = {
  "1d": DAY_MS,
  "1h": HOUR_MS,
  "5m": 5 * MINUTE_MS,
};

async function take(opened: Kit, step: Step): Promise<void> {
  const { kit, clock } = opened;
  switch (step.kind) {
    case "time":
      return clock.advance(step.byMinutes * MINUTE_MS);
    case "row": {
      const [row] = ledger([step.row]);
      kit.version++;
      if (row) kit.rows = [...kit.rows, { ...row, id: `${kit.version}` as typeof row.id }];
      return;
    }
    case "drop":
      kit.rows = kit.rows.slice(1);
      kit.version++;
      return;
    default: {
      const width = WIDTH[step.interval] ?? NaN;
      const from = Math.floor(START / width) * width - step.ago * width;
      const { closes, interval, asset: assetId } = step;
      await opened.write({ assetId, interval, closes, from: new Date(from).toISOString() });
    }
  }
}

Deno.test("whatever changes, a rebuild of what changed equals one of everything", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 2, maxLength: 12 }), async (steps) => {
      await using opened = await openKit([
        ["2024-12-01T10:00:00Z", "BUY", "bitcoin", "5", "100"],
        ["2024-12-02T10:00:00Z", "BUY", "ethereum", "5", "100", { account: "b" }],
      ], { now: START });
      const { kit, rebuildWith } = opened;
      const daily = Array.from({ length: 90 }, (_, day) => 100 + day);
      for (const assetId of ASSETS) {
        await opened.write({ assetId, interval: "1d", from: "2024-12-01", closes: daily });
      }
      const rebuild = rebuildWith();
      await rebuild.run(scope, { signal });
      for (const step of steps) {
        await take(opened, step);
        if (kit.rows.length === 0) return;
        await rebuild.run(scope, { signal });
        const grown = await read(opened);
        await rebuild.run(scope, { signal, isWhole: true });
        assertEquals(grown, await read(opened), `after ${JSON.stringify(step)}`);
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("a rebuild that keeps time values nothing beyond what stood, and nothing is lost", async () => {
  await using opened = await openKit([["2025-01-01T12:00:00Z", "BUY", "bitcoin", "1", "100"]]);
  const { kit, rebuildWith, clock, store, service } = opened;
  const closes = Array.from({ length: 20 }, () => 100);
  await opened.write({ assetId: "bitcoin", interval: "1d", from: "2025-01-01", closes });
  const rebuild = rebuildWith();
  await rebuild.run(scope, { signal });
  const before = await store.findState(scope);
  clock.advance(10 * MINUTE_MS);
  kit.rows = [...kit.rows, ...ledger([["2025-01-02T12:00:00Z", "BUY", "bitcoin", "1", "100"]])];
  kit.version = 2;
  await rebuild.run(scope, { signal, keepsTime: true });
  const state = await store.findState(scope);
  assertEquals([state?.until, state?.valuedAt], [before?.until, before?.valuedAt]);
  assertEquals([state?.ledgerVersion, portfolio.ledgerVersion], [2, 1]);
  const { performance, lacks } = await service.getPerformance(scope);
  assertEquals([performance?.value, lacks], [200, ["time"]]);
});

Deno.test("an arrival that pairs with a departure of the day before changes its hours as well", async () => {
  await using opened = await openKit([
    ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "1", "100"],
    ["2025-01-09T01:30:00Z", "TRANSFER_OUT", "bitcoin", "1"],
  ]);
  const { kit, rebuildWith } = opened;
  const closes = Array.from({ length: 240 }, () => 100);
  await opened.write({ assetId: "bitcoin", interval: "1h", from: "2025-01-01", closes });
  const rebuild = rebuildWith();
  await rebuild.run(scope, { signal });
  const arrival: RowCase = [
    ...["2025-01-09T22:30:00Z", "TRANSFER_IN", "bitcoin", "1", null, { account: "b" }] as const,
  ];
  const [first] = ledger([arrival]);
  kit.rows = [...kit.rows, ...first ? [{ ...first, id: "2" as typeof first.id }] : []];
  kit.version = 2;
  await rebuild.run(scope, { signal });
  const grown = await read(opened);
  await rebuild.run(scope, { signal, isWhole: true });
  assertEquals(grown, await read(opened));
});
