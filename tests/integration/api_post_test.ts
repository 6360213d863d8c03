import { z } from "zod";
import { Dispatcher } from "@/routes/(_api)/dispatcher.ts";
import { endpoint } from "@/routes/(_api)/endpoint.ts";
import { describeApi } from "@/routes/(_api)/openapi.ts";
import { NOTHING } from "@/routes/(_api)/params.ts";
import { bare } from "@/routes/(_api)/reply.ts";
import { MAX_BODY_BYTES } from "@/routes/(_api)/request_body.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

const shape = { tag: "Test", summary: "Test", query: NOTHING, response: z.string(), isBare: true };

const ENDPOINTS = [
  endpoint({ ...shape, path: "/things", params: NOTHING, handle: () => bare('"read"') }),
  endpoint({
    ...shape,
    method: "POST",
    path: "/things",
    params: NOTHING,
    body: z.strictObject({ name: z.string(), size: z.int() }),
    status: 202,
    handle: ({ body: { name, size } }) => bare(JSON.stringify(`${name} ${size}`), { status: 202 }),
  }),
  endpoint({
    ...shape,
    method: "POST",
    path: "/things/{id}/drop",
    params: z.object({ id: z.string() }),
    handle: ({ params }) => bare(JSON.stringify(params.id)),
  }),
];

const JSON_TYPE = { "content-type": "application/json" };
const THING = JSON.stringify({ name: "a", size: 1 });

async function send(path: string, init: RequestInit = {}) {
  const dispatcher = new Dispatcher(ENDPOINTS, new RecordingLog());
  const request = new Request(`http://localhost:8000${path}`, { method: "POST", ...init });
  const { status, body, headers } = await dispatcher.dispatch(request, "request-1").reply;
  return { status, headers, body: body === "" ? null : JSON.parse(String(body)) };
}

/** A body that has no length before it is read. */
function endless(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(16 * 1024).fill(32)),
  });
}

