import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import type { Uuid } from "../../services/kernel/ids.ts";
import type { UtcMs } from "../../services/kernel/time.ts";
import type {
  HoldingService,
  ImportDesk,
  LedgerScope,
  LedgerService,
  PortfolioService,
  PortfolioWork,
  SnapshotValueService,
  SummaryService,
  WatchlistService,
} from "../../services/portfolio/mod.ts";
import type { MarketService } from "../../services/market/mod.ts";
import type { JobsService } from "../../services/ops/mod.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { IdParam } from "./params.ts";
import { ok, type Reply } from "./reply.ts";
import type { SuccessStatus } from "./endpoint.ts";

export const PORTFOLIO_TAG = "Portfolios";
/** Portfolios change by hand at any moment, and are nobody else's to keep. */
const PRIVATE = { "cache-control": "private, no-store" };

export const PortfolioParams = z.object({ portfolio_id: IdParam });

/** All that has an owner. */
export interface PortfolioParts {
  readonly portfolios: PortfolioService;
  /** What each of an owner's portfolios is worth. */
  readonly summaries: SummaryService;
  readonly ledger: LedgerService;
  /** Lots, performance and all else that is computed from whole ledgers. */
  readonly work: PortfolioWork;
  readonly holdings: HoldingService;
  readonly snapshotValues: SnapshotValueService;
  readonly desk: ImportDesk;
  readonly watchlists: WatchlistService;
  /** Who asks. */
  readonly ownerOf: OwnerOf;
}

export interface PortfolioDeps extends PortfolioParts {
  readonly market: Pick<MarketService, "resolve">;
  readonly jobs: JobsService;
  readonly clock: Clock;
}

/** The id of the user that a request comes from. */
export type OwnerOf = (headers: Headers) => string;

type Asking = { readonly headers: () => Headers };

/** The portfolio of a path, as its owner's: every service refuses it for anybody else. */
export function scopeOf(
  { headers, params }: Asking & { readonly params: { readonly portfolio_id: Uuid } },
  { ownerOf }: Pick<PortfolioParts, "ownerOf">,
): LedgerScope {
  return { ownerId: ownerOf(headers()), portfolioId: params.portfolio_id };
}

/** Answers what belongs to one owner: it is kept nowhere on its way. */
export function answererOf({ clock }: Pick<PortfolioDeps, "clock">) {
  return (
    data: unknown,
    { status, meta, headers }: {
      readonly status?: SuccessStatus;
      readonly meta?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Reply => ok(data, { status, meta, now: clock.now(), headers: { ...PRIVATE, ...headers } });
}
export type Answer = ReturnType<typeof answererOf>;

/** Refuses a range that ends before it begins. */
export function checkOrder(
  { from, to }: { from?: UtcMs | undefined; to?: UtcMs | undefined },
): void {
  if (from === undefined || to === undefined || from < to) return;
  throw new AppError("VALIDATION_FAILED", "Cannot read range: expected from before to", {
    details: { fields: [{ name: "from", message: "Not before to" }] },
  });
}
