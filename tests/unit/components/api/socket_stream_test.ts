import type { ReadStreamOptions, StreamEvent } from "@/components/api/event_stream.ts";
import { readSocket, socketOrEvents } from "@/components/api/socket_stream.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeStreams } from "@/tests/fakes/event_streams.ts";
import { settle } from "@/tests/fakes/timer.ts";

/** A socket that a test plays the server of. */
class FakeSocket extends EventTarget {
  isClosed = false;

  close(): void {
    this.isClosed = true;
    this.dispatchEvent(new CloseEvent("close"));
  }

  say(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

function reader() {
  const abort = new AbortController();
  const events: StreamEvent[] = [];
  const heard = { opens: 0, bytes: 0 };
  const options: ReadStreamOptions = {
    lastEventId: "",
    signal: abort.signal,
    onOpen: () => heard.opens++,
    onBytes: () => heard.bytes++,
    onEvent: (event) => events.push(event),
  };
  return { abort, events, heard, options };
}

Deno.test("readSocket() tells messages as events, and takes a heartbeat for a sign of life", async () => {
  const { events, heard, options } = reader();
  const socket = new FakeSocket();
  const reading = readSocket(socket, options);
  socket.dispatchEvent(new Event("open"));
  socket.say('{"type":"portfolio_value","data":{"nav":"1"}}');
  for (const data of ['{"type":"heartbeat"}', "no json", new Uint8Array(1), "null"]) {
    socket.say(data);
  }
  socket.close();
  await reading;
  assertEquals(heard, { opens: 1, bytes: 5 });
  assertEquals(events, [{ name: "portfolio_value", data: '{"nav":"1"}', id: "" }]);
});

Deno.test("readSocket() closes the socket of a reader that gave up", async () => {
  const { abort, options } = reader();
  const socket = new FakeSocket();
  const reading = readSocket(socket, options);
  abort.abort();
  await assertRejects(() => reading);
  assertEquals(socket.isClosed, true);
});

Deno.test("socketOrEvents() goes on over HTTP where sockets are refused, and back where that fails", async () => {
  const sockets: FakeSocket[] = [];
  const paths: string[] = [];
  const streams = new FakeStreams();
  const read = socketOrEvents({
    openSocket(path) {
      paths.push(path);
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    readEvents: streams.read,
  });
  const { options } = reader();
  const first = read("/portfolio/p", options);
  sockets[0]?.close();
  await settle();
  assertEquals(streams.asked.map(({ path }) => path), ["/api/stream/portfolio/p"]);
  streams.last.open();
  streams.last.end();
  await first;

  const second = read("/portfolio/p", options);
  await settle();
  assertEquals([paths.length, streams.asked.length], [1, 2], "No socket is asked for again");
  streams.last.end(new Error("refused too"));
  await assertRejects(() => second);

  const third = read("/portfolio/p", options);
  sockets[1]?.dispatchEvent(new Event("open"));
  sockets[1]?.close();
  await third;
  assertEquals(paths, ["/ws/portfolio/p", "/ws/portfolio/p"]);
});
