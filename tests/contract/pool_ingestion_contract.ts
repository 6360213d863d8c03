import { PoolIngestion } from "@/services/defi/pool_ingestion.ts";
import type {
  NormalizedPools,
  PoolProvider,
  PoolStore,
  RawPayload,
} from "@/services/defi/ports.ts";
import { HOUR_MS, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import {
  type Database,
  SqlAuditLog,
  SqlLeaseStore,
  SqlPoolStore,
  SqlRawIngestStore,
} from "@/services/storage/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";
import { samplePool, sampleSnapshot } from "@/tests/unit/defi/pool_sample.ts";
import type { StoreKind, TestStore } from "./stores.ts";

/** Rounds of the story: a jump in the third, which the fourth confirms. */
const TVL_USD = [1e8, 1.1e8, 9e8, 8.9e8] as const;
const POOLS = ["usdc", "dai"].map((address) => samplePool({ poolAddress: `0x${address}` }));
const STEPS = ["upsertPools", "recordSnapshots", "recordQuarantine", "recordFetch"] as const;

class Killed extends Error {}

/** Two pools an hour, each answer with a row that can't be read; keeps its answers as they came. */
class HourlyPools implements PoolProvider {
  readonly name = "hourly";
  readonly targets = ["pools"];
  readonly minFetchMs = HOUR_MS;
  readonly #raw: SqlRawIngestStore;
  readonly #start: UtcMs;

  constructor(raw: SqlRawIngestStore, start: UtcMs) {
    this.#raw = raw;
    this.#start = start;
  }

  async fetchRaw(
    [target = ""]: readonly string[],
    { end }: { end: UtcMs },
  ): Promise<readonly RawPayload[]> {
    const body = { round: Math.floor((end - this.#start) / HOUR_MS) };
    const text = JSON.stringify(body);
    await this.#raw.keep([{
      ...{ provider: this.name, key: target, checksum: text, url: "", status: 200 },
      ...{ body: text, fetchedAt: end, quarantineReason: null },
    }]);
    return [{ key: target, body, fetchedAt: end }];
  }

  normalize([payload]: readonly RawPayload[]): NormalizedPools {
    assert(payload !== undefined);
    const { round } = payload.body as { round: number };
    const snapshots = POOLS.map(({ id: poolId }) => {
      const tvlUsd = TVL_USD[round] ?? NaN;
      const given = { poolId, ts: payload.fetchedAt, source: this.name, tvlUsd };
      const { availableAt: _, ...snapshot } = sampleSnapshot(given);
      return snapshot;
    });
    return { pools: POOLS, snapshots, quarantined: [{ line: 3, reason: `odd in ${round}` }] };
  }
}

/** The store, whose process dies before (even) or after (odd) the step of a number. */
function mortal(store: SqlPoolStore, killAt: number): PoolStore {
  let left = killAt;
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (!STEPS.some((step) => step === name)) return value.bind(target);
      return async (...args: unknown[]) => {
        if (left-- === 0) throw new Killed();
        const answer = await Reflect.apply(value, target, args);
        if (left-- === 0) throw new Killed();
        return answer;
      };
    },
  });
}

/** Everything that ingestion writes, but for when it was written. */
async function dump({ read }: Database): Promise<unknown> {
  const pools = await read.selectFrom("pools").select(["id", "symbol", "reserve_factor"]).orderBy(
    "id",
  )
    .execute();
  const snapshots = await read.selectFrom("pool_snapshots").selectAll()
    .orderBy("pool_id").orderBy("ts").execute();
  const fetches = await read.selectFrom("pool_fetches").selectAll().execute();
  const quarantine = await read.selectFrom("pool_quarantine").selectAll().orderBy("position")
    .execute();
  const raw = await read.selectFrom("raw_ingest").select(["provider", "key", "checksum"])
    .orderBy("checksum").execute();
  return { pools, snapshots, fetches, quarantine, raw };
}

/** Runs the story; the process dies in round `round` at step `killAt`, and another takes over. */
async function tell(
  kit: TestStore,
  { round: fatal, killAt }: { readonly round: number; readonly killAt: number },
): Promise<boolean> {
  const { database, clock } = kit;
  const store = new SqlPoolStore(database, clock);
  const leases = new SqlLeaseStore(database, clock);
  const raw = new SqlRawIngestStore(database);
  const provider = new HourlyPools(raw, clock.now());
  const open = (its: PoolStore) =>
    new PoolIngestion({
      ...{ provider, store: its, leases, clock, owner: "one", log: new RecordingLog() },
      audit: new SqlAuditLog(database, clock),
      timer: new FakeTimer(clock),
    });
  let wasKilled = false;
  for (const round of TVL_USD.keys()) {
    if (round === fatal) {
      wasKilled = await open(mortal(store, killAt)).tick().then(() => false, (error) => {
        assert(error instanceof Killed, String(error));
        return true;
      });
    }
    if (round !== fatal || wasKilled) await open(store).runNow({ actor: "test" });
    clock.advance(HOUR_MS);
  }
  return wasKilled;
}

/** Ingestion that is killed between any two steps comes to the same tables. */
export function testPoolIngestion(kind: StoreKind): void {
  Deno.test({
    name: `PoolIngestion on ${kind.name} comes to the same tables wherever it is killed`,
    ignore: kind.ignore,
    async fn() {
      await using whole = await kind.open();
      await tell(whole, { round: NaN, killAt: NaN });
      const expected = await dump(whole.database);
      for (const round of TVL_USD.keys()) {
        for (let killAt = 0;; killAt++) {
          await using kit = await kind.open();
          if (!await tell(kit, { round, killAt })) break;
          assertEquals(await dump(kit.database), expected, `round ${round}, step ${killAt}`);
          assert(killAt < 20);
        }
      }
    },
  });

  Deno.test({
    name: `PoolIngestion on ${kind.name} holds a jump and believes it with the next reading`,
    ignore: kind.ignore,
    async fn() {
      await using kit = await kind.open();
      const start = kit.clock.now();
      await tell(kit, { round: NaN, killAt: NaN });
      const [pool] = POOLS;
      assert(pool !== undefined);
      const rows = await new SqlPoolStore(kit.database, kit.clock)
        .listSnapshots({ poolId: pool.id, source: "hourly" });
      const hours = rows.map(({ availableAt }) => ((availableAt ?? NaN) - start) / HOUR_MS);
      assertEquals(hours, [0, 1, 3, 3]);
      assertEquals(
        rows.map(({ ts }) => ts),
        [0, 1, 2, 3].map((hour) => utcMsOf(start + hour * HOUR_MS)),
      );
    },
  });
}
