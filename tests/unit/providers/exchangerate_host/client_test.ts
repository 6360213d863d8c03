import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { Secret } from "@/services/kernel/secret.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import {
  ExchangerateHostSource,
  KEY_PARAMETER,
} from "@/services/providers/exchangerate_host/client.ts";
import { parseLive } from "@/services/providers/exchangerate_host/parse.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";
import { drive, type GateKit, gateKit } from "../gate/gate_kit.ts";
import { startVenue, status, truncated, type VenueReply } from "../gate/venue_server.ts";

const RECORDED = sharedData("rest/exchangerate_host.json");
const LIVE = {
  success: true,
  terms: "https://currencylayer.com/terms",
  timestamp: 1_699_605_243,
  source: "USD",
  quotes: { USDEUR: 0.9361, USDJPY: 151.47, USDGBP: null },
};
const SINCE = utcMsOf(0);

Deno.test("parseLive() reads rates with their time, and leaves out those that are null", () => {
  const known = { base: "USD", kind: "intraday", source: "exchangerate_host" } as const;
  const at = utcMsOf(1_699_605_243_000);
  assertEquals(parseLive(LIVE), [
    { ...known, quote: "EUR", at, rate: 0.9361 },
    { ...known, quote: "JPY", at, rate: 151.47 },
  ]);
});

Deno.test("parseLive() refuses what is not as agreed, and never takes it for a rate", () => {
  const cases = [
    { body: null, pattern: /^Cannot read rates: / },
    { body: { ...LIVE, quotes: { USDEUR: 0 } }, pattern: /USDEUR/ },
    { body: { ...LIVE, quotes: { USDEUR: -1 } }, pattern: /USDEUR/ },
    { body: { ...LIVE, quotes: { USDEUR: "0.93" } }, pattern: /USDEUR/ },
    { body: { ...LIVE, quotes: { EURGBP: 0.87 } }, pattern: /EURGBP is no rate of USD/ },
    { body: { ...LIVE, timestamp: undefined }, pattern: /timestamp/ },
    { body: { ...LIVE, timestamp: 1_699_605_243_000 }, pattern: /timestamp/ },
    { body: { success: false, error: {} }, pattern: /no reason given/ },
    {
      body: { success: false, error: { code: 104, type: "monthly_usage_limit_reached" } },
      pattern: /monthly_usage_limit_reached \(104\)/,
    },
  ];
  for (const { body, pattern } of cases) {
    assertThrows(() => parseLive(body), { type: ProviderError, pattern });
  }
});

Deno.test({
  name: "parseLive() takes no recorded answer for more than it says",
  ignore: RECORDED === null,
  async fn() {
    assert(RECORDED);
    const recorded = JSON.parse(await readSharedText(RECORDED)) as { body: unknown }[];
    const [dated, withoutRates, withoutKey, restricted] = recorded.map(({ body }) => body);
    // Rates of the days before 2023 have a date and no time.
    assertThrows(() => parseLive(dated), { type: ProviderError });
    assertEquals(parseLive(withoutRates), []);
    assertThrows(() => parseLive(withoutKey), { pattern: /missing_access_key \(101\)/ });
    assertThrows(() => parseLive(restricted), { pattern: /Access Restricted/ });
  },
});

async function fetched(reply: VenueReply) {
  await using venue = startVenue();
  venue.answer(reply);
  const secretQuery = { [KEY_PARAMETER]: new Secret("s3cret") };
  const kit = gateKit({ config: { restUrls: [venue.url] }, secretQuery });
  const source = new ExchangerateHostSource({ http: kit.gate });
  const currencies = ["USD", "EUR", "GBP"];
  const result = await drive(kit, source.fetchRates({ currencies, since: SINCE }));
  await kit.gates.stop();
  return { result, kit, asked: [...venue.asked] };
}

function assertNoKey({ raw, log, status }: GateKit): void {
  const told = JSON.stringify([raw.kept, log.lines, status()]);
  assert(!told.includes("s3cret"), "the key is told nowhere");
}

Deno.test("ExchangerateHostSource asks against the dollar, with a key that nothing keeps", async () => {
  const { result, kit, asked } = await fetched(() => Response.json(LIVE));
  assert(result.status === "fulfilled");
  assertEquals(result.value.length, 2);
  assertEquals(asked, ["/live?source=USD&currencies=EUR%2CGBP&access_key=s3cret"]);
  assertEquals(kit.raw.kept.map(({ key }) => key), ["live/USD/EUR,GBP"]);
  assertNoKey(kit);
});

const failures: {
  name: string;
  reply: VenueReply;
  type: typeof AppError | typeof ProviderError;
}[] = [
  { name: "HTTP 429", reply: status(429, { "retry-after": "1" }), type: AppError },
  { name: "HTTP 503", reply: status(503), type: ProviderError },
  { name: "a truncated answer", reply: truncated, type: ProviderError },
  { name: "a changed answer", reply: () => Response.json({ rates: {} }), type: ProviderError },
  {
    name: "a wrong key",
    reply: () =>
      Response.json({ success: false, error: { code: 101, type: "invalid_access_key" } }),
    type: ProviderError,
  },
];
for (const { name, reply, type } of failures) {
  Deno.test(`ExchangerateHostSource fails on ${name} without telling the key`, async () => {
    const { result, kit } = await fetched(reply);
    assert(result.status === "rejected" && result.reason instanceof type, String(result));
    assert(!result.reason.message.includes("s3cret"));
    assertNoKey(kit);
  });
}
