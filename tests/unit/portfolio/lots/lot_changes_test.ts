import fc from "fast-check";
import { assert, assertEquals } from "@/tests/assert.ts";
import type { AssetId } from "@/services/market/mod.ts";
import {
  LotMatcher,
  type LotOptions,
  type LotPick,
  type LotRow,
  matchLots,
} from "@/services/portfolio/lots.ts";
import { LOT_METHODS, LOT_POOLS, type LotMethod } from "@/services/portfolio/portfolio.ts";
import { idOf, lotRows, type RowFields } from "./lot_rows.ts";

const DAY = 86_400_000;
const START = Date.UTC(2020, 9, 1);
/** Ids that rows may have: few, so that changes meet rows that are there. */
const IDS = 40;

const rule = fc.record({
  method: fc.constantFrom(...LOT_METHODS),
  pools: fc.constantFrom(...LOT_POOLS),
});

/** Amounts with many equal ones, for ties; now and then one that no machine word holds. */
const amount = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 9 }).map((n) => String(n / 2)) },
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 500 }).map((n) => String(n / 100)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 99 }).map((n) => `0.${"0".repeat(17)}${n}`) },
);

const fields = fc.record({
  action: fc.constantFrom<LotRow["action"]>(
    ...["BUY", "BUY", "SELL", "AIRDROP", "FEE", "TRANSFER_OUT", "TRANSFER_IN"] as const,
  ),
  at: fc.integer({ min: 0, max: 200 }).map((half) => START + half * DAY / 2),
  quantity: amount,
  unitPriceUsd: fc.option(amount, { freq: 6 }),
  fee: fc.option(amount, { freq: 2 }),
  account: fc.constantFrom("A", "B", "C"),
  asset: fc.constantFrom("bitcoin", "bitcoin", "bitcoin", "ethereum"),
  txHash: fc.constantFrom(null, null, "x", "y", "z"),
  parent: fc.option(fc.integer({ min: 1, max: IDS }).map(String), { freq: 2 }),
  pick: fc.record({ row: fc.integer({ min: 1, max: IDS }), quantity: amount }),
});

interface Step {
  readonly id: number;
  /** What the row becomes; `null` takes it away. */
  readonly fields: typeof fields extends fc.Arbitrary<infer Fields> ? Fields | null : never;
  /** Whether the book is looked at after it. */
  readonly isLooked: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  id: fc.integer({ min: 1, max: IDS }),
  fields: fc.option(fields, { freq: 5 }),
  isLooked: fc.boolean(),
});

/** The rows and picks of a ledger that steps change. */
class Ledger {
  readonly rows = new Map<string, LotRow>();
  readonly #picks = new Map<string, readonly LotPick[]>();

  /** The row of a step, which is now in the ledger; `null` for one that is gone. */
  apply({ id, fields }: Step): LotRow | null {
    this.rows.delete(idOf(id));
    if (fields === null) return null;
    const { pick, parent, quantity, ...rest } = fields;
    const isFee = rest.action === "FEE";
    const [row] = lotRows([{
      ...rest,
      id: String(id),
      quantity: isFee ? `-${quantity}` : quantity,
      ...isFee && parent !== null && { parent },
    } as RowFields]);
    assert(row);
    this.rows.set(row.id, row);
    this.#picks.set(row.id, [{ rowId: idOf(pick.row), quantity: pick.quantity }]);
    return row;
  }

  readonly picksOf = (id: string) => this.#picks.get(id) ?? [];
}

Deno.test("LotMatcher gives after every change what matching from the beginning gives", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 120, size: "max" }),
      ...[rule, rule, fc.integer({ min: 1, max: 12 })] as const,
      (steps, first, second, checkpointEvery) => {
        const ledger = new Ledger();
        const options: LotOptions = {
          rule: first,
          rulesByYear: { 2021: second },
          picksOf: ledger.picksOf,
          priceOf: (_, at) => at % 3 === 0 ? "2.5" : null,
        };
        const matcher = new LotMatcher([], { ...options, checkpointEvery });
        for (const one of steps) {
          const row = ledger.apply(one);
          if (row) matcher.upsert(row);
          else matcher.remove(idOf(one.id));
          if (one.isLooked) {
            assertEquals(matcher.book(), matchLots([...ledger.rows.values()], options));
          }
        }
        assertEquals(matcher.book(), matchLots([...ledger.rows.values()], options));
      },
    ),
    { numRuns: 400 },
  );
});

