import fc from "fast-check";
import type { VenueMessage } from "@/services/providers/exchange/protocol.ts";
import { assert } from "@/tests/assert.ts";

/** Texts that are no JSON object: cut, empty, binary-like, or JSON of another kind. */
export function brokenFrames(frame: string): readonly string[] {
  return [
    frame.slice(0, -1),
    frame.slice(0, 20),
    frame.slice(1),
    frame + frame,
    "",
    " ",
    "null",
    "5",
    '"text"',
    "NaN",
    "\u0000\u0001\ufffd\ud800",
    "\x1f\x8b\b\0\0",
    "<html>502 Bad Gateway</html>",
    "x".repeat(100_000),
  ];
}

/** Feeds a reader with JSON, texts, records of the event's fields, and the frame mutated. */
export function assertNeverUnsound(
  read: (frame: string) => VenueMessage,
  { event, frame }: { event: fc.Arbitrary<unknown>; frame: string },
): void {
  const mutated = fc.tuple(fc.nat(frame.length), fc.nat(12), fc.string({ maxLength: 12 }))
    .map(([at, length, text]) => frame.slice(0, at) + text + frame.slice(at + length));
  const frames = fc.oneof(
    fc.string(),
    fc.json(),
    mutated,
    event.map((body) => JSON.stringify(body)),
    event.map((body) => JSON.stringify({ stream: "btcusdt@trade", data: body })),
  );
  fc.assert(fc.property(frames, (text) => assertSound(read(text), text)), { numRuns: 3000 });
}

function assertSound(message: VenueMessage, frame: string): void {
  if (message.kind === "bad" || message.kind === "refused") {
    assert(message.reason.length > 0, frame);
  }
  if (message.kind !== "trades") return;
  assert(message.trades.length > 0, frame);
  for (const { market, price, quantity, at, tradeId } of message.trades) {
    assert(market.length > 0, frame);
    assert(Number.isFinite(price) && price > 0, frame);
    assert(Number.isFinite(quantity) && quantity > 0, frame);
    assert(Number.isSafeInteger(at) && Number.isSafeInteger(tradeId) && tradeId >= 0, frame);
  }
}
