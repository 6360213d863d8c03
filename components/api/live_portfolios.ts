import { ClientError, field } from "./client.ts";
import type { StreamEvent } from "./event_stream.ts";
import { LiveStream, type LiveStreamDeps } from "./live_stream.ts";

/** A holding at the price of now, in dollars; `null` where it has no price. */
export interface PositionTick {
  readonly assetId: string;
  readonly valueUsd: number | null;
  /** Fraction of the value of all priced positions. */
  readonly share: number | null;
}

/** What a portfolio is worth now, as its stream or the API tells it. */
export interface PortfolioTick {
  readonly portfolioId: string;
  /** When the server valued it, UTC milliseconds. */
  readonly at: number;
  /** The portfolio's own currency, which `nav` is in. */
  readonly currency: string;
  /** `null` where nothing that is held has a price, or there is no rate from dollars. */
  readonly nav: number | null;
  /** `null` where nothing that is held has a price. */
  readonly navUsd: number | null;
  /** Whether `nav` is the last good one, as the rate drifted. */
  readonly isHeld: boolean;
  readonly unpriced: number;
  /** Grows with each change of the ledger. */
  readonly ledgerVersion: number;
  readonly positions: readonly PositionTick[];
}

export interface PortfolioStreamDeps {
  /** Reads the events of `/portfolio/{id}`, over whatever carries them. */
  readonly readPortfolio: LiveStreamDeps["read"];
  /** The value by request, where no stream holds. */
  readonly fetchPortfolio: (portfolioId: string) => Promise<PortfolioTick>;
}

/** Portfolios followed at a time; more tabs than that see theirs with the next page. */
export const MAX_PORTFOLIO_STREAMS = 4;

/** One stream for each portfolio that some page shows. */
export class PortfolioStreams {
  readonly #deps: LiveStreamDeps & PortfolioStreamDeps;
  readonly #tell: (tick: PortfolioTick) => void;
  readonly #streams = new Map<string, LiveStream>();
  readonly #latest = new Map<string, PortfolioTick>();

  constructor(
    deps: LiveStreamDeps & PortfolioStreamDeps,
    tell: (tick: PortfolioTick) => void,
  ) {
    this.#deps = deps;
    this.#tell = tell;
  }

  streams(): Iterable<LiveStream> {
    return this.#streams.values();
  }

  /** What was told of a portfolio last; `null` before the first. */
  latest(portfolioId: string): PortfolioTick | null {
    return this.#latest.get(portfolioId) ?? null;
  }

  /** Opens what is wanted and closes what is not. */
  update(wanted: ReadonlySet<string>): void {
    for (const [id, stream] of this.#streams) {
      if (wanted.has(id)) continue;
      stream.stop();
      this.#streams.delete(id);
      this.#latest.delete(id);
    }
    for (const id of wanted) {
      if (this.#streams.has(id) || this.#streams.size >= MAX_PORTFOLIO_STREAMS) continue;
      const stream = this.#streamOf(id);
      this.#streams.set(id, stream);
      stream.start();
    }
  }

  #streamOf(id: string): LiveStream {
    return new LiveStream({ ...this.#deps, read: this.#deps.readPortfolio }, {
      path: `/portfolio/${id}`,
      onEvent: (event) => this.#take(id, event),
      // The server tells the value to whoever comes.
      onFresh: () => {},
      onState: () => {},
      poll: async () => this.#spread(id, await this.#deps.fetchPortfolio(id)),
    });
  }

  #take(id: string, { name, data }: StreamEvent): void {
    if (name !== "portfolio_value") return;
    try {
      this.#spread(id, parsePortfolioTick(JSON.parse(data)));
    } catch (error) {
      // What can't be read is left out: the next value replaces it anyway.
      if (!(error instanceof ClientError) && !(error instanceof SyntaxError)) throw error;
    }
  }

  #spread(id: string, tick: PortfolioTick): void {
    // An answer that comes after its page was left.
    if (!this.#streams.has(id)) return;
    this.#latest.set(id, tick);
    this.#tell(tick);
  }
}

/** Reads a `portfolio_value`, or the API's valuation; throws `ClientError` for what is neither. */
export function parsePortfolioTick(value: unknown): PortfolioTick {
  const [portfolioId, currency] = [field(value, "portfolio_id"), field(value, "currency")];
  const positions = field(value, "positions");
  if (typeof portfolioId !== "string" || typeof currency !== "string") {
    throw new ClientError("Cannot read the value: it has no portfolio or currency");
  }
  if (!Array.isArray(positions)) throw new ClientError("Cannot read the value: no positions");
  const at = Date.parse(String(field(value, "at")));
  if (Number.isNaN(at)) throw new ClientError("Cannot read the value: it has no time");
  const [unpriced, ledgerVersion] = [countOf(value, "unpriced"), countOf(value, "ledger_version")];
  return {
    ...{ portfolioId, at, currency, unpriced, ledgerVersion },
    nav: amountOf(field(value, "nav")),
    navUsd: amountOf(field(value, "nav_usd")),
    isHeld: typeof field(value, "held_since") === "string",
    positions: positions.map(positionOf),
  };
}

function countOf(value: unknown, name: string): number {
  const count = amountOf(field(value, name));
  if (count === null) throw new ClientError(`Cannot read the value: it has no ${name}`);
  return count;
}

function positionOf(value: unknown): PositionTick {
  const priceUsd = amountOf(field(value, "price_usd") ?? field(field(value, "price"), "price_usd"));
  const quantity = amountOf(field(value, "quantity"));
  return {
    assetId: String(field(value, "asset_id")),
    valueUsd: priceUsd === null || quantity === null ? null : quantity * priceUsd,
    share: amountOf(field(value, "share")),
  };
}

/** A number, or one as text; `null` for what is none. */
function amountOf(value: unknown): number | null {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}
