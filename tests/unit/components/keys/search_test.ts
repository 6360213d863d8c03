import { type PaletteEntry, searchEntries } from "@/components/keys/search.ts";
import { assertEquals } from "@/tests/assert.ts";

function asset(label: string, detail: string): PaletteEntry {
  return { id: `/assets/${label.toLowerCase()}`, label, detail, group: "Assets" };
}

const ENTRIES: readonly PaletteEntry[] = [
  asset("Wrapped Bitcoin", "WBTC"),
  asset("Bitcoin Cash", "BCH"),
  asset("Bitcoin", "BTC"),
  asset("Ethereum", "ETH"),
  { id: "/docs", label: "API docs", detail: "g d", group: "Pages" },
];

function labels(query: string): string[] {
  return searchEntries(ENTRIES, query).map(({ label }) => label);
}

Deno.test("searchEntries() puts the exact symbol before names that begin with it", () => {
  assertEquals(labels("btc"), ["Bitcoin", "Wrapped Bitcoin"]);
});

Deno.test("searchEntries() puts the exact name first, then beginnings, then words inside", () => {
  assertEquals(labels("bitcoin"), ["Bitcoin", "Bitcoin Cash", "Wrapped Bitcoin"]);
});

Deno.test("searchEntries() lists all for an empty query, assets before pages", () => {
  assertEquals(labels("  ").at(-1), "API docs");
});

Deno.test("searchEntries() finds nothing for what nothing is called", () => {
  assertEquals(labels("zzz"), []);
});

Deno.test("searchEntries() shows at most eight of a group", () => {
  const many = Array.from({ length: 20 }, (_, at) => asset(`Coin ${at}`, `C${at}`));
  assertEquals(searchEntries(many, "coin").length, 8);
});
