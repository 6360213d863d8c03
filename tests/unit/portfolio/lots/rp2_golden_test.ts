/**
 * The lots of the tax engine rp2 on all of its test ledgers, by four methods. Its convention: one
 * pool of all accounts; fees in the bought asset's cost; rewards are income at their value, fee
 * included; a crypto fee of a sale is sold with it for the same proceeds; the fee of a transfer is
 * disposed of at its value; HIFO and LOFO compare spot prices without fees (`rankBy: "unit_price"`).
 */
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";
import { formatUtcMs, parseUtcMs } from "@/services/kernel/time.ts";
import { type Disposal, type LotRow, matchLots } from "@/services/portfolio/lots.ts";
import { LOT_METHODS } from "@/services/portfolio/portfolio.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { runScript } from "@/tools/cli.ts";
import { LOTS_MATCH } from "@/tools/lots_match.ts";
import { lotRows, type RowFields } from "./lot_rows.ts";

interface GoldenRow {
  readonly kind: "in" | "out" | "move";
  readonly type: string;
  readonly time: string;
  readonly quantity: string;
  readonly spot_price: string;
  readonly fiat_fee: string;
  readonly fiat_in_no_fee: string;
  readonly fiat_in_with_fee: string;
  readonly fiat_out_no_fee: string;
  readonly crypto_fee: string;
}

interface GoldenCase {
  readonly id: string;
  readonly method: string;
  readonly transactions: readonly GoldenRow[];
  readonly expected: {
    readonly realised: readonly {
      readonly quantity: string;
      readonly gain: string;
      readonly event_time: string;
      readonly event_fiat: string;
      readonly lot_time: string | null;
      readonly cost_basis: string | null;
    }[];
    readonly summary_by_year: readonly {
      readonly year: number;
      readonly type: string;
      readonly gain: string;
    }[];
    readonly balances: readonly { readonly final: string }[];
  };
}

const INCOME_TYPES = ["AIRDROP", "HARDFORK", "INTEREST", "MINING", "STAKING", "WAGES"];

function fieldsOf(row: GoldenRow): RowFields[] {
  const at = row.time.replace(/(\.\d{3})\d+/, "$1");
  switch (row.kind) {
    case "in": {
      const { quantity, spot_price: unitPriceUsd } = row;
      if (row.type === "BUY") {
        return [{ at, quantity, value: row.fiat_in_no_fee, fee: row.fiat_fee, unitPriceUsd }];
      }
      return [{ at, action: "INCOME", quantity, value: row.fiat_in_with_fee, unitPriceUsd }];
    }
    case "out": {
      const quantity = String(Number((Number(row.quantity) + Number(row.crypto_fee)).toFixed(8)));
      return [{ at, action: "SELL", quantity, value: row.fiat_out_no_fee }];
    }
    case "move":
      // One pool: only what the network took matters.
      return Number(row.crypto_fee) === 0
        ? []
        : [{ at, action: "FEE", quantity: `-${row.crypto_fee}`, value: row.fiat_fee }];
  }
}

function checkFractions(disposals: readonly Disposal[], { expected }: GoldenCase): void {
  const fractions = expected.realised.filter(({ lot_time }) => lot_time !== null);
  assertEquals(disposals.length, fractions.length);
  for (const [index, fraction] of fractions.entries()) {
    const disposal = disposals[index];
    assert(disposal?.acquired, `fraction ${index} has a lot`);
    assertEquals(disposal.disposed, parseUtcMs(fraction.event_time));
    assertEquals(formatUtcMs(disposal.acquired), fraction.lot_time);
    assertEquals(disposal.quantity, fraction.quantity);
    assertClose(Number(disposal.cost), Number(fraction.cost_basis), 1e-9);
    assertClose(Number(disposal.proceeds), Number(fraction.event_fiat), 1e-9);
    assertClose(Number(disposal.gain), Number(fraction.gain), 1e-9);
  }
}

const url = sharedData("portfolio/rp2_lot_matching.json.gz");

Deno.test({
  name: "matchLots() takes the same lots at the same cost as rp2 on all of its ledgers",
  ignore: url === null,
  fn: async (t) => {
    const cases: readonly GoldenCase[] = url ? JSON.parse(await readSharedText(url)) : [];
    assertEquals(cases.length, 68);
    for (const golden of cases) {
      await t.step(golden.id, async () => {
        const method = LOT_METHODS.find((name) => name === golden.method.toLowerCase());
        assert(method, golden.method);
        const rows = lotRows(golden.transactions.flatMap(fieldsOf));
        const book = matchLots(rows, {
          rule: { method, pools: "universal" },
          rankBy: "unit_price",
        });
        assertEquals(book.problems, []);
        checkFractions(book.disposals, golden);
        const held = golden.expected.balances.reduce((sum, { final }) => sum + Number(final), 0);
        assertClose(book.lots.reduce((sum, { quantity }) => sum + Number(quantity), 0), held, 1e-9);
        checkIncome(book.income.map(({ value }) => value), golden);
        assertEquals(await disposalsOfScript(rows, method), book.disposals.map(shownDisposal));
      });
    }
  },
});

function shownDisposal({ acquired, quantity, cost, proceeds, gain }: Disposal) {
  return [acquired === null ? null : formatUtcMs(acquired), quantity, cost, proceeds, gain];
}

/** The same ledger through `lots:match`, as another program would ask it. */
async function disposalsOfScript(rows: readonly LotRow[], method: string) {
  const transactions = rows.map(({ at, assetId, txHash, unitPriceUsd, parentId, ...row }) => ({
    ...row,
    ...{ timestamp: formatUtcMs(at), asset_id: assetId, unit_price: unitPriceUsd },
    ...{ tx_hash: txHash, parent_id: parentId },
  }));
  const input = { method, scope: "universal", rank_by: "unit_price", transactions };
  const { io, printed } = fakeCliIo(["--json"], { stdin: JSON.stringify(input) });
  assertEquals([await runScript(LOTS_MATCH, io), printed.stderr], [0, ""]);
  const { disposals } = JSON.parse(printed.stdout) as {
    disposals: readonly Record<string, unknown>[];
  };
  return disposals.map((one) => [
    ...[one.acquired, one.quantity, one.cost, one.proceeds, one.gain],
  ]);
}

function checkIncome(values: readonly (string | null)[], { expected }: GoldenCase): void {
  const income = expected.summary_by_year.filter(({ type }) => INCOME_TYPES.includes(type))
    .reduce((sum, { gain }) => sum + Number(gain), 0);
  assertClose(values.reduce((sum, value) => sum + Number(value), 0), income, 1e-9);
}
