import { ProviderError } from "@/services/kernel/errors.ts";
import { parseUtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { FrankfurterSource } from "@/services/providers/frankfurter/client.ts";
import { parseSpan } from "@/services/providers/frankfurter/parse.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";
import { drive, gateKit } from "../gate/gate_kit.ts";
import { startVenue, status, truncated, type VenueReply } from "../gate/venue_server.ts";

const RECORDED = sharedData("rest/frankfurter.json");
const SPAN = {
  amount: 1,
  base: "EUR",
  start_date: "2026-04-09",
  end_date: "2026-04-10",
  rates: { "2026-04-09": { USD: 1.1685 }, "2026-04-10": { USD: 1.1711, GBP: 0.87105 } },
};

Deno.test("parseSpan() reads the rates of each day, which hold from 16:00 UTC", () => {
  const found = parseSpan(SPAN).map(({ base, quote, kind, at, rate }) =>
    [base, quote, kind, new Date(at).toISOString(), rate] as const
  );
  assertEquals(found, [
    ["EUR", "USD", "eod", "2026-04-09T16:00:00.000Z", 1.1685],
    ["EUR", "USD", "eod", "2026-04-10T16:00:00.000Z", 1.1711],
    ["EUR", "GBP", "eod", "2026-04-10T16:00:00.000Z", 0.87105],
  ]);
});

Deno.test("parseSpan() refuses rates of another base, amount or shape", () => {
  const bodies = [
    null,
    [],
    { ...SPAN, base: "USD" },
    { ...SPAN, amount: 100 },
    { ...SPAN, rates: { "2026-02-30": { USD: 1 } } },
    { ...SPAN, rates: { "2026-04-10": { USD: 0 } } },
    { ...SPAN, rates: { "2026-04-10": { USD: "1.1711" } } },
    { ...SPAN, rates: { "2026-04-10": { usd: 1.1711 } } },
    { ...SPAN, rates: { USD: 1.1711 } },
  ];
  for (const body of bodies) assertThrows(() => parseSpan(body), { type: ProviderError });
});

Deno.test({
  name: "parseSpan() reads the recorded spans, and takes a single day for none",
  ignore: RECORDED === null,
  async fn() {
    assert(RECORDED);
    const recorded = JSON.parse(await readSharedText(RECORDED)) as {
      endpoint: string;
      http_status: string;
      body: unknown;
    }[];
    const bodies = recorded
      .filter(({ endpoint, http_status }) => endpoint.includes("..") && http_status === "200")
      .map(({ body }) => body);
    assertEquals(bodies.map((body) => parseSpan(body).map(({ rate }) => rate)), [
      [1.91, 1.8944, 1.882],
      [1.91, 1.8944, 1.882],
    ]);
    const [latest] = recorded;
    assertThrows(() => parseSpan(latest?.body), { type: ProviderError });
  },
});

async function fetched(reply: VenueReply) {
  await using venue = startVenue();
  venue.answer(reply);
  const kit = gateKit({ config: { restUrls: [venue.url] } });
  const source = new FrankfurterSource({ http: kit.gate });
  const since = parseUtcMs("2026-04-09T23:00:00Z") ?? utcMsOf(0);
  const result = await drive(kit, source.fetchRates({ currencies: ["USD", "EUR", "GBP"], since }));
  await kit.gates.stop();
  return { result, kit, asked: [...venue.asked] };
}

Deno.test("FrankfurterSource asks for all days since one, and keeps the raw answer", async () => {
  const { result, kit, asked } = await fetched(() => Response.json(SPAN));
  assert(result.status === "fulfilled");
  assertEquals(result.value.length, 3);
  assertEquals(asked, ["/v1/2026-04-09..?base=EUR&symbols=USD%2CGBP"]);
  assertEquals(kit.raw.kept.map(({ key }) => key), ["eod/2026-04-09/USD,GBP"]);
});

Deno.test("FrankfurterSource has no rates where none was published", async () => {
  const { result } = await fetched(() => Response.json({ message: "not found" }, { status: 404 }));
  assert(result.status === "fulfilled");
  assertEquals(result.value, []);
});

const failures: { name: string; reply: VenueReply }[] = [
  { name: "HTTP 429", reply: status(429, { "retry-after": "1" }) },
  { name: "HTTP 500", reply: status(500) },
  { name: "a truncated answer", reply: truncated },
  { name: "a changed answer", reply: () => Response.json([{ date: "2026-04-10", rate: 1.1 }]) },
];
for (const { name, reply } of failures) {
  Deno.test(`FrankfurterSource fails on ${name}`, async () => {
    const { result } = await fetched(reply);
    assertEquals(result.status, "rejected");
  });
}
