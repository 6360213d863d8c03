import { MORE_SECTIONS, SITE_PAGES, TAB_PAGES } from "@/components/shell/site_map.ts";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("SITE_PAGES gives every page an address, a name and a letter of its own", () => {
  for (const part of ["href", "label", "key"] as const) {
    const values = SITE_PAGES.map((page) => page[part]);
    assertEquals(values, [...new Set(values)], part);
  }
});

Deno.test("TAB_PAGES and MORE_SECTIONS lead a phone to every page once", () => {
  assertEquals(TAB_PAGES.length, 4);
  const led = [...TAB_PAGES, ...MORE_SECTIONS.flatMap(({ pages }) => pages)];
  const hrefs = (pages: typeof SITE_PAGES) => pages.map(({ href }) => href).sort();
  assertEquals(hrefs(led), hrefs(SITE_PAGES));
});
