import type { AuditLog } from "@/services/ports/audit.ts";
import { SqlAuditLog } from "@/services/storage/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const THAW = { actor: "owner", action: "provider.thaw", subject: "etherscan", details: {} };

/** What every audit log must do. */
export function testAuditLog(kind: StoreKind): void {
  function test(name: string, run: (audit: AuditLog, kit: TestStore) => Promise<void>) {
    Deno.test({
      name: `AuditLog on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(new SqlAuditLog(kit.database, kit.clock), kit);
      },
    });
  }

  test("keeps who did what to what and when, for every process", async (audit, kit) => {
    const details = { outcome: "refused", reason: "It's not frozen", notes: [1, null, "é"] };
    const entry = await audit.record({ ...THAW, details });
    assertEquals(entry, { ...THAW, details, id: entry.id, at: kit.clock.now() });
    await using other = await kit.openAgain();
    assertEquals(await new SqlAuditLog(other, kit.clock).list({ limit: 10 }), [entry]);
  });

  test("lists the newest first, page by page", async (audit, kit) => {
    for (const subject of ["a", "b", "c", "d", "e"]) {
      // Some in one millisecond, some apart.
      if (subject === "c") kit.clock.advance(1);
      await audit.record({ ...THAW, subject });
    }
    const first = await audit.list({ limit: 3 });
    assertEquals(first.map(({ subject }) => subject), ["e", "d", "c"]);
    const before = first.at(-1)?.id ?? "";
    const second = await audit.list({ limit: 3, before });
    assertEquals(second.map(({ subject }) => subject), ["b", "a"]);
  });

  test("gives no more than its own limit of a page", async (audit) => {
    for (let at = 0; at < 501; at++) await audit.record(THAW);
    assertEquals((await audit.list({ limit: 1_000_000 })).length, 500);
  });
}
