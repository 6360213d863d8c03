import { utcMsOf } from "../kernel/time.ts";
import type { VenueMessage } from "./exchange/protocol.ts";

/** No price, quantity or volume of any market comes near; a larger one is a mistake. */
const MAX_AMOUNT = 1e18;
/** 2100-01-01: what is later is a time in a finer unit. */
export const MAX_AT_MS = 4_102_444_800_000;
const MAX_MARKET_LENGTH = 64;
const SHOWN_LENGTH = 40;

const DECIMAL = /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** An object of a frame, its values as unknown as they come. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether the value is an object with named fields. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The frame's JSON, or `undefined` if it is none. */
export function parseFrame(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    return undefined;
  }
}

/** The number that a decimal text says, or NaN: exchanges write amounts as text. */
export function decimalOf(value: unknown): number {
  return typeof value === "string" && DECIMAL.test(value) ? Number(value) : NaN;
}

/** A value of a frame for a message, cut to what a log line bears. */
export function shown(value: unknown): string {
  // Cut first: a frame of garbage may be long.
  const start = typeof value === "string" ? value.slice(0, SHOWN_LENGTH + 1) : value;
  const text = JSON.stringify(start) ?? "nothing";
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

/** A frame that can't be read, with what was expected of it. */
export function badFrame(field: string, value: unknown): VenueMessage {
  return { kind: "bad", reason: `Cannot read ${field} ${shown(value)}` };
}

/** A market's name, or `null` where there is none. */
export function marketNameOf(value: unknown): string | null {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_MARKET_LENGTH
    ? value
    : null;
}

/** Whether it is an instant between 1970 and 2100 in whole milliseconds. */
function isInstant(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < MAX_AT_MS;
}

/** Whether it can be the number of a trade. */
export function isTradeId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Fields of a trade as the frame has them. */
interface TradeFields {
  readonly market: unknown;
  readonly price: unknown;
  readonly quantity: unknown;
  /** Epoch milliseconds, already turned from the venue's form. */
  readonly at: unknown;
  readonly tradeId: unknown;
}

/** One trade, or `bad` with the first field that no trade can have. */
export function tradeMessage(fields: TradeFields): VenueMessage {
  const market = marketNameOf(fields.market);
  if (market === null) return badFrame("market", fields.market);
  const price = decimalOf(fields.price);
  if (!(price > 0 && price <= MAX_AMOUNT)) return badFrame("price", fields.price);
  const quantity = decimalOf(fields.quantity);
  if (!(quantity > 0 && quantity <= MAX_AMOUNT)) return badFrame("quantity", fields.quantity);
  const { at, tradeId } = fields;
  if (!isInstant(at)) return badFrame("time", at);
  if (!isTradeId(tradeId)) return badFrame("trade id", tradeId);
  return { kind: "trades", trades: [{ market, price, quantity, at: utcMsOf(at), tradeId }] };
}
