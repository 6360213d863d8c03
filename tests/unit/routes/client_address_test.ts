import { ClientAddresses } from "@/routes/(_api)/middleware/client_address.ts";
import { assertEquals } from "@/tests/assert.ts";

const PROXIES = ["127.0.0.1", "::1", "10.0.0.0/8"];

function ask(
  hostname: string | undefined,
  headers: Readonly<Record<string, string>> = {},
  proxies: readonly string[] = PROXIES,
): string {
  const request = new Request("http://localhost/", { headers });
  const info = hostname === undefined ? undefined : { remoteAddr: { hostname } };
  const { address, isOwn } = new ClientAddresses(proxies).of(request, info);
  return isOwn ? address : `hidden behind ${address}`;
}

const forwarded = (text: string) => ({ forwarded: text });
const plain = (text: string) => ({ "x-forwarded-for": text });

const cases: {
  readonly name: string;
  readonly peer?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expected: string;
}[] = [
  {
    name: "what a stranger says",
    peer: "203.0.113.1",
    headers: plain("127.0.0.1"),
    expected: "203.0.113.1",
  },
  { name: "no header, but the proxy itself", headers: {}, expected: "127.0.0.1" },
  { name: "one client", headers: plain("203.0.113.7"), expected: "203.0.113.7" },
  {
    name: "the last of several",
    headers: plain("127.0.0.1, 203.0.113.7"),
    expected: "203.0.113.7",
  },
  {
    name: "the last before trusted proxies",
    headers: plain("198.51.100.1, 203.0.113.7, 10.0.0.3, 10.0.0.4"),
    expected: "203.0.113.7",
  },
  {
    name: "the first where all are trusted",
    headers: plain("10.0.0.9, 10.0.0.3"),
    expected: "10.0.0.9",
  },
  { name: "this machine through its proxy", headers: plain("127.0.0.1"), expected: "127.0.0.1" },
  { name: "an address with a port", headers: plain("203.0.113.7:4711"), expected: "203.0.113.7" },
  { name: "IPv6 with a port", headers: plain("[2001:db8::7]:4711"), expected: "2001:db8::7" },
  { name: "IPv6 alone", headers: plain("2001:db8::7"), expected: "2001:db8::7" },
  { name: "IPv4 written as IPv6", headers: plain("::ffff:203.0.113.7"), expected: "203.0.113.7" },
  {
    name: "a hop without an address",
    headers: plain("203.0.113.7, unknown"),
    expected: "hidden behind 127.0.0.1",
  },
  { name: "nonsense", headers: plain("; drop table"), expected: "hidden behind 127.0.0.1" },
  { name: "an empty header", headers: plain(""), expected: "hidden behind 127.0.0.1" },
  {
    name: "the standard header",
    headers: forwarded("for=203.0.113.7;proto=https;by=10.0.0.1"),
    expected: "203.0.113.7",
  },
  {
    name: "quoted IPv6 of the standard header",
    headers: forwarded('for=198.51.100.1, Proto=https; For="[2001:db8::7]:4711"'),
    expected: "2001:db8::7",
  },
  { name: "a hidden name", headers: forwarded("for=_secret"), expected: "hidden behind 127.0.0.1" },
  { name: "no for", headers: forwarded("proto=https"), expected: "hidden behind 127.0.0.1" },
  {
    name: "both headers where they agree",
    headers: { ...plain("203.0.113.7"), ...forwarded("for=203.0.113.7") },
    expected: "203.0.113.7",
  },
  {
    name: "neither where one was made up",
    headers: { ...plain("203.0.113.7"), ...forwarded("for=127.0.0.1") },
    expected: "hidden behind 127.0.0.1",
  },
  {
    name: "a proxy over IPv6",
    peer: "::1",
    headers: plain("203.0.113.7"),
    expected: "203.0.113.7",
  },
  {
    name: "a mapped proxy",
    peer: "::ffff:10.2.3.4",
    headers: plain("203.0.113.7"),
    expected: "203.0.113.7",
  },
];
for (const { name, peer = "127.0.0.1", headers, expected } of cases) {
  Deno.test(`ClientAddresses takes ${name} as ${expected}`, () => {
    assertEquals(ask(peer, headers), expected);
  });
}

Deno.test("ClientAddresses trusts nobody unless told to, and knows no address of no connection", () => {
  assertEquals(ask("127.0.0.1", plain("203.0.113.7"), []), "127.0.0.1");
  assertEquals(ask(undefined, plain("203.0.113.7")), "hidden behind unknown");
});

Deno.test("ClientAddresses looks at so many hops and no more", () => {
  const hops = ["203.0.113.7", ...Array.from({ length: 40 }, (_, at) => `10.0.0.${at}`)];
  assertEquals(ask("127.0.0.1", plain(hops.join(", "))), "10.0.0.8");
});

Deno.test("ClientAddresses tells connections apart that follow each other", () => {
  const clients = new ClientAddresses(["127.0.0.1"]);
  const of = (hostname: string, headers = {}) =>
    clients.of(new Request("http://localhost/", { headers }), { remoteAddr: { hostname } }).address;
  assertEquals(
    [
      of("127.0.0.1", plain("203.0.113.7")),
      of("203.0.113.9", plain("203.0.113.7")),
      of("127.0.0.1", plain("203.0.113.8")),
      of("127.0.0.1"),
    ],
    ["203.0.113.7", "203.0.113.9", "203.0.113.8", "127.0.0.1"],
  );
});
