import { SqlPaidRunStore } from "@/services/storage/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import type { StoreKind } from "./stores.ts";

/** What every store of paid runs must do. */
export function testPaidRunStore(kind: StoreKind): void {
  Deno.test({
    name: `PaidRunStore on ${kind.name} keeps one run of each target until it is forgotten`,
    ignore: kind.ignore,
    async fn() {
      await using kit = await kind.open();
      const store = new SqlPaidRunStore(kit.database, kit.clock);
      const seven = { provider: "dune", target: "query/7" };
      const eight = { ...seven, target: "query/8" };
      const run = (id: string | null) => ({ id, startedAt: kit.clock.now() });
      assertEquals(await store.findRun(seven), null);
      await store.recordRun(seven, null);
      assertEquals(await store.findRun(seven), run(null));
      await store.recordRun(seven, "E1");
      await store.recordRun(eight, "E2");
      await store.recordRun(seven, "E3");
      await using other = await kit.openAgain();
      const again = new SqlPaidRunStore(other, kit.clock);
      assertEquals([await again.findRun(seven), await again.findRun(eight)], [
        run("E3"),
        run("E2"),
      ]);
      await again.forgetRun(seven);
      await again.forgetRun(seven);
      assertEquals([await store.findRun(seven), await store.findRun(eight)], [null, run("E2")]);
    },
  });
}
