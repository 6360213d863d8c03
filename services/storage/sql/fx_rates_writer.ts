import type { FxRate } from "../../portfolio/fx/fx_rate.ts";
import type { FxWriteResult } from "../../portfolio/fx/fx_ports.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { WriteTransaction } from "../database.ts";

/** Rows of one statement, within the number of parameters that both databases take. */
const ROWS_AT_ONCE = 2_000;

/** Writes rates that are new or changed and counts what each of the given ones was. */
export async function writeFxRates(
  write: WriteTransaction,
  { rates, at }: { readonly rates: readonly FxRate[]; readonly at: UtcMs },
): Promise<FxWriteResult> {
  const sum = { inserted: 0, updated: 0, unchanged: 0 };
  for (let start = 0; start < rates.length; start += ROWS_AT_ONCE) {
    const result = await writeSome(write, { rates: rates.slice(start, start + ROWS_AT_ONCE), at });
    sum.inserted += result.inserted;
    sum.updated += result.updated;
    sum.unchanged += result.unchanged;
  }
  if (sum.inserted + sum.updated > 0) write.touch("fx", sum.inserted);
  return sum;
}

async function writeSome(
  write: WriteTransaction,
  { rates, at }: { readonly rates: readonly FxRate[]; readonly at: UtcMs },
): Promise<FxWriteResult> {
  const known = await findKnown(write, rates);
  const changed = new Map<string, FxRate>();
  const sum = { inserted: 0, updated: 0, unchanged: 0 };
  for (const rate of rates) {
    const key = keyOf(rate);
    const before = known.get(key);
    if (before === rate.rate) {
      sum.unchanged++;
      continue;
    }
    sum[before === undefined ? "inserted" : "updated"]++;
    known.set(key, rate.rate);
    changed.set(key, rate);
  }
  if (changed.size > 0) await upsert(write, { rates: [...changed.values()], at });
  return sum;
}

/** The stored rates of every pair, source and time that the given ones name. */
async function findKnown(
  { db }: WriteTransaction,
  rates: readonly FxRate[],
): Promise<Map<string, number>> {
  const rows = await db.selectFrom("fx_rates").select([
    "base",
    "quote",
    "kind",
    "source",
    "at",
    "rate",
  ])
    .where("base", "in", distinct(rates, "base"))
    .where("quote", "in", distinct(rates, "quote"))
    .where("kind", "in", distinct(rates, "kind"))
    .where("source", "in", distinct(rates, "source"))
    .where("at", ">=", Math.min(...rates.map(({ at }) => at)))
    .where("at", "<=", Math.max(...rates.map(({ at }) => at)))
    .execute();
  return new Map(rows.map((row) => [keyOf(row), row.rate]));
}

async function upsert(
  { db }: WriteTransaction,
  { rates, at: ingestedAt }: { readonly rates: readonly FxRate[]; readonly at: UtcMs },
): Promise<void> {
  const rows = rates.map(({ base, quote, kind, source, at, rate }) => ({
    base,
    quote,
    kind,
    source,
    at,
    rate,
    ingested_at: ingestedAt,
  }));
  await db.insertInto("fx_rates").values(rows).onConflict((conflict) =>
    conflict.columns(["base", "quote", "kind", "source", "at"]).doUpdateSet((eb) => ({
      rate: eb.ref("excluded.rate"),
      ingested_at: eb.ref("excluded.ingested_at"),
    }))
  ).execute();
}

function keyOf(
  { base, quote, kind, source, at }: Omit<FxRate, "rate" | "at"> & { readonly at: number },
): string {
  return `${base} ${quote} ${kind} ${source} ${at}`;
}

function distinct<Name extends keyof FxRate>(
  rates: readonly FxRate[],
  name: Name,
): readonly FxRate[Name][] {
  return [...new Set(rates.map((rate) => rate[name]))];
}
