import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { type LotRow, matchLots } from "@/services/portfolio/lots.ts";
import { formatPicks, parsePicks } from "@/services/portfolio/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { lotRows } from "./lots/lot_rows.ts";

const LOT = uuidOfMoment(1, "lot");

Deno.test("parsePicks() reads the lots that formatPicks() wrote", () => {
  const picks = [{ rowId: LOT, quantity: "0.5" }, { rowId: uuidOfMoment(2, "lot"), quantity: "2" }];
  assertEquals(parsePicks(formatPicks(picks)), picks);
  assertEquals(parsePicks("  "), []);
});

for (const text of ["foo:1", LOT, `${LOT}:some`, `${LOT}:-1`, `${LOT}:0`, "3"]) {
  Deno.test(`a sale that names the lot "${text}" takes the oldest, and says so`, () => {
    const rows: readonly LotRow[] = lotRows([
      { unitPriceUsd: "10" },
      { unitPriceUsd: "20" },
      { action: "SELL", unitPriceUsd: "30" },
    ]);
    const { disposals, problems } = matchLots(rows, {
      rule: { method: "specid", pools: "account" },
      picksOf: () => parsePicks(text),
    });
    assertEquals(disposals.map(({ cost }) => cost), ["10"]);
    assertEquals(problems.map(({ code, message }) => [code, message.includes(text)]), [
      ["PICK_UNAVAILABLE", true],
    ]);
  });
}
