import { SECOND_MS } from "@/services/kernel/time.ts";
import type { LeaseStore } from "@/services/ports/leases.ts";
import { SqlLeaseStore } from "@/services/storage/mod.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const LEASE_MS = 10 * SECOND_MS;
const A = { owner: "a", leaseMs: LEASE_MS };
const B = { owner: "b", leaseMs: LEASE_MS };

/** What every lease store must do. */
export function testLeaseStore(kind: StoreKind): void {
  function test(name: string, run: (leases: LeaseStore, kit: TestStore) => Promise<void>) {
    Deno.test({
      name: `LeaseStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(new SqlLeaseStore(kit.database, kit.clock), kit);
      },
    });
  }

  test("gives a lease to one owner at a time, by name", async (leases) => {
    assertEquals(await leases.acquire("feed", A), true);
    assertEquals(await leases.acquire("feed", B), false);
    assertEquals(await leases.acquire("cron", B), true);
  });

  test(
    "lets its owner extend a lease, and another take it when it is over",
    async (leases, kit) => {
      await leases.acquire("feed", A);
      kit.clock.advance(LEASE_MS - 1);
      assertEquals(await leases.acquire("feed", B), false);
      assertEquals(await leases.acquire("feed", A), true);
      kit.clock.advance(LEASE_MS - 1);
      assertEquals(await leases.acquire("feed", B), false);
      kit.clock.advance(1);
      assertEquals(await leases.acquire("feed", B), true);
      assertEquals(await leases.acquire("feed", A), false);
    },
  );

  test("lets nobody but its owner give a lease up", async (leases) => {
    await leases.acquire("feed", A);
    await leases.release("feed", "b");
    assertEquals(await leases.acquire("feed", B), false);
    await leases.release("feed", "a");
    assertEquals(await leases.acquire("feed", B), true);
    await leases.release("feed", "a");
    assertEquals(await leases.acquire("feed", A), false);
  });

  test("gives one of many who ask at once the lease", async (leases, { clock, openAgain }) => {
    await using other = await openAgain();
    const stores = [leases, new SqlLeaseStore(other, clock)];
    const asked = stores.flatMap((store, at) =>
      ["a", "b", "c", "d"].map((name) =>
        store.acquire("feed", { owner: `${at}${name}`, leaseMs: LEASE_MS })
      )
    );
    assertEquals((await Promise.all(asked)).filter(Boolean).length, 1);
  });

  test("refuses a lease without a length", async (leases) => {
    await assertRejects(() => leases.acquire("feed", { owner: "a", leaseMs: 0 }), {
      type: RangeError,
    });
  });
}
