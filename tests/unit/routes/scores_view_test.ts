import { readScoresView, scoresHref } from "@/routes/scores/(_components)/scores_view.ts";
import { assertEquals } from "@/tests/assert.ts";

const read = (query: string) => readScoresView(new URL(`http://localhost/scores?${query}`));

Deno.test("readScoresView() of a bare address is the newest ranking by the default method", () => {
  assertEquals(read(""), {
    method: "v1",
    asof: null,
    theme: null,
    query: "",
    sort: "rank",
    order: "asc",
  });
});

Deno.test("readScoresView() leaves what it does not know at its default", () => {
  const { sort, order } = read("sort=colour&order=up");
  assertEquals([sort, order], ["rank", "asc"]);
});

Deno.test("readScoresView() sorts names up and figures down unless told otherwise", () => {
  assertEquals(read("sort=name").order, "asc");
  assertEquals(read("sort=risk").order, "desc");
  assertEquals(read("sort=risk&order=asc").order, "asc");
});

const ADDRESSES = [
  "/scores",
  "/scores?asof=2021-06-30&theme=defi&q=aave",
  "/scores?method=signal&sort=risk",
  "/scores?sort=risk&order=asc",
  "/scores?order=desc",
];
for (const address of ADDRESSES) {
  Deno.test(`scoresHref() writes what was read from ${address}`, () => {
    assertEquals(scoresHref(readScoresView(new URL(address, "http://localhost"))), address);
  });
}
