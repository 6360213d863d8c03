import { ProviderError } from "@/services/kernel/errors.ts";
import { FetchHttpClient } from "@/services/platform/fetch_http_client.ts";
import type { HttpRequest } from "@/services/ports/mod.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";

type Answer = (request: Request) => Response | Promise<Response>;

/** Serves `answer` on a free port while `use` runs. */
async function withServer(answer: Answer, use: (base: URL) => Promise<void>): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  try {
    await use(new URL(`http://127.0.0.1:${server.addr.port}/`));
  } finally {
    await server.shutdown();
  }
}

function client(): FetchHttpClient {
  return new FetchHttpClient({ provider: "test", isNetworkAllowed: true });
}

Deno.test("FetchHttpClient gives back any status with its headers and text", async () => {
  const answer = async (request: Request) => {
    const seen = [request.method, request.headers.get("x-key"), await request.text()];
    return new Response(`${seen.join(" ")} é`, { status: 429, headers: { "retry-after": "3" } });
  };
  await withServer(answer, async (base) => {
    const request = { method: "POST", headers: { "x-key": "k" }, body: "b" } as const;
    const { status, headers, body } = await client().send(base, request);
    assertEquals([status, headers.get("retry-after"), body], [429, "3", "POST k b é"]);
  });
});

Deno.test("FetchHttpClient follows a redirect within the host", async () => {
  const answer = ({ url }: Request) =>
    url.endsWith("/new") ? new Response("here") : Response.redirect(new URL("/new", url), 302);
  await withServer(answer, async (base) => {
    assertEquals((await client().send(new URL("old", base))).body, "here");
  });
});

Deno.test("FetchHttpClient sends its name unless the caller has another", async () => {
  const answer = ({ headers }: Request) => new Response(headers.get("user-agent"));
  await withServer(answer, async (base) => {
    assertEquals((await client().send(base)).body, "Tokenlysis");
    const named = await client().send(base, { headers: { "User-Agent": "other" } });
    assertEquals(named.body, "other");
  });
});

Deno.test("FetchHttpClient refuses a header that HTTP can't carry, without its value", async () => {
  const unused = () => Promise.reject(new TypeError("called"));
  const options = { provider: "test", isNetworkAllowed: true, fetch: unused };
  const send = () =>
    new FetchHttpClient(options).send(new URL("https://example.com/"), {
      headers: { "x-key": "hunter2\nhunter2" },
    });
  const error = await assertRejects(send, {
    type: TypeError,
    pattern: /^Cannot send header "x-key"/,
  });
  assert(!Deno.inspect(error).includes("hunter2"));
});

Deno.test("FetchHttpClient follows three hops to an answer of just the size", async () => {
  const answer = ({ url }: Request) => {
    const hop = Number(new URL(url).pathname.slice(1));
    if (hop === 3) return new Response("é".repeat(500));
    return Response.redirect(new URL(`/${hop + 1}`, url));
  };
  await withServer(answer, async (base) => {
    const { body } = await client().send(new URL("0", base), { maxBytes: 1_000 });
    assertEquals(body, "é".repeat(500));
  });
});

const endless = () =>
  new Response(
    new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(1_000));
      },
    }),
  );

const failures: {
  name: string;
  answer: Answer;
  request?: HttpRequest;
  retryClass: ProviderError["retryClass"];
  message: RegExp;
}[] = [
  {
    name: "a redirect to another host",
    answer: () => new Response(null, { status: 302, headers: { location: "http://localhost/" } }),
    retryClass: "next_provider",
    message: /redirects to http:\/\/localhost\/: not followed$/,
  },
  {
    name: "a redirect to the same host with another protocol",
    answer: ({ url }) => Response.redirect(url.replace("http:", "https:"), 302),
    retryClass: "next_provider",
    message: /redirects to https:\/\/127\.0\.0\.1:\d+\/path: not followed$/,
  },
  {
    name: "a redirect without end",
    answer: ({ url }) => Response.redirect(url, 302),
    retryClass: "next_provider",
    message: /redirects more than 3 times$/,
  },
  {
    name: "a redirected POST",
    answer: ({ url }) => Response.redirect(url, 307),
    request: { method: "POST", body: "" },
    retryClass: "next_provider",
    message: /not followed$/,
  },
  {
    name: "an answer without end",
    answer: endless,
    request: { maxBytes: 5_000 },
    retryClass: "failover_with_penalty",
    message: /answers too much: expected at most 5000 bytes$/,
  },
  {
    name: "an answer that does not come in time",
    answer: () => new Response(new ReadableStream()),
    request: { timeoutMs: 20 },
    retryClass: "failover_with_penalty",
    message: /no complete answer within 20 ms$/,
  },
];
for (const { name, answer, request, retryClass, message } of failures) {
  Deno.test(`FetchHttpClient refuses ${name}, and keeps the query to itself`, async () => {
    await withServer(answer, async (base) => {
      const url = new URL("path?api_key=hidden", base);
      const send = () => client().send(url, request);
      const error = await assertRejects(send, { type: ProviderError, pattern: message });
      assertEquals([error.provider, error.retryClass], ["test", retryClass]);
      assert(!error.message.includes("hidden"));
    });
  });
}

Deno.test("FetchHttpClient tells a server that is not there", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `http://127.0.0.1:${listener.addr.port}/path`;
  listener.close();
  const url = new URL(`${address}?sid=hidden)#hidden`);
  const error = await assertRejects(() => client().send(url), {
    type: ProviderError,
    pattern: /^Cannot reach http:\/\/127\.0\.0\.1:\d+\/path: .*[Cc]onnect/,
  });
  assertEquals(error.retryClass, "failover_with_penalty");
  assert(!Deno.inspect(error).includes("hidden"), Deno.inspect(error));
});

Deno.test("FetchHttpClient throws the caller's own reason to stop", async () => {
  const reason = new Error("the user left");
  await withServer(() => new Response(new ReadableStream()), async (base) => {
    const stop = new AbortController();
    const sent = client().send(base, { signal: stop.signal });
    stop.abort(reason);
    assertEquals(await assertRejects(() => sent), reason);
    assertEquals(await assertRejects(() => client().send(base, { signal: stop.signal })), reason);
  });
});

Deno.test("FetchHttpClient calls nobody while the network is off", async () => {
  const unused = () => Promise.reject(new TypeError("called"));
  const off = new FetchHttpClient({ provider: "test", isNetworkAllowed: false, fetch: unused });
  const error = await assertRejects(() => off.send(new URL("https://example.com/")), {
    type: ProviderError,
    pattern: /TOKENLYSIS_NETWORK is off$/,
  });
  assertEquals(error.retryClass, "never");
});
