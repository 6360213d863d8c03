import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { FxImportSession, FxStore } from "@/services/portfolio/fx/fx_ports.ts";
import type { FxRate } from "@/services/portfolio/fx/fx_rate.ts";
import { SqlFxStore, SqlLedgerStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const DAY = 86_400_000;
const at = (day: number) => utcMsOf(day * DAY);

function eod(quote: string, day: number, rate: number): FxRate {
  return { base: "EUR", quote, kind: "eod", source: "ecb", at: at(day), rate };
}

/** What every store of exchange rates must do. */
export function testFxStore(kind: StoreKind): void {
  const test: TestOne = (name, run) =>
    Deno.test({
      name: `FxStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(new SqlFxStore(kit.database, kit.clock), kit);
      },
    });
  testRates(test);
  testImports(test);
  testControls(test);
}

type TestOne = (
  name: string,
  run: (store: FxStore, kit: TestStore) => Promise<void>,
) => void;

function all(store: FxStore, currencies = ["EUR", "USD", "GBP"]) {
  return store.listRates({ currencies, from: at(0), to: at(9_999) });
}

function testRates(test: TestOne): void {
  test("keeps rates once and counts what is new, changed and known", async (store) => {
    const first = [eod("USD", 1, 1.1789), eod("GBP", 1, 0.7111)];
    assertEquals(await store.recordRates(first), { inserted: 2, updated: 0, unchanged: 0 });
    assertEquals(await store.recordRates(first), { inserted: 0, updated: 0, unchanged: 2 });
    const second = [eod("USD", 1, 1.18), eod("GBP", 1, 0.7111), eod("USD", 2, 1.2)];
    assertEquals(await store.recordRates(second), { inserted: 1, updated: 1, unchanged: 1 });
    assertEquals(await all(store), [
      eod("GBP", 1, 0.7111),
      eod("USD", 1, 1.18),
      eod("USD", 2, 1.2),
    ]);
    assertEquals(await store.recordRates([]), { inserted: 0, updated: 0, unchanged: 0 });
  });

  test("takes one rate twice in a write, and keeps sources and kinds apart", async (store) => {
    const rate = eod("USD", 1, 1.1);
    const others = [{ ...rate, source: "frankfurter" }, { ...rate, kind: "intraday" as const }];
    const result = await store.recordRates([rate, ...others, rate]);
    assertEquals(result, { inserted: 3, updated: 0, unchanged: 1 });
    assertEquals((await all(store)).length, 3);
  });

  test("lists the rates between the currencies, both ends included, by time", async (store) => {
    await store.recordRates([3, 1, 2, 4].map((day) => eod("USD", day, day)));
    await store.recordRates([eod("JPY", 2, 130)]);
    const currencies = ["USD", "EUR"];
    const found = await store.listRates({ currencies, from: at(2), to: at(3) });
    assertEquals(found, [eod("USD", 2, 2), eod("USD", 3, 3)]);
    assertEquals(await all(store, ["USD"]), []);
    assertEquals(await all(store, []), []);
  });

  test("refuses a rate of 0, which stands for none", async (store) => {
    await assertRejects(() => store.recordRates([eod("USD", 1, 0)]));
    assertEquals(await all(store), []);
  });

  test(
    "tells readers of the facts that rates are new, and not that they are known",
    async (store, kit) => {
      const before = kit.database.changes.current();
      await store.recordRates([eod("USD", 1, 1.1)]);
      const after = kit.database.changes.current();
      assert(after > before);
      await store.recordRates([eod("USD", 1, 1.1)]);
      assertEquals(kit.database.changes.current(), after);
    },
  );
}

function testImports(test: TestOne): void {
  test("records an import with its sums and refused cells", async (store, kit) => {
    const refused = [{ line: 2, text: "x", reason: "no rate" }, {
      line: 3,
      text: "é",
      reason: "b",
    }];
    const run = async (session: FxImportSession) => {
      await session.write([eod("USD", 1, 1.1), eod("USD", 2, 1.2)]);
      await session.quarantine(refused);
      return { checksum: "ab", days: 2, read: 5, absent: 1 };
    };
    const start = { source: "ecb", origin: "eurofxref.csv" };
    const first = await store.recordImport(start, run);
    assertEquals({ ...first, importId: "" as typeof first.importId }, {
      ...start,
      importId: "" as typeof first.importId,
      checksum: "ab",
      days: 2,
      read: 5,
      inserted: 2,
      updated: 0,
      unchanged: 0,
      absent: 1,
      quarantined: 2,
      startedAt: kit.clock.now(),
      finishedAt: kit.clock.now(),
    });
    assertEquals(
      (await store.listQuarantined(first.importId, 10)).map((row) => ({ ...row })),
      refused,
    );
    kit.clock.advance(1);
    const second = await store.recordImport(start, run);
    assertEquals([second.inserted, second.unchanged], [0, 2]);
    assertEquals(await store.listImports({ limit: 10 }), [second, first]);
  });

  test("keeps nothing of an import that fails", async (store) => {
    const error = await assertRejects(() =>
      store.recordImport({ source: "ecb", origin: "a" }, async (session) => {
        await session.write([eod("USD", 1, 1.1)]);
        throw new Error("cut off");
      })
    );
    assertEquals(error.message, "cut off");
    assertEquals([await all(store), await store.listImports({ limit: 10 })], [[], []]);
  });
}

function testControls(test: TestOne): void {
  test("keeps the last permit of a currency", async (store) => {
    const permit = (until: UtcMs) => ({
      currency: "EUR",
      grantedAt: at(1),
      grantedBy: "owner",
      until,
    });
    await store.recordPermit(permit(at(2)));
    await store.recordPermit({ ...permit(at(2)), currency: "CHF" });
    await store.recordPermit(permit(at(3)));
    const found = await store.listPermits();
    assertEquals(found, [{ ...permit(at(2)), currency: "CHF" }, permit(at(3))]);
  });

  test(
    "keeps the newest good value of a portfolio and currency, to the digit",
    async (store, kit) => {
      const ledger = new SqlLedgerStore(kit.database, kit.clock);
      const portfolioId = await ledger.openDefaultPortfolio("owner");
      const nav = "12345678901234567890.123456789012345678";
      const good = { portfolioId, currency: "EUR", nav, asof: at(5) };
      await store.recordGoodNav(good);
      await store.recordGoodNav({ ...good, nav: "1", asof: at(4) });
      assertEquals(await store.findGoodNav(good), good);
      await store.recordGoodNav({ ...good, nav: "2", asof: at(6) });
      assertEquals((await store.findGoodNav(good))?.nav, "2");
      assertEquals(await store.findGoodNav({ portfolioId, currency: "GBP" }), null);
      const listed = await store.listConverted(["USD", "EUR"]);
      assertEquals(listed, [{ portfolioId, ownerId: "owner", currency: "USD" }]);
      assertEquals(await store.listConverted(["EUR"]), []);
    },
  );
}
