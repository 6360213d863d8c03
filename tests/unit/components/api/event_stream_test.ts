import fc from "fast-check";
import { EventParser, readEventStream, type StreamEvent } from "@/components/api/event_stream.ts";
import { assertEquals, assertRejects, assertThrows } from "@/tests/assert.ts";

function parse(pieces: readonly string[]): { events: StreamEvent[]; retries: number[] } {
  const events: StreamEvent[] = [];
  const retries: number[] = [];
  const parser = new EventParser({
    onEvent: (event) => events.push(event),
    onRetry: (ms) => retries.push(ms),
  });
  for (const piece of pieces) parser.push(piece);
  return { events, retries };
}

const cases: { name: string; text: string; expected: StreamEvent[] }[] = [
  { name: "reads one event", text: "data: a\n\n", expected: [event("a")] },
  { name: "joins lines of data", text: "data: a\ndata:b\n\n", expected: [event("a\nb")] },
  {
    name: "keeps the last id for events without one",
    text: "id: 7\ndata: a\n\ndata: b\n\n",
    expected: [event("a", { id: "7" }), event("b", { id: "7" })],
  },
  {
    name: "names an event and forgets the name after it",
    text: "event: reset\ndata: a\n\ndata: b\n\n",
    expected: [event("a", { name: "reset" }), event("b")],
  },
  { name: "passes over comments", text: ": beat\n\n:\ndata: a\n\n", expected: [event("a")] },
  { name: "takes an event without data for none", text: "event: x\n\n", expected: [] },
  { name: "keeps an unfinished event back", text: "data: a\n", expected: [] },
  {
    name: "takes every kind of line end",
    text: "data: a\r\n\r\ndata: b\r\rx",
    expected: [
      event("a"),
      event("b"),
    ],
  },
  {
    name: "passes over fields it does not know",
    text: "who: x\ndata: a\n\n",
    expected: [event("a")],
  },
];

function event(data: string, { name = "message", id = "" } = {}): StreamEvent {
  return { name, data, id };
}

for (const { name, text, expected } of cases) {
  Deno.test(`EventParser ${name}`, () => assertEquals(parse([text]).events, expected));
}

Deno.test("EventParser reads the same however the text is cut", () => {
  const text =
    "retry: 250\r\nid: 1\r\nevent: price_update\r\ndata: {}\r\n\r\n: beat\n\ndata: x\n\n";
  const whole = parse([text]);
  assertEquals(whole.retries, [250]);
  fc.assert(fc.property(fc.array(fc.nat(text.length)), (cuts) => {
    const places = [0, ...cuts.sort((a, b) => a - b), text.length];
    const pieces = places.slice(1).map((to, at) => text.slice(places[at], to));
    assertEquals(parse(pieces), whole);
  }));
});

Deno.test("EventParser refuses a line without an end", () => {
  assertThrows(() => parse(["data: ", "x".repeat(1_000_001)]));
});

Deno.test("readEventStream() tells the wait that a refusal asks for", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("full", { status: 503, headers: { "retry-after": "7" } }),
  );
  const path = `http://127.0.0.1:${server.addr.port}/`;
  const error = await assertRejects(() =>
    readEventStream(path, {
      lastEventId: "",
      signal: new AbortController().signal,
      onOpen: () => {},
      onBytes: () => {},
      onEvent: () => {},
    })
  );
  assertEquals(Reflect.get(error, "retryAfterMs"), 7_000);
  await server.shutdown();
});
