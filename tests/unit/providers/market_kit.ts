import { utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/assets.ts";
import type { FeedEvent, TimeRange } from "@/services/market/ports.ts";
import type { Markets } from "@/services/providers/markets.ts";
import type { TickSource } from "@/services/providers/tick_source.ts";

/** Markets of just these assets. */
export function marketsFrom(names: Readonly<Record<string, string>>): Markets {
  const entries = Object.entries(names).map(([id, market]) => [id as AssetId, market] as const);
  const byAsset = new Map(entries);
  const byMarket = new Map(entries.map(([id, market]) => [market, id]));
  return {
    marketOf: (assetId) => byAsset.get(assetId) ?? null,
    assetOf: (market) => byMarket.get(market) ?? null,
  };
}

export function rangeOf(from: number, to: number): TimeRange {
  return { from: utcMsOf(from), to: utcMsOf(to) };
}

/** A stream that keeps what it was asked for and says nothing. */
export class SilentStream implements TickSource {
  readonly asked: (readonly AssetId[])[] = [];

  ticks(assetIds: readonly AssetId[]): AsyncIterable<FeedEvent> {
    this.asked.push(assetIds);
    return nothing();
  }
}

async function* nothing(): AsyncGenerator<FeedEvent> {}

/** Everything that the events of a feed say, in their order. */
export async function collect(events: AsyncIterable<FeedEvent>): Promise<readonly FeedEvent[]> {
  const all: FeedEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
