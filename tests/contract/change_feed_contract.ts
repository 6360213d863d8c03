import type { AssetId } from "@/services/market/assets.ts";
import { type Database, SqlCandleStore } from "@/services/storage/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const KEY = { assetId: "bitcoin" as AssetId, interval: "1d", source: "file" } as const;

async function writeClose(database: Database, kit: TestStore, close: number): Promise<void> {
  await new SqlCandleStore(database, kit.clock).upsertCandles(
    KEY,
    columnsOf([{ openTime: 0, close }]),
  );
}

/** Resolves at the next change that `database` tells of. */
function nextChange(database: Database): Promise<void> {
  return new Promise((resolve) => {
    const stop = database.changes.subscribe(() => {
      stop();
      resolve();
    });
  });
}

/** What every change feed of a database must do. */
export function testChangeFeed(kind: StoreKind): void {
  function test(name: string, run: (kit: TestStore) => Promise<void>) {
    Deno.test({
      name: `ChangeFeed on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(kit);
      },
    });
  }

  test("grows with each change of its own process at once", async (kit) => {
    const seen = [kit.database.changes.current()];
    for (const close of [1, 2, 3]) {
      await writeClose(kit.database, kit, close);
      seen.push(kit.database.changes.current());
    }
    assert(seen.every((version, at) => at === 0 || version > (seen[at - 1] ?? version)), `${seen}`);
  });

  test("never gives a number again after the database was opened anew", async (kit) => {
    await writeClose(kit.database, kit, 1);
    const version = kit.database.changes.current();
    const again = await kit.openAgain();
    try {
      assertEquals(again.changes.current(), version);
      await writeClose(again, kit, 2);
      assert(again.changes.current() > version);
    } finally {
      await again.close();
    }
  });

  test("tells of changes by another handle", async (kit) => {
    const other = await kit.openAgain();
    try {
      const told = nextChange(kit.database);
      await writeClose(other, kit, 1);
      await told;
      assertEquals(kit.database.changes.current(), other.changes.current());
    } finally {
      await other.close();
    }
  });

  test("tells every listener, also after one that throws, and none that left", async (kit) => {
    const heard: string[] = [];
    const { changes } = kit.database;
    const onError = (event: Event) => event.preventDefault();
    globalThis.addEventListener("error", onError);
    try {
      changes.subscribe(() => {
        throw new Error("a listener's own mistake");
      });
      changes.subscribe(() => heard.push("stays"));
      changes.subscribe(() => heard.push("leaves"))();
      await writeClose(kit.database, kit, 1);
      assertEquals(heard, ["stays"]);
    } finally {
      globalThis.removeEventListener("error", onError);
    }
  });
}
