import fc from "fast-check";
import { readView, viewHref } from "@/routes/(_overview)/overview_view.ts";
import { assertEquals } from "@/tests/assert.ts";

function view(query: string) {
  return readView(new URL(`http://localhost/${query}`));
}

Deno.test("readView() of a bare address is all assets by market value", () => {
  assertEquals(view(""), {
    theme: null,
    sort: "market_cap",
    order: "desc",
    query: "",
    hidden: new Set<string>(),
    isTotalTable: false,
  });
});

Deno.test("readView() sorts names from A unless told otherwise", () => {
  assertEquals(view("?sort=name").order, "asc");
  assertEquals(view("?sort=name&order=desc").order, "desc");
});

Deno.test("readView() hides the columns that are not listed", () => {
  assertEquals(
    view("?col=price&col=change_24h&col=sparkline").hidden,
    new Set([
      "change_7d",
      "change_30d",
      "change_1y",
      "volume_24h",
      "market_cap",
    ]),
  );
});

Deno.test("readView() leaves what it does not know at its default", () => {
  assertEquals(view("?sort=x&order=up&col=nothing&theme="), view(""));
});

Deno.test("viewHref() leaves defaults out", () => {
  assertEquals(viewHref(view("")), "/");
  assertEquals(viewHref(view("?theme=defi&sort=price")), "/?theme=defi&sort=price");
  assertEquals(viewHref(view("?q=bit"), "/overview.csv"), "/overview.csv?q=bit");
});

Deno.test("readView() reads back every address that viewHref() writes", () => {
  const word = fc.string({ maxLength: 20 });
  fc.assert(fc.property(
    fc.record({
      theme: word,
      sort: fc.constantFrom("name", "price", "market_cap", "odd"),
      order: fc.constantFrom("asc", "desc", "odd"),
      q: word,
      col: fc.constantFrom("price", "sparkline", "odd"),
      total: fc.constantFrom("table", "odd"),
    }),
    (fields) => {
      const first = view(`?${new URLSearchParams(fields)}`);
      assertEquals(readView(new URL(viewHref(first), "http://localhost")), first);
    },
  ));
});
