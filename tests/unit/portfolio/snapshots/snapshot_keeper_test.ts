import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "@/services/kernel/time.ts";
import { ledger, type RowCase } from "../performance/ledger.ts";
import { NOW, openKit, portfolio, scope, signal } from "./snapshot_kit.ts";

const BUY: RowCase = ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "1", "100"];

async function openPriced() {
  const opened = await openKit([BUY]);
  const closes = Array.from({ length: 12 }, () => 120);
  await opened.write({ assetId: "bitcoin", interval: "1d", from: "2025-01-01", closes });
  return opened;
}

Deno.test("SnapshotKeeper.follow() values a small ledger at once and asks nobody", async () => {
  await using opened = await openPriced();
  const { keeper, service, queued } = opened;
  await keeper.follow(scope, signal);
  const { status, performance } = await service.getPerformance(scope);
  assertEquals([status, performance?.value, queued], ["current", 120, []]);
});

Deno.test("SnapshotKeeper.follow() leaves a large ledger to a job", async () => {
  await using opened = await openPriced();
  const { keeper, service, queued, kit } = opened;
  kit.rows = ledger(Array.from({ length: 5_001 }, () => BUY));
  await keeper.follow(scope, signal);
  assertEquals(queued, [portfolio.id]);
  assertEquals((await service.getPerformance(scope)).status, "pending");
});

Deno.test("SnapshotKeeper.follow() never throws: a job does what could not be done", async () => {
  await using opened = await openPriced();
  const { keeper, queued } = opened;
  await keeper.follow(scope, AbortSignal.abort(new Error("The process stops")));
  assertEquals(queued, [portfolio.id]);
});

Deno.test("SnapshotKeeper.follow() brings snapshots that are hours old up to the present", async () => {
  await using opened = await openPriced();
  const { keeper, clock, store, kit } = opened;
  await keeper.follow(scope, signal);
  const untilOf = async () => Number((await store.findState(scope))?.until);
  const first = await untilOf();
  clock.advance(10 * MINUTE_MS);
  kit.version++;
  await keeper.follow(scope, signal);
  assertEquals(await untilOf(), first);
  clock.advance(2 * HOUR_MS);
  kit.version++;
  await keeper.follow(scope, signal);
  assertEquals(await untilOf() - first, 2 * HOUR_MS + 10 * MINUTE_MS);
});

Deno.test("SnapshotKeeper.ask() asks once for many who ask, and again later", async () => {
  await using opened = await openPriced();
  const { keeper, clock, queued } = opened;
  for (let reader = 0; reader < 5; reader++) await keeper.ask(scope);
  assertEquals(queued.length, 1);
  clock.advance(3_000);
  await keeper.ask(scope);
  assertEquals(queued.length, 2);
});

Deno.test("SnapshotKeeper.askForChanged() asks where candles changed, not where time passed", async () => {
  await using opened = await openPriced();
  const { keeper, clock, queued } = opened;
  await keeper.follow(scope, signal);
  clock.advance(DAY_MS);
  assertEquals([await keeper.askForChanged(), queued.length], [0, 0]);
  await opened.write({ assetId: "bitcoin", interval: "1d", from: "2025-01-05", closes: [130] });
  assertEquals([await keeper.askForChanged(), queued.length], [1, 1]);
  // What is not held changes nothing.
  await keeper.follow(scope, signal);
  await opened.write({ assetId: "ethereum", interval: "1d", from: "2025-01-05", closes: [130] });
  assertEquals(await keeper.askForChanged(), 0);
});

Deno.test("SnapshotKeeper.advance() brings up what nobody asked for, and leaves what is current", async () => {
  await using opened = await openPriced();
  const { keeper, clock, store, kit } = opened;
  const advance = (budgetMs = 1_000) => keeper.advance({ signal, budgetMs });
  assertEquals(await advance(), { behind: 1, advanced: 1, failed: 0 }, "nothing was made yet");
  clock.advance(HOUR_MS - 1);
  assertEquals(await advance(), { behind: 0, advanced: 0, failed: 0 });
  clock.advance(1);
  assertEquals(await advance(0), { behind: 1, advanced: 0, failed: 0 }, "no time");
  assertEquals(await advance(), { behind: 1, advanced: 1, failed: 0 });
  assertEquals((await store.findState(scope))?.until, NOW + HOUR_MS);
  kit.isLarge = true;
  clock.advance(12 * HOUR_MS - 1);
  assertEquals(await advance(), { behind: 0, advanced: 0, failed: 0 }, "large ones less often");
  clock.advance(1);
  assertEquals(await advance(), { behind: 1, advanced: 1, failed: 0 });
});

Deno.test("SnapshotKeeper.advance() leaves what fails to a job of its own, and ends when told", async () => {
  await using opened = await openPriced();
  const { keeper, queued, kit } = opened;
  kit.rows = kit.rows.map((row) => ({ ...row, quantity: "no number" }));
  const result = await keeper.advance({ signal, budgetMs: 1_000 });
  assertEquals(result, { behind: 1, advanced: 0, failed: 1 });
  assertEquals(queued.length, 1);
  const stopped = AbortSignal.abort(new Error("Enough"));
  await assertRejects(() => keeper.advance({ signal: stopped, budgetMs: 1_000 }), {
    pattern: /^Enough$/,
  });
});