const CASES: readonly {
  readonly name: string;
  readonly path?: string;
  readonly init?: RequestInit;
  readonly expected: readonly [status: number, codeOrData: string | null];
}[] = [
  {
    name: "reads a body by its schema",
    init: { headers: JSON_TYPE, body: THING },
    expected: [202, "a 1"],
  },
  {
    name: "takes a type with its parameters",
    init: { headers: { "content-type": "application/json; charset=utf-8" }, body: THING },
    expected: [202, "a 1"],
  },
  {
    name: "needs no body where none is defined",
    path: "/things/7/drop",
    expected: [200, "7"],
  },
  {
    name: "refuses a body that is no JSON",
    init: { headers: JSON_TYPE, body: "{" },
    expected: [400, "BAD_REQUEST"],
  },
  {
    name: "refuses an empty body where one is defined",
    init: { headers: JSON_TYPE },
    expected: [400, "BAD_REQUEST"],
  },
  {
    name: "refuses a body that is no UTF-8",
    init: { headers: JSON_TYPE, body: new Uint8Array([34, 0xff, 34]) },
    expected: [400, "BAD_REQUEST"],
  },
  {
    name: "refuses a text with NUL, which databases do not keep",
    init: { headers: JSON_TYPE, body: '{"name":"a\\u0000b","size":1}' },
    expected: [422, "VALIDATION_FAILED"],
  },
  {
    name: "refuses a text with half a character",
    init: { headers: JSON_TYPE, body: '{"name":"\\uD83D","size":1}' },
    expected: [422, "VALIDATION_FAILED"],
  },
  {
    name: "takes a whole character that is written as two halves",
    init: { headers: JSON_TYPE, body: '{"name":"\\ud83d\\ude00","size":1}' },
    expected: [202, "😀 1"],
  },
  {
    name: "refuses a name of a field that can't be kept",
    init: { headers: JSON_TYPE, body: '{"name":"a","size":1,"\\u0000":1}' },
    expected: [422, "VALIDATION_FAILED"],
  },
  {
    name: "refuses a part of the path with NUL",
    path: "/things/%00/drop",
    expected: [422, "VALIDATION_FAILED"],
  },
  {
    name: "refuses a form",
    init: { body: new URLSearchParams({ name: "a" }) },
    expected: [415, "UNSUPPORTED_MEDIA_TYPE"],
  },
  {
    name: "refuses a form where no body is defined, too",
    path: "/things/7/drop",
    init: { body: new URLSearchParams({ name: "a" }) },
    expected: [415, "UNSUPPORTED_MEDIA_TYPE"],
  },
  {
    name: "refuses what is not JSON but begins like it",
    init: { headers: { "content-type": "application/jsonp" }, body: THING },
    expected: [415, "UNSUPPORTED_MEDIA_TYPE"],
  },
  {
    name: "takes a body of the limit",
    init: { headers: JSON_TYPE, body: THING.padEnd(MAX_BODY_BYTES) },
    expected: [202, "a 1"],
  },
  {
    name: "refuses a body above the limit",
    init: { headers: JSON_TYPE, body: THING.padEnd(MAX_BODY_BYTES + 1) },
    expected: [413, "PAYLOAD_TOO_LARGE"],
  },
  {
    name: "refuses a length above the limit before it reads",
    init: { headers: { ...JSON_TYPE, "content-length": "65537" }, body: THING },
    expected: [413, "PAYLOAD_TOO_LARGE"],
  },
  {
    name: "stops to read a body that does not end",
    init: { headers: JSON_TYPE, body: endless() },
    expected: [413, "PAYLOAD_TOO_LARGE"],
  },
  {
    name: "names wrong fields",
    init: { headers: JSON_TYPE, body: JSON.stringify({ name: "a", size: 1.5, more: 1 }) },
    expected: [422, "VALIDATION_FAILED"],
  },
  {
    name: "refuses JSON that is no object",
    init: { headers: JSON_TYPE, body: "[]" },
    expected: [422, "VALIDATION_FAILED"],
  },
  ...["cross-site", "same-site"].map((site) => ({
    name: `refuses a ${site} request`,
    path: "/things/7/drop",
    init: { headers: { "sec-fetch-site": site } },
    expected: [403, "FORBIDDEN"] as const,
  })),
  ...["http://evil.example", "null", "http://localhost:8001"].map((origin) => ({
    name: `refuses the origin ${origin}`,
    path: "/things/7/drop",
    init: { headers: { origin, host: "localhost:8000" } },
    expected: [403, "FORBIDDEN"] as const,
  })),
  {
    name: "takes a request of our own page",
    path: "/things/7/drop",
    init: { headers: { origin: "http://localhost:8000", "sec-fetch-site": "same-origin" } },
    expected: [200, "7"],
  },
  { name: "knows no other address", path: "/nothing", expected: [404, "RESOURCE_NOT_FOUND"] },
  { name: "reads where it may be read", init: { method: "GET" }, expected: [200, "read"] },
];

for (const { name, path = "/things", init, expected } of CASES) {
  Deno.test(`a POST ${name}`, async () => {
    const { status, body } = await send(path, init);
    assertEquals([status, body?.error?.code ?? body], expected);
  });
}

Deno.test("a path answers 405 to methods that it has not, and names those it has", async () => {
  const drop = "/things/7/drop";
  for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
    const { status, headers } = await send(drop, { method });
    assertEquals([method, status, headers.allow], [method, 405, "POST, OPTIONS"]);
  }
  const options = await send("/things", { method: "OPTIONS" });
  assertEquals([options.status, options.headers.allow], [204, "GET, HEAD, POST, OPTIONS"]);
});

Deno.test("describeApi() describes a POST with its body and what may refuse it", () => {
  const document = JSON.parse(JSON.stringify(describeApi(ENDPOINTS, "1")));
  const { get, post } = document.paths["/things"];
  assertEquals(get.requestBody, undefined);
  assertEquals(post.operationId, "post_things");
  const { schema } = post.requestBody.content["application/json"];
  assertEquals(schema.required, ["name", "size"]);
  assertEquals(
    Object.keys(post.responses),
    ["202", "400", "403", "413", "415", "422", "500"],
  );
  assert(document.paths["/things/{id}/drop"].post.requestBody === undefined);
});
