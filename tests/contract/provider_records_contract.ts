import { utcMsOf } from "@/services/kernel/time.ts";
import type { RawAnswer } from "@/services/ports/provider_records.ts";
import { SqlProviderStateStore, SqlRawIngestStore } from "@/services/storage/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const ANSWER: RawAnswer = {
  provider: "binance",
  key: "klines/BTCUSDT/5m/0",
  checksum: "a".repeat(64),
  url: "https://api.binance.com/api/v3/klines",
  status: 200,
  body: '[["é", 1.10]]',
  fetchedAt: utcMsOf(1_000),
  quarantineReason: null,
};

/** What the stores of providers must do: their state, and the answers as they came. */
export function testProviderRecords(kind: StoreKind): void {
  testState(testerOf("ProviderStateStore", kind));
  testRawAnswers(testerOf("RawAnswerStore", kind));
}

type Tester = (name: string, run: (kit: TestStore) => Promise<void>) => void;

function testerOf(port: string, kind: StoreKind): Tester {
  return (name, run) =>
    Deno.test({
      name: `${port} on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(kit);
      },
    });
}

function testState(test: Tester): void {
  test("keeps budgets and control apart, the latest of each", async (kit) => {
    const store = new SqlProviderStateStore(kit.database, kit.clock);
    assertEquals(await store.list(), []);
    await store.saveBudgets("binance", { minute: { spent: 1 } });
    await store.saveControl("binance", { held_open: true });
    await store.saveBudgets("binance", { minute: { spent: 2 } });
    await store.saveControl("coinbase", { held_open: false });
    await using reopened = await kit.openAgain();
    assertEquals(await new SqlProviderStateStore(reopened, kit.clock).list(), [
      {
        provider: "binance",
        budgets: { minute: { spent: 2 } },
        control: { held_open: true },
      },
      { provider: "coinbase", budgets: null, control: { held_open: false } },
    ]);
  });
}

function testRawAnswers(test: Tester): void {
  test("keeps a body once for its provider and key", async (kit) => {
    const store = new SqlRawIngestStore(kit.database);
    const again = { ...ANSWER, fetchedAt: utcMsOf(2_000), quarantineReason: "no such column" };
    const other = { ...ANSWER, key: "klines/ETHUSDT/5m/0" };
    assertEquals(await store.keep([ANSWER, other]), 2);
    assertEquals(await store.keep([again]), 0);
    assertEquals(await store.find(ANSWER), again);
    assertEquals(await store.find(other), other);
    assertEquals(await store.find({ ...ANSWER, checksum: "b".repeat(64) }), null);
  });

  test("lists what was quarantined, newest first", async (kit) => {
    const store = new SqlRawIngestStore(kit.database);
    const bad = [1, 2, 3].map((at) => ({
      ...ANSWER,
      key: `${at}`,
      fetchedAt: utcMsOf(at),
      quarantineReason: "garbage",
    }));
    await store.keep([ANSWER, ...bad]);
    const listed = await store.listQuarantined(2);
    assertEquals(listed, [bad[2], bad[1]].filter((answer) => answer !== undefined));
  });

  test("prunes what was not seen since, in more than one step", async (kit) => {
    const store = new SqlRawIngestStore(kit.database);
    const many = Array.from({ length: 1_050 }, (_, at) => ({ ...ANSWER, key: `${at}` }));
    await store.keep(many);
    await store.keep([{ ...ANSWER, key: "0", fetchedAt: utcMsOf(5_000) }]);
    const maxBytes = 1_000_000;
    assertEquals(await store.prune({ before: utcMsOf(1_000), maxBytes }), 0);
    assertEquals(await store.prune({ before: utcMsOf(5_000), maxBytes }), 1_049);
    assertEquals((await store.find({ ...ANSWER, key: "0" }))?.fetchedAt, utcMsOf(5_000));
  });

  test("prunes the oldest of what takes too much room", async (kit) => {
    const store = new SqlRawIngestStore(kit.database);
    const answers = [1, 2, 3, 4].map((at) => ({ ...ANSWER, key: `${at}`, fetchedAt: utcMsOf(at) }));
    await store.keep(answers);
    const { size } = await new Response(
      new Blob([ANSWER.body]).stream().pipeThrough(new CompressionStream("gzip")),
    ).blob();
    const before = utcMsOf(0);
    assertEquals(await store.prune({ before, maxBytes: 4 * size }), 0);
    assertEquals(await store.prune({ before, maxBytes: 3 * size - 1 }), 2);
    const left = await Promise.all(answers.map((answer) => store.find(answer)));
    assertEquals(left.map((answer) => answer?.key), [undefined, undefined, "3", "4"]);
  });
}