/** Trades of one asset, an hour apart; transfers in pairs, every so often. */
function longLedger(count: number): LotRow[] {
  let seed = 5;
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return lotRows(Array.from({ length: count }, (_, index): RowFields => {
    const kind = random();
    const at = START + index * 3_600_000;
    const account = "ABC"[Math.floor(random() * 3)] ?? "";
    const quantity = (random() * 3).toFixed(4);
    const unitPriceUsd = (90 + random() * 20).toFixed(2);
    if (kind < 0.1) {
      return { at, action: "TRANSFER_OUT", quantity: "1.5", account, txHash: `${index}` };
    }
    if (kind < 0.2) return { at, action: "TRANSFER_IN", quantity: "1.5", account };
    const fee = random() < 0.5 ? "0.25" : null;
    return { at, action: kind < 0.5 ? "SELL" : "BUY", quantity, unitPriceUsd, account, fee };
  }));
}

for (const method of LOT_METHODS) {
  for (const pools of LOT_POOLS) {
    Deno.test(`LotMatcher goes back to a checkpoint of 3,000 rows, by ${method} and ${pools}`, () => {
      const rows = longLedger(3_000);
      const options: LotOptions = { rule: { method, pools } };
      const matcher = new LotMatcher(rows, options);
      const before = matcher.book();
      for (const place of [2_990, 1_700, 1_701, 300, 2_999, 0]) {
        const row = rows[place];
        assert(row);
        rows[place] = { ...row, quantity: "0.75", account: "B" };
        matcher.upsert(rows[place]);
        assertEquals(matcher.book(), matchLots(rows, options), `row ${place}`);
      }
      const kept = new Set(before.disposals);
      const fresh = new LotMatcher(longLedger(3_000), options);
      fresh.book();
      const [last] = lotRows([{ id: "late", at: START + 4_000 * 3_600_000, unitPriceUsd: "9" }]);
      assert(last && kept.size > 0);
      const old = fresh.book().disposals;
      fresh.upsert(last);
      assert(fresh.book().disposals.every((one, index) => one === old[index]), "written once");
    });
  }
}

Deno.test("LotMatcher matches in pieces while rows come and go", async () => {
  const rows = longLedger(3_000);
  const rule = { method: "hifo" as LotMethod, pools: "account" as const };
  const matcher = new LotMatcher(rows, { rule });
  let rests = 0;
  await matcher.catchUp(() => {
    const row = rows[rests * 7];
    assert(row);
    if (rests === 0) matcher.remove(rows.splice(2_000, 1)[0]?.id ?? idOf(0));
    else if (rests === 1) matcher.upsert(rows[900] = { ...row, id: rows[900]?.id ?? idOf(0) });
    else if (rests === 4) matcher.bookOf("bitcoin" as AssetId);
    rests++;
    return Promise.resolve();
  });
  assert(rests > 3, `${rests} rests`);
  assertEquals(matcher.book(), matchLots(rows, { rule }));
});

Deno.test("LotMatcher recovers from a row that can't be read once it is gone", () => {
  const rows = longLedger(50);
  const rule = { method: "fifo" as LotMethod, pools: "account" as const };
  const matcher = new LotMatcher(rows, { rule });
  const before = matcher.book();
  const [bad] = lotRows([{ id: "bad", quantity: "1e5" }]);
  assert(bad);
  matcher.upsert(bad);
  for (const _ of [1, 2]) {
    let message = "";
    try {
      matcher.book();
    } catch (error) {
      message = (error as Error).message;
    }
    assertEquals(message, 'Cannot read amount "1e5": expected a plain decimal number');
  }
  matcher.remove(bad.id);
  assertEquals(matcher.book(), before);
});
