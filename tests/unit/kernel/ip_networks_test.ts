import { IpNetworks, ipOf, isIpNetwork } from "@/services/kernel/ip_networks.ts";
import { assertEquals, assertThrows } from "@/tests/assert.ts";

const texts: readonly { readonly text: string; readonly isNetwork: boolean }[] = [
  { text: "10.0.0.1", isNetwork: true },
  { text: "10.0.0.0/8", isNetwork: true },
  { text: "0.0.0.0/0", isNetwork: true },
  { text: "::1", isNetwork: true },
  { text: "2001:db8::/32", isNetwork: true },
  { text: "2001:db8::/128", isNetwork: true },
  { text: "10.0.0.0/33", isNetwork: false },
  { text: "2001:db8::/129", isNetwork: false },
  { text: "10.0.0.0/", isNetwork: false },
  { text: "10.0.0.0/-1", isNetwork: false },
  { text: "10.0.0.0/8/8", isNetwork: false },
  { text: "10.0.0", isNetwork: false },
  { text: "256.0.0.1", isNetwork: false },
  { text: "proxy.example", isNetwork: false },
  { text: "[::1]", isNetwork: false },
  { text: "", isNetwork: false },
];
for (const { text, isNetwork } of texts) {
  Deno.test(`isIpNetwork() takes "${text}" for ${isNetwork ? "one" : "none"}`, () => {
    assertEquals(isIpNetwork(text), isNetwork);
    if (isNetwork) new IpNetworks([text]);
    else assertThrows(() => new IpNetworks([text]), { type: RangeError });
  });
}

Deno.test("ipOf() gives one writing of an address, and null for what is none", () => {
  assertEquals(
    ["10.0.0.1", "::ffff:10.0.0.1", "::FFFF:10.0.0.1", "fe80::1%eth0", "::1", "localhost", ""]
      .map(ipOf),
    ["10.0.0.1", "10.0.0.1", "10.0.0.1", "fe80::1", "::1", null, null],
  );
});

Deno.test("IpNetworks has the addresses of its networks and no others", () => {
  const networks = new IpNetworks(["127.0.0.1", "10.0.0.0/8", "172.16.0.0/12", "2001:db8::/32"]);
  const inside = ["127.0.0.1", "10.255.255.255", "172.31.0.1", "2001:db8:ffff::1"];
  const outside = ["127.0.0.2", "11.0.0.0", "172.32.0.0", "2001:db9::1", "::1"];
  assertEquals([...inside, ...outside].filter((address) => networks.has(address)), inside);
  assertEquals(new IpNetworks([]).has("127.0.0.1"), false);
  assertEquals(new IpNetworks(["0.0.0.0/0"]).has("203.0.113.9"), true);
});
