import { ClientError, fetchData, postData } from "@/components/api/client.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** A server that gives every request the same answer; where it is, and the methods it was asked. */
function serverOf(answer: () => Response) {
  const methods: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    methods.push(request.method);
    return answer();
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    methods,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("fetchData() gives the data of the envelope", async () => {
  await using server = serverOf(() => Response.json({ success: true, data: [1, 2] }));
  assertEquals(await fetchData(server.url), [1, 2]);
  assertEquals(server.methods, ["GET"]);
});

Deno.test("postData() posts, and gives the data of the answer", async () => {
  await using server = serverOf(() => Response.json({ success: true, data: { id: "a" } }));
  assertEquals(await postData(server.url), { id: "a" });
  assertEquals(server.methods, ["POST"]);
});

Deno.test("fetchData() passes on a refusal in the server's words, with the request's id", async () => {
  const error = { code: "CONFLICT", message: "It is closed already" };
  const init = { status: 409, headers: { "x-request-id": "id-12345" } };
  await using server = serverOf(() => Response.json({ success: false, error }, init));
  const refused = await assertRejects(() => fetchData(server.url), { type: ClientError });
  assertEquals([refused.message, refused.requestId], ["It is closed already", "id-12345"]);
});

const FAILURES = [
  {
    name: "a refusal without words by its status",
    answer: () => new Response("<p>Bad gateway</p>", { status: 502 }),
    message: "The server answered 502",
  },
  {
    name: "a refusal whose words can't be read by its status",
    answer: () => new Response("{", { status: 500, headers: JSON_TYPE }),
    message: "The server answered 500",
  },
  {
    name: "an answer that is no JSON",
    answer: () => new Response("<p>Sign in to this network</p>"),
    message: "The server's answer can't be read",
  },
];
for (const { name, answer, message } of FAILURES) {
  Deno.test(`fetchData() tells of ${name}`, async () => {
    await using server = serverOf(answer);
    const failed = await assertRejects(() => fetchData(server.url), { type: ClientError });
    assertEquals([failed.message, failed.requestId], [message, null]);
  });
}

Deno.test("fetchData() tells of an answer that breaks off", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = listener.accept().then(async (connection) => {
    await connection.read(new Uint8Array(1_024));
    const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n";
    await connection.write(new TextEncoder().encode(`${head}{"data":`));
    connection.close();
  });
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  const failed = await assertRejects(() => fetchData(url), { type: ClientError });
  assertEquals(failed.message, "The server could not be reached");
  await served;
});

Deno.test("fetchData() throws the abort of its caller as it is", async () => {
  await using server = serverOf(() => Response.json({ data: 1 }));
  const reason = new Error("the page is left");
  const failed = await assertRejects(() => fetchData(server.url, AbortSignal.abort(reason)));
  assert(failed === reason);
});
