import { FrontCache } from "@/routes/(_api)/middleware/front_cache.ts";
import type { Reply } from "@/routes/(_api)/reply.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

const ROUTE = {
  rateClass: "general",
  ratePolicy: null,
  meter: { record: () => {} },
} as const;

function sample({ maxBytes }: { maxBytes?: number } = {}) {
  const clock = new FakeClock();
  const cache = new FrontCache({ clock, ...maxBytes !== undefined && { maxBytes } });
  const url = (path: string) => `http://localhost${path}`;
  return {
    clock,
    cache,
    keep(path: string, reply: Reply, change = 1) {
      cache.keep(url(path), { plain: reply, gzip: null, route: ROUTE, change });
    },
    replay(path: string, change = 1) {
      const build = ({ body }: Reply) => new Response(body);
      return cache.replay(new Request(url(path)), { change, build })?.reply.body ?? null;
    },
  };
}

function publicReply(body: string): Reply {
  return { status: 200, body, headers: { "cache-control": "public, max-age=1" } };
}

Deno.test("FrontCache keeps an answer when its URL is asked for the second time", () => {
  const { keep, replay } = sample();
  keep("/a", publicReply("one"));
  assertEquals(replay("/a"), null);
  keep("/a", publicReply("two"));
  assertEquals([replay("/a"), replay("/b")], ["two", null]);
});

Deno.test("FrontCache drops an answer after a second or with a change", () => {
  const { clock, keep, replay } = sample();
  keep("/a", publicReply("one"));
  keep("/a", publicReply("one"));
  clock.advance(999);
  assertEquals([replay("/a", 1), replay("/a", 2)], ["one", null]);
  clock.advance(1);
  assertEquals(replay("/a"), null);
  // It was asked for often enough to come in again at once.
  keep("/a", publicReply("two"));
  assertEquals(replay("/a"), "two");
});

Deno.test("FrontCache keeps nothing private, refused or too large", () => {
  const { keep, replay } = sample({ maxBytes: 10_000 });
  const replies: readonly Reply[] = [
    { ...publicReply("x"), headers: {} },
    { ...publicReply("x"), headers: { "cache-control": "no-store" } },
    { ...publicReply("x"), status: 404 },
    publicReply("x".repeat(2_000)),
  ];
  for (const reply of replies) {
    keep("/a", reply);
    keep("/a", reply);
    assertEquals(replay("/a"), null);
  }
});

Deno.test("FrontCache stays below its size and keeps the latest answers", () => {
  const { cache, keep, replay } = sample({ maxBytes: 10_000 });
  for (let at = 0; at < 200; at++) {
    keep(`/${at}`, publicReply("x".repeat(100)));
    keep(`/${at}`, publicReply("x".repeat(100)));
    assert(cache.sizeBytes <= 10_000, `${cache.sizeBytes}`);
  }
  assert(replay("/199") !== null && replay("/190") !== null);
  assertEquals(replay("/0"), null);
});

const LONG = "x".repeat(4_000);

/** Keeps an answer as it is made for a client that takes gzip, or for one that does not. */
function longSample() {
  const clock = new FakeClock();
  const cache = new FrontCache({ clock });
  const url = "http://localhost/long";
  const encodings: Readonly<Record<string, HeadersInit>> = {
    plain: {},
    gzip: { "accept-encoding": "br, gzip" },
  };
  return {
    clock,
    keep(form: "plain" | "gzip", { mark, change = 1 }: { mark: string; change?: number }) {
      const plain = publicReply(`${mark} plain ${LONG}`);
      const gzip = { ...publicReply(`${mark} gzip`), body: `${mark} gzip` };
      cache.keep(url, { plain, gzip: form === "gzip" ? gzip : null, route: ROUTE, change });
    },
    replay(form: "plain" | "gzip", change = 1) {
      const request = new Request(url, { headers: encodings[form] ?? {} });
      const build = ({ body }: Reply) => new Response(body);
      const body = cache.replay(request, { change, build })?.reply.body;
      return typeof body === "string" ? body.replace(LONG, "").trim() : null;
    },
  };
}

Deno.test("FrontCache keeps the gzip form while another client asks for the plain one", () => {
  const { clock, keep, replay } = longSample();
  keep("gzip", { mark: "first" });
  keep("gzip", { mark: "first" });
  assertEquals([replay("gzip"), replay("plain")], ["first gzip", "first plain"]);
  clock.advance(500);
  keep("plain", { mark: "second" });
  keep("plain", { mark: "second" });
  assertEquals([replay("gzip"), replay("plain")], ["first gzip", "second plain"]);
  clock.advance(500);
  assertEquals([replay("gzip"), replay("plain")], [null, "second plain"]);
});

Deno.test("FrontCache replays no form of facts that have changed since", () => {
  const { keep, replay } = longSample();
  keep("gzip", { mark: "first" });
  keep("gzip", { mark: "first" });
  keep("plain", { mark: "second", change: 2 });
  keep("plain", { mark: "second", change: 2 });
  assertEquals([replay("gzip", 2), replay("plain", 2)], [null, "second plain"]);
});
