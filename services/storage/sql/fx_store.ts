import { sql } from "kysely";
import { type Uuid, UuidFactory } from "../../kernel/ids.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type {
  ConvertedPortfolio,
  FxImport,
  FxImportOutcome,
  FxImportSession,
  FxPermit,
  FxStore,
  FxWriteResult,
  GoodNav,
  RefusedFxCell,
} from "../../portfolio/fx/fx_ports.ts";
import type { CurrencyCode, FxRate } from "../../portfolio/fx/fx_rate.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";
import { fromUuidColumn, toUuidColumn } from "../uuid_column.ts";
import { FxImportWriter } from "./fx_import_writer.ts";
import { writeFxRates } from "./fx_rates_writer.ts";
import type { FxTables } from "./fx_schema.ts";

const PAGE_LIMIT = 500;
const QUARANTINE_LIMIT = 10_000;

/** Exchange rates in either database. */
export class SqlFxStore implements FxStore {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #ids: UuidFactory;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#ids = new UuidFactory(() => clock.now());
  }

  async recordRates(rates: readonly FxRate[]): Promise<FxWriteResult> {
    if (rates.length === 0) return { inserted: 0, updated: 0, unchanged: 0 };
    const at = this.#clock.now();
    return await this.#database.transaction((write) => writeFxRates(write, { rates, at }));
  }

  recordImport(
    start: { readonly source: string; readonly origin: string },
    work: (session: FxImportSession) => Promise<FxImportOutcome>,
  ): Promise<FxImport> {
    return this.#database.transaction(async (write) => {
      const writer = new FxImportWriter(write, {
        dialect: this.#database.dialect,
        importId: this.#ids.next(),
        clock: this.#clock,
      });
      await writer.begin(start);
      return toImport(await writer.finish(await work(writer)));
    });
  }

  async listImports({ limit }: { readonly limit: number }): Promise<readonly FxImport[]> {
    const rows = await this.#database.read.selectFrom("fx_imports").selectAll()
      .orderBy("id", "desc").limit(Math.min(limit, PAGE_LIMIT)).execute();
    return rows.map(toImport);
  }

  async listQuarantined(importId: Uuid, limit: number): Promise<readonly RefusedFxCell[]> {
    return await this.#database.read.selectFrom("fx_quarantine").select(["line", "text", "reason"])
      .where("import_id", "=", toUuidColumn(importId, this.#database.dialect))
      .orderBy("position").limit(Math.min(limit, QUARANTINE_LIMIT)).execute();
  }

  async listRates({ currencies, from, to }: {
    readonly currencies: readonly CurrencyCode[];
    readonly from: UtcMs;
    readonly to: UtcMs;
  }): Promise<readonly FxRate[]> {
    if (currencies.length === 0) return [];
    const rows = await this.#database.read.selectFrom("fx_rates")
      .select(["base", "quote", "kind", "source", "at", "rate"])
      .where("base", "in", currencies).where("quote", "in", currencies)
      .where("kind", "in", ["intraday", "eod"])
      .where("at", ">=", from).where("at", "<=", to)
      .orderBy("at").orderBy("base").orderBy("quote").orderBy("kind").orderBy("source")
      .execute();
    return rows.map((row) => ({ ...row, at: row.at as UtcMs }));
  }

  async recordPermit({ currency, grantedAt, grantedBy, until }: FxPermit): Promise<void> {
    const grant = { granted_at: grantedAt, granted_by: grantedBy, until };
    await this.#database.transaction(async (write) => {
      await write.db.insertInto("fx_permits").values({ currency, ...grant })
        .onConflict((conflict) => conflict.column("currency").doUpdateSet(grant)).execute();
      write.touch("fx");
    });
  }

  async listPermits(): Promise<readonly FxPermit[]> {
    const rows = await this.#database.read.selectFrom("fx_permits").selectAll()
      .orderBy("currency").execute();
    return rows.map((row) => ({
      currency: row.currency,
      grantedAt: utcMsOf(row.granted_at),
      grantedBy: row.granted_by,
      until: utcMsOf(row.until),
    }));
  }

  async listConverted(
    currencies: readonly CurrencyCode[],
  ): Promise<readonly ConvertedPortfolio[]> {
    const rows = await this.#database.read.selectFrom("portfolios")
      .select(["id", "owner_id", "base_currency"])
      .where("base_currency", "in", currencies).where("deleted_at", "is", null)
      .orderBy("id").execute();
    return rows.map((row) => ({
      portfolioId: fromUuidColumn(row.id),
      ownerId: row.owner_id,
      currency: row.base_currency,
    }));
  }

  async recordGoodNav({ portfolioId, currency, nav, asof }: GoodNav): Promise<void> {
    const row = { portfolio_id: this.#idOf(portfolioId), currency, nav, asof };
    await this.#database.transaction(({ db }) =>
      db.insertInto("fx_good_navs").values(row).onConflict((conflict) =>
        conflict.columns(["portfolio_id", "currency"]).doUpdateSet({ nav, asof })
          .where(sql<boolean>`fx_good_navs.asof <= ${asof}`)
      ).execute()
    );
  }

  async findGoodNav(
    { portfolioId, currency }: { readonly portfolioId: Uuid; readonly currency: CurrencyCode },
  ): Promise<GoodNav | null> {
    const row = await this.#database.read.selectFrom("fx_good_navs").select(["nav", "asof"])
      .where("portfolio_id", "=", this.#idOf(portfolioId))
      .where("currency", "=", currency).executeTakeFirst();
    return row ? { portfolioId, currency, nav: row.nav, asof: utcMsOf(row.asof) } : null;
  }

  #idOf(id: Uuid) {
    return toUuidColumn(id, this.#database.dialect);
  }
}

function toImport(row: FxTables["fx_imports"]): FxImport {
  return {
    importId: fromUuidColumn(row.id),
    source: row.source,
    origin: row.origin,
    checksum: row.checksum,
    days: row.days,
    read: row.cells_read,
    inserted: row.inserted,
    updated: row.updated,
    unchanged: row.unchanged,
    absent: row.absent,
    quarantined: row.quarantined,
    startedAt: utcMsOf(row.started_at),
    finishedAt: row.finished_at === null ? null : utcMsOf(row.finished_at),
  };
}
