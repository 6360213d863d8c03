import { type Kysely, sql, type Transaction } from "kysely";
import type { UtcMs } from "../../kernel/time.ts";
import { utcMsOf } from "../../kernel/time.ts";
import type {
  BaseCurrency,
  LotMethod,
  LotPools,
  LotRule,
  Portfolio,
} from "../../portfolio/portfolio.ts";
import type {
  LedgerScope,
  PortfolioLimits,
  PortfolioSettings,
  PortfolioStore,
} from "../../portfolio/ports.ts";
import type { Database } from "../database.ts";
import { fromUuidColumn, toUuidColumn } from "../uuid_column.ts";
import { takeOwnerTurn } from "./owner_turns.ts";
import { purgePortfolios } from "./portfolio_purge.ts";
import type { PortfolioRow } from "./portfolio_schema.ts";
import type { Schema } from "./schema.ts";

/** Portfolios in either database. */
export class SqlPortfolioStore implements PortfolioStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create(
    portfolio: Portfolio,
    { max, maxWithDeleted }: PortfolioLimits,
  ): Promise<boolean> {
    return await this.#database.transaction(async ({ db }) => {
      await this.#takeTurn(db, portfolio.ownerId);
      const { all, kept } = await countOf(db, portfolio.ownerId);
      if (kept >= max || all >= maxWithDeleted) return false;
      await db.insertInto("portfolios").values({
        id: toUuidColumn(portfolio.id, this.#database.dialect),
        owner_id: portfolio.ownerId,
        ...toSettingsColumns(portfolio),
        ledger_version: portfolio.ledgerVersion,
        created_at: portfolio.createdAt,
        deleted_at: portfolio.deletedAt,
      }).execute();
      return true;
    });
  }

  async list(ownerId: string): Promise<readonly Portfolio[]> {
    const rows = await this.#database.read.selectFrom("portfolios").selectAll()
      .where("owner_id", "=", ownerId).orderBy("created_at").orderBy("id").execute();
    return rows.map(toPortfolio);
  }

  async find({ ownerId, portfolioId }: LedgerScope): Promise<Portfolio | null> {
    const row = await this.#database.read.selectFrom("portfolios").selectAll()
      .where("id", "=", toUuidColumn(portfolioId, this.#database.dialect))
      .where("owner_id", "=", ownerId).executeTakeFirst();
    return row ? toPortfolio(row) : null;
  }

  async countRows({ ownerId, portfolioId }: LedgerScope, max: number): Promise<number> {
    const id = toUuidColumn(portfolioId, this.#database.dialect);
    // By hand, or by one import after the other: rows that are not shown are never gone through.
    const { rows } = await sql<{ rows: number }>`select count(*) as rows from (
      select 1 from portfolios as portfolio
        cross join transactions as row
        where portfolio.id = ${id} and portfolio.owner_id = ${ownerId}
          and row.portfolio_id = ${id} and row.import_id is null
      union all
      select 1 from portfolios as portfolio
        cross join ledger_imports as import
        cross join transactions as row
        where portfolio.id = ${id} and portfolio.owner_id = ${ownerId}
          and import.portfolio_id = ${id} and import.hides_rows = 0
          and row.portfolio_id = ${id} and row.import_id = import.id
      limit ${max}
    ) as found`.execute(this.#database.read);
    return Number(rows[0]?.rows ?? 0);
  }

  async update(
    { ownerId, portfolioId }: LedgerScope,
    settings: Partial<PortfolioSettings>,
  ): Promise<Portfolio | null> {
    return await this.#database.transaction(async ({ db }) => {
      const row = await db.updateTable("portfolios").set(changedColumns(settings))
        .where("id", "=", toUuidColumn(portfolioId, this.#database.dialect))
        .where("owner_id", "=", ownerId).where("deleted_at", "is", null)
        .returningAll().executeTakeFirst();
      return row ? toPortfolio(row) : null;
    });
  }

  async markDeleted({ ownerId, portfolioId }: LedgerScope, at: UtcMs): Promise<Portfolio | null> {
    return await this.#database.transaction(async ({ db }) => {
      const row = await db.updateTable("portfolios").set({ deleted_at: at })
        .where("id", "=", toUuidColumn(portfolioId, this.#database.dialect))
        .where("owner_id", "=", ownerId).where("deleted_at", "is", null)
        .returningAll().executeTakeFirst();
      return row ? toPortfolio(row) : null;
    });
  }

  async restore(
    { ownerId, portfolioId }: LedgerScope,
    { since, max }: { readonly since: UtcMs; readonly max: number },
  ): Promise<Portfolio | false | null> {
    return await this.#database.transaction(async ({ db }) => {
      await this.#takeTurn(db, ownerId);
      const deleted = db.selectFrom("portfolios").select("id")
        .where("id", "=", toUuidColumn(portfolioId, this.#database.dialect))
        .where("owner_id", "=", ownerId).where("deleted_at", ">=", since);
      if (await deleted.executeTakeFirst() === undefined) return null;
      if ((await countOf(db, ownerId)).kept >= max) return false;
      const row = await db.updateTable("portfolios").set({ deleted_at: null })
        .where("id", "in", deleted).returningAll().executeTakeFirst();
      return row ? toPortfolio(row) : null;
    });
  }

  purge(options: { readonly before: UtcMs; readonly limit: number }): Promise<number> {
    return purgePortfolios(this.#database, options);
  }

  async #takeTurn(db: Transaction<Schema>, ownerId: string): Promise<void> {
    await takeOwnerTurn(db, { ownerId, dialect: this.#database.dialect });
  }
}

/** How many portfolios an owner has: all of them, and those that are not deleted. */
async function countOf(
  db: Kysely<Schema>,
  ownerId: string,
): Promise<{ readonly all: number; readonly kept: number }> {
  const { all, deleted } = await db.selectFrom("portfolios")
    .select(({ fn }) => [
      fn.countAll<number>().as("all"),
      fn.count<number>("deleted_at").as("deleted"),
    ])
    .where("owner_id", "=", ownerId).executeTakeFirstOrThrow();
  return { all: Number(all), kept: Number(all) - Number(deleted) };
}

function toSettingsColumns({ name, baseCurrency, rule, rulesByYear }: PortfolioSettings) {
  return {
    name,
    base_currency: baseCurrency,
    lot_method: rule.method,
    lot_pools: rule.pools,
    rules_by_year: JSON.stringify(rulesByYear),
  };
}

function changedColumns({ name, baseCurrency, rule, rulesByYear }: Partial<PortfolioSettings>) {
  return {
    ...name !== undefined && { name },
    ...baseCurrency !== undefined && { base_currency: baseCurrency },
    ...rule !== undefined && { lot_method: rule.method, lot_pools: rule.pools },
    ...rulesByYear !== undefined && { rules_by_year: JSON.stringify(rulesByYear) },
  };
}

/** A row as the portfolio that it is. */
export function toPortfolio(row: PortfolioRow): Portfolio {
  return {
    id: fromUuidColumn(row.id),
    ownerId: row.owner_id,
    name: row.name,
    baseCurrency: row.base_currency as BaseCurrency,
    rule: { method: row.lot_method as LotMethod, pools: row.lot_pools as LotPools },
    rulesByYear: JSON.parse(row.rules_by_year) as Readonly<Record<number, LotRule>>,
    createdAt: utcMsOf(row.created_at),
    deletedAt: row.deleted_at === null ? null : utcMsOf(row.deleted_at),
    ledgerVersion: row.ledger_version,
  };
}
