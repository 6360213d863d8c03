import { RequestIds } from "@/routes/(_api)/middleware/request_id.ts";
import { assertEquals } from "@/tests/assert.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;

const cases: {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expected: string;
}[] = [
  {
    name: "keeps the id of a proxy",
    headers: { "x-request-id": "proxy-0123" },
    expected: "proxy-0123",
  },
  {
    name: "takes the trace that the request is part of",
    headers: { traceparent },
    expected: TRACE,
  },
  {
    name: "takes the proxy's id before the trace's",
    headers: { "x-request-id": "proxy-0123", traceparent },
    expected: "proxy-0123",
  },
  {
    name: "takes the trace beside an id that is none",
    headers: { "x-request-id": "<script>", traceparent },
    expected: TRACE,
  },
  {
    name: "takes no trace of zeros",
    headers: { traceparent: traceparent.replace(TRACE, "0".repeat(32)) },
    expected: "start-00000001",
  },
  { name: "takes no half of a trace", headers: { traceparent: TRACE }, expected: "start-00000001" },
  { name: "makes one of its own", headers: {}, expected: "start-00000001" },
];
for (const { name, headers, expected } of cases) {
  Deno.test(`RequestIds ${name}`, () => {
    assertEquals(new RequestIds("start").of(new Headers(headers)), expected);
  });
}

Deno.test("RequestIds gives no id twice", () => {
  const ids = new RequestIds("start");
  const made = Array.from({ length: 100 }, () => ids.next());
  assertEquals(new Set(made).size, 100);
});
