import { errorMessage } from "../../kernel/errors.ts";
import type { Uuid } from "../../kernel/ids.ts";
import { HOUR_MS, SECOND_MS } from "../../kernel/time.ts";
import type { Clock, Log } from "../../ports/mod.ts";
import type { LedgerScope } from "../ledger/ledger_ports.ts";
import type { SnapshotFreshness } from "./freshness.ts";
import type { PortfolioWork } from "../work/portfolio_work.ts";
import type { RebuildOptions, RebuildResult, RebuildWork } from "./snapshot_rebuild.ts";
import type { SnapshotStore } from "./snapshot_ports.ts";

/** What is valued in the act that changes a ledger: some tenths of a second of work at most. */
export const AT_ONCE: RebuildWork = { cells: 150_000, rows: 5_000 };
/** Snapshots that end earlier are brought up to the present with the change. */
const KEEPS_TIME_MS = HOUR_MS;
/**
 * How far snapshots that nobody reads may be behind. Those of large ledgers cost much to bring up,
 * and lose nothing until the five-minute values of a day no longer reach back to where they end.
 */
const MAX_BEHIND_MS = HOUR_MS;
const MAX_LARGE_BEHIND_MS = 12 * HOUR_MS;
/** A portfolio is asked for no more often than this. */
const ASK_PACE_MS = 2 * SECOND_MS;

export interface SnapshotKeeperDeps {
  readonly store: Pick<SnapshotStore, "findState" | "listStates">;
  readonly work: Pick<PortfolioWork, "rebuild">;
  readonly freshness: SnapshotFreshness;
  /** Whether a ledger is large. */
  readonly isLarge: (scope: LedgerScope) => Promise<boolean>;
  /** Has a job rebuild a portfolio's snapshots; one that waits stands for all who ask. */
  readonly enqueue: (scope: LedgerScope) => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What became of the portfolios that were behind; the rest waits for the next time. */
export interface AdvanceResult {
  readonly behind: number;
  readonly advanced: number;
  readonly failed: number;
}

/**
 * Has snapshots made where they are behind: of a small ledger in the act that changes it, of a
 * large one, and of changed prices and rates, by a job; as time passes by a job, too. Reading never
 * makes any.
 */
export class SnapshotKeeper {
  readonly #deps: SnapshotKeeperDeps;
  readonly #asked = new Map<Uuid, number>();

  constructor(deps: SnapshotKeeperDeps) {
    this.#deps = deps;
  }

  /** Rebuilds, as a job does. */
  async run(scope: LedgerScope, options: RebuildOptions): Promise<RebuildResult> {
    const result = await this.#deps.work.rebuild(scope, options);
    if (result.outcome !== "too_large") this.#asked.delete(scope.portfolioId);
    return result;
  }

  /** Follows a change of a ledger, at once if that is little work. Never throws: a job does it. */
  async follow(scope: LedgerScope, signal: AbortSignal): Promise<void> {
    const { store, clock, log } = this.#deps;
    try {
      const state = await store.findState(scope);
      const keepsTime = state !== null && clock.now() - state.until < KEEPS_TIME_MS;
      const { outcome } = await this.run(scope, { signal, keepsTime, limit: AT_ONCE });
      if (outcome !== "too_large") return;
    } catch (error) {
      log.warn("Cannot follow a change of a ledger at once, a job will", {
        reason: errorMessage(error),
      });
    }
    await this.ask(scope);
  }

  /** Asks for a rebuild in the background; readers may do so as often as they like. */
  async ask(scope: LedgerScope): Promise<void> {
    const { clock, enqueue, log } = this.#deps;
    const { portfolioId } = scope;
    const now = clock.now();
    if (now - (this.#asked.get(portfolioId) ?? -Infinity) < ASK_PACE_MS) return;
    for (const [id, at] of this.#asked) if (now - at >= ASK_PACE_MS) this.#asked.delete(id);
    this.#asked.set(portfolioId, now);
    try {
      await enqueue(scope);
    } catch (error) {
      this.#asked.delete(portfolioId);
      log.warn("Cannot ask for snapshots, next try at the next look", {
        reason: errorMessage(error),
      });
    }
  }

  /**
   * Brings snapshots up to the present that nobody asks for, one portfolio after the other, those
   * that are the farthest behind first, and begins no other once the time is used up.
   */
  async advance(
    { signal, budgetMs }: { readonly signal: AbortSignal; readonly budgetMs: number },
  ): Promise<AdvanceResult> {
    const { clock, log } = this.#deps;
    const behind = await this.#listBehind();
    const end = clock.now() + budgetMs;
    const result = { behind: behind.length, advanced: 0, failed: 0 };
    for (const scope of behind) {
      signal.throwIfAborted();
      if (clock.now() >= end) break;
      try {
        await this.run(scope, { signal });
        result.advanced++;
      } catch (error) {
        signal.throwIfAborted();
        result.failed++;
        log.warn("Cannot bring snapshots up to the present, a job of their own will", {
          ...{ portfolio: scope.portfolioId, reason: errorMessage(error) },
        });
        await this.ask(scope);
      }
    }
    return result;
  }

  /** Those whose rows changed unseen, or that time has left behind, the farthest first. */
  async #listBehind(): Promise<readonly LedgerScope[]> {
    const { store, clock, isLarge } = this.#deps;
    const behind: { readonly scope: LedgerScope; readonly until: number }[] = [];
    for (const { portfolio, state } of await store.listStates()) {
      const scope = { ownerId: portfolio.ownerId, portfolioId: portfolio.id };
      const until = state === null || state.ledgerVersion < portfolio.ledgerVersion
        ? -Infinity
        : state.until;
      const ageMs = clock.now() - until;
      if (ageMs < MAX_BEHIND_MS) continue;
      if (ageMs < MAX_LARGE_BEHIND_MS && await isLarge(scope)) continue;
      behind.push({ scope, until });
    }
    return behind.sort((a, b) => a.until - b.until).map(({ scope }) => scope);
  }

  /** Asks for every portfolio whose rows, prices or rates changed; how many. */
  async askForChanged(): Promise<number> {
    const { store, freshness } = this.#deps;
    let asked = 0;
    for (const { portfolio, state } of await store.listStates()) {
      const lacks = state === null ? ["rows"] : await freshness.lacksOf(portfolio, state);
      if (lacks.every((lack) => lack === "time")) continue;
      await this.ask({ ownerId: portfolio.ownerId, portfolioId: portfolio.id });
      asked++;
    }
    return asked;
  }
}
