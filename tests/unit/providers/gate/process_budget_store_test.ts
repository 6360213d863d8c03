import { utcMsOf } from "@/services/kernel/time.ts";
import type { BudgetOwner } from "@/services/providers/gate/budget_store.ts";
import { ProcessBudgetStore } from "@/services/providers/gate/process_budget_store.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { MemoryProviderState } from "./gate_kit.ts";

const NOW = utcMsOf(Date.UTC(2026, 0, 15));
const MONTHLY: BudgetOwner = {
  provider: "coingecko",
  limits: [{ window: "month", limit: 10_000, burst: 100 }],
};
/** A quarter of the burst is 25; the most that is ever reserved is 20. */
const RESERVE = 20;

async function open(records: MemoryProviderState) {
  const log = new RecordingLog();
  const store = new ProcessBudgetStore({ records, log });
  store.load(await records.list());
  const take = (cost = 1, now = NOW) => store.take(MONTHLY, { cost, share: 1, now });
  const spent = () => store.counts(MONTHLY.provider)[0]?.spent ?? 0;
  return { store, log, take, spent };
}

Deno.test("ProcessBudgetStore grants a burst and writes far less often than it grants", async () => {
  const records = new MemoryProviderState();
  const { take } = await open(records);
  for (let call = 0; call < 100; call++) assert((await take()).isGranted);
  assert(!(await take()).isGranted);
  assert(records.writes <= 12, `${records.writes}`);
});

Deno.test("ProcessBudgetStore goes on after a stop from what was really spent", async () => {
  const records = new MemoryProviderState();
  const first = await open(records);
  for (let call = 0; call < 7; call++) await first.take();
  await first.store.stop();
  const second = await open(records);
  await second.take();
  assertEquals(second.spent(), 8);
});

for (const calls of [1, 9, 10, 11, 33, 64]) {
  Deno.test(`ProcessBudgetStore loses at most its reserve by a crash after ${calls} calls`, async () => {
    const records = new MemoryProviderState();
    const first = await open(records);
    for (let call = 0; call < calls; call++) await first.take();
    const second = await open(records);
    await second.take();
    const counted = second.spent() - 1;
    assert(counted >= calls && counted <= calls + RESERVE, `${counted}`);
  });
}

Deno.test("ProcessBudgetStore never grants what is not covered by what was saved", async () => {
  const records = new MemoryProviderState();
  const { take, spent, log } = await open(records);
  await take();
  records.isBroken = true;
  const grants: boolean[] = [];
  for (let call = 0; call < 40; call++) grants.push((await take()).isGranted);
  assertEquals(spent(), RESERVE);
  assertEquals(grants.filter(Boolean).length, RESERVE - 1);
  assertEquals((await take()).retryAt, utcMsOf(NOW + 1_000));
  assert(log.lines.some(({ level }) => level === "error"));
  records.isBroken = false;
  assert((await take()).isGranted);
});
