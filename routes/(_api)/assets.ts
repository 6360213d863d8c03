import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import { formatUtcMs } from "../../services/kernel/time.ts";
import {
  type Asset as AssetModel,
  type MarketService,
  MAX_CANDLES,
  type SeriesProvenance,
} from "../../services/market/mod.ts";
import type { Clock } from "../../services/ports/mod.ts";
import { candlesToJson } from "./candle_json.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { AssetName, NOTHING, RANGE_SHAPE, readRange, wholeNumber } from "./params.ts";
import { bare, nextLink, ok } from "./reply.ts";
import { Asset, Candle, Series } from "./schemas.ts";

const tag = "Assets";
const MAX_ASSETS = 500;
const AssetParams = z.object({ asset_id: AssetName });

interface AssetDeps {
  readonly market: MarketService;
  readonly clock: Clock;
}

export function assetEndpoints(deps: AssetDeps): readonly Endpoint[] {
  return [candles(deps), assetList(deps), assetDetail(deps)];
}

function candles({ market }: AssetDeps): Endpoint {
  return endpoint({
    path: "/assets/{asset_id}/candles",
    tag,
    summary: "Candles of an asset, ascending",
    description: "One answer stands on one source. Coarser intervals are derived from finer " +
      `stored ones of the same source. At most ${MAX_CANDLES} points; beyond, a Link header ` +
      "leads to the next page. Without start: the newest points.",
    params: AssetParams,
    query: z.object(RANGE_SHAPE),
    response: z.array(Candle),
    isBare: true,
    refusals: [404, 409],
    async handle({ params, query: { start, end, ...query }, url }) {
      const range = readRange({ start, end });
      const page = await market.getCandles(params.asset_id, { ...query, ...range });
      const { version, nextFrom } = page;
      const headers = nextFrom === null ? {} : nextLink(url, { start: String(nextFrom) });
      return bare(candlesToJson(page), { version, headers });
    },
  });
}

function assetList({ market, clock }: AssetDeps): Endpoint {
  return endpoint({
    path: "/api/assets",
    tag,
    summary: "The registry of assets, roughly by weight",
    params: NOTHING,
    query: z.object({
      theme: z.string().min(1).max(80).optional().describe("Only assets of this theme"),
      limit: wholeNumber({ min: 1, max: MAX_ASSETS, fallback: 100 }),
      cursor: z.string().min(1).max(200).optional().describe("From meta.next_cursor"),
    }),
    response: z.array(Asset),
    async handle({ query: { theme, limit, cursor }, url }) {
      const assets = market.listAssets()
        .filter(({ themes }) => theme === undefined || themes.includes(theme));
      const start = cursor === undefined ? 0 : positionAfter(cursor, assets);
      const page = assets.slice(start, start + limit);
      const last = page.at(-1);
      const hasNext = last !== undefined && start + limit < assets.length;
      const next = hasNext ? encodeCursor(last.id) : null;
      return ok(page.map(assetToWire), {
        now: clock.now(),
        version: await market.getVersion(),
        meta: { next_cursor: next },
        headers: next === null ? {} : nextLink(url, { cursor: next }),
      });
    },
  });
}

function assetDetail({ market, clock }: AssetDeps): Endpoint {
  return endpoint({
    path: "/api/assets/{asset_id}",
    tag,
    summary: "An asset with the candle series that are stored of it",
    params: AssetParams,
    query: NOTHING,
    response: Asset.extend({
      decimals: z.number().int().nullable(),
      native_chain: z.string().nullable(),
      provider_ids: z.record(z.string(), z.string()),
      series: z.array(Series),
    }).meta({ id: "AssetDetail" }),
    refusals: [404, 409],
    async handle({ params }) {
      const asset = market.resolve(params.asset_id);
      const series = await market.listProvenance(asset.id);
      const data = {
        ...assetToWire(asset),
        decimals: asset.decimals,
        native_chain: asset.nativeChainId,
        provider_ids: asset.providerIds,
        series: series.map(seriesToWire),
      };
      return ok(data, { now: clock.now(), version: await market.getVersion() });
    },
  });
}

function assetToWire(asset: AssetModel): z.output<typeof Asset> {
  return {
    asset_id: asset.id,
    symbol: asset.symbol,
    name: asset.name,
    themes: [...asset.themes],
    status: asset.deprecationStatus,
    superseded_by: asset.supersededBy,
  };
}

function seriesToWire(series: SeriesProvenance): z.output<typeof Series> {
  const { first, last } = series;
  return {
    source: series.source,
    interval: series.interval,
    rows: series.rows,
    missing: series.missing,
    first: first === null ? null : formatUtcMs(first),
    last: last === null ? null : formatUtcMs(last),
    updated_at: formatUtcMs(series.updatedAt),
    last_state: series.lastState,
    imports: series.imports.map((one) => ({
      import_id: one.importId,
      origin: one.origin,
      format: one.format,
      checksum: one.checksum,
      started_at: formatUtcMs(one.startedAt),
      finished_at: one.finishedAt === null ? null : formatUtcMs(one.finishedAt),
      read: one.read,
      inserted: one.inserted,
      updated: one.updated,
      unchanged: one.unchanged,
      quarantined: one.quarantined,
    })),
  };
}

/** Names the last asset of a page, so that a page stays the next one when assets are added. */
function encodeCursor(assetId: string): string {
  return btoa(assetId).replaceAll("=", "");
}

function positionAfter(cursor: string, assets: readonly AssetModel[]): number {
  const position = assets.findIndex(({ id }) => encodeCursor(id) === cursor);
  if (position >= 0) return position + 1;
  throw new AppError(
    "VALIDATION_FAILED",
    "Cannot read cursor: expected one from meta.next_cursor",
    {
      details: { fields: [{ name: "cursor", message: "Not a cursor of this list" }] },
    },
  );
}
