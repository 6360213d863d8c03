import type { Kysely } from "kysely";
import { AppError } from "../../kernel/errors.ts";
import type { Uuid } from "../../kernel/ids.ts";
import { SECOND_MS } from "../../kernel/time.ts";
import type { LedgerScope } from "../../portfolio/ledger/ledger_ports.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";
import { toUuidColumn } from "../uuid_column.ts";
import { applySome } from "./ledger_apply.ts";
import type { Schema } from "./schema.ts";

/** How long a ledger stays claimed by an import that says nothing more, as its process died. */
const CLAIM_MS = 20 * SECOND_MS;
/** A claim is renewed with whatever is written, and by itself after so long. */
const RENEWED_AFTER_MS = 2 * SECOND_MS;
/** How long an import waits for another one of its ledger, and a change by hand for an import. */
export interface ClaimWaits {
  readonly importMs: number;
  readonly handMs: number;
}
export const CLAIM_WAITS: ClaimWaits = { importMs: 60 * SECOND_MS, handMs: 5 * SECOND_MS };
const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 250;

/**
 * The right of an import, or of its undoing, to be the only one that changes a ledger, over all of
 * its transactions. Other ledgers, and readers of this one, never notice.
 */
export class LedgerClaim {
  readonly #deps: ClaimDeps;
  #renewedMs = performance.now();

  private constructor(deps: ClaimDeps) {
    this.#deps = deps;
  }

  /**
   * Claims a ledger once nobody else has it; `begin` is part of the same transaction. Throws
   * `CONFLICT` where another import has it for too long.
   */
  static async take(
    deps: ClaimDeps,
    begin: (db: Kysely<Schema>) => Promise<void>,
  ): Promise<LedgerClaim> {
    const { database, scope, importId, clock } = deps;
    const { dialect } = database;
    await whenUnclaimed(() =>
      database.transaction(async ({ db }) => {
        await lockLedger(db, { database, scope, clock });
        await db.updateTable("portfolios")
          .set({ claim: toUuidColumn(importId, dialect), claimed_until: clock.now() + CLAIM_MS })
          .where("id", "=", toUuidColumn(scope.portfolioId, dialect)).execute();
        await begin(db);
      }), deps.maxWaitMs);
    return new LedgerClaim(deps);
  }

  /** True where nothing renewed it for a while. */
  get isDue(): boolean {
    return performance.now() - this.#renewedMs > RENEWED_AFTER_MS;
  }

  /**
   * Holds the claim for longer, with a transaction of its import; the ledger's version. Throws where
   * the portfolio was deleted, or the claim was lost: nothing of that transaction may then stand.
   */
  async renew(db: Kysely<Schema>): Promise<number> {
    const { database: { dialect }, scope, importId, clock } = this.#deps;
    const held = await db.updateTable("portfolios").set({ claimed_until: clock.now() + CLAIM_MS })
      .where("id", "=", toUuidColumn(scope.portfolioId, dialect))
      .where("owner_id", "=", scope.ownerId).where("deleted_at", "is", null)
      .where("claim", "=", toUuidColumn(importId, dialect))
      .returning("ledger_version").executeTakeFirst();
    if (held === undefined) {
      await requireOwned(db, { database: this.#deps.database, scope });
      throw new AppError(
        "CONFLICT",
        "Cannot go on with the import: it stood still for so long that another change of this " +
          "portfolio took its place; ask for it again",
      );
    }
    this.#renewedMs = performance.now();
    return held.ledger_version;
  }

  /**
   * Gives the ledger back with the transaction that changed it, or did not; its version then. From
   * then on it shows the staged rows of the import if it `hasStaged` any, which `applyAll` writes
   * over its own.
   */
  async end(
    db: Kysely<Schema>,
    { version, isChanged, hasStaged }: {
      readonly version: number;
      readonly isChanged: boolean;
      readonly hasStaged: boolean;
    },
  ): Promise<number> {
    const { database: { dialect }, scope, importId } = this.#deps;
    const ledgerVersion = isChanged ? version + 1 : version;
    const applying = hasStaged ? toUuidColumn(importId, dialect) : null;
    await db.updateTable("portfolios").set({ ledger_version: ledgerVersion, applying })
      .where("id", "=", toUuidColumn(scope.portfolioId, dialect)).execute();
    await this.release(db);
    return ledgerVersion;
  }

  /** Gives the ledger back, with a transaction. */
  async release(db: Kysely<Schema>): Promise<void> {
    const { database: { dialect }, scope, importId } = this.#deps;
    await db.updateTable("portfolios").set({ claim: null, claimed_until: null })
      .where("id", "=", toUuidColumn(scope.portfolioId, dialect))
      .where("claim", "=", toUuidColumn(importId, dialect)).execute();
  }
}

interface ClaimDeps {
  readonly database: Database;
  readonly scope: LedgerScope;
  readonly importId: Uuid;
  readonly clock: Clock;
  /** How long to wait for another import. */
  readonly maxWaitMs: number;
}

/**
 * Keeps other writers of a ledger waiting until the transaction ends, and takes it from an import
 * that died; its version. Throws what `whenUnclaimed` waits on where an import goes on, or not all
 * of its rows are written over.
 */
export async function lockLedger(
  db: Kysely<Schema>,
  { database, scope, clock }: {
    readonly database: Database;
    readonly scope: LedgerScope;
    readonly clock: Clock;
  },
): Promise<number> {
  await requireOwned(db, { database, scope });
  const id = toUuidColumn(scope.portfolioId, database.dialect);
  const freed = await db.updateTable("portfolios").set({ claim: null, claimed_until: null })
    .where("id", "=", id)
    .where((row) => row.or([row("claim", "is", null), row("claimed_until", "<=", clock.now())]))
    .where("applying", "is", null).returning("ledger_version").executeTakeFirst();
  if (freed === undefined) throw new Claimed(() => applySome(database, scope.portfolioId));
  return freed.ledger_version;
}

/**
 * Runs a change of a ledger again until no import has claimed it. Where rows are left to write over
 * it does that, whoever was at it: that ends, as nobody begins anew before.
 */
export async function whenUnclaimed<Result>(
  change: () => Promise<Result>,
  maxWaitMs: number,
): Promise<Result> {
  const startedMs = performance.now();
  for (let waitMs = FIRST_WAIT_MS;; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof Claimed)) throw error;
      if (await error.goOn() > 0) continue;
      if (performance.now() - startedMs > maxWaitMs) {
        throw new AppError(
          "CONFLICT",
          "Cannot change the portfolio: an import into it is under way; wait for its end, or " +
            "cancel it",
          { cause: error },
        );
      }
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

/** Throws `RESOURCE_NOT_FOUND` for a portfolio that is somebody else's, or deleted. */
export async function requireOwned(
  db: Kysely<Schema>,
  { database, scope }: { readonly database: Database; readonly scope: LedgerScope },
): Promise<void> {
  const found = await db.selectFrom("portfolios").select("id")
    .where("id", "=", toUuidColumn(scope.portfolioId, database.dialect))
    .where("owner_id", "=", scope.ownerId).where("deleted_at", "is", null).executeTakeFirst();
  if (!found) throw new AppError("RESOURCE_NOT_FOUND", "Portfolio not found");
}

/** An import has the ledger. */
class Claimed extends Error {
  /** Writes over some of the rows that are left; how many. */
  readonly goOn: () => Promise<number>;

  constructor(goOn: () => Promise<number>) {
    super("An import into the portfolio is under way");
    this.goOn = goOn;
  }
}
