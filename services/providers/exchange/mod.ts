export type { BadFrame } from "./bad_frames.ts";
export { ExchangeStream, type ExchangeStreamDeps } from "./exchange_stream.ts";
export type { VenueMessage, VenueProtocol, VenueTrade } from "./protocol.ts";
