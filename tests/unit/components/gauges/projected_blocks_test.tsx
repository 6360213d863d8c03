import { renderToString } from "preact-render-to-string";
import { FeeBands } from "@/components/gauges/FeeBands.tsx";
import { ProjectedBlocks } from "@/components/gauges/ProjectedBlocks.tsx";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";

const BLOCK = { transactions: 863, vsize: 746_096.5, medianFee: 10.796, feeRange: [1, 302.11] };

Deno.test("ProjectedBlocks says of each block when it comes, its fees and how full it is", () => {
  const html = renderToString(
    <ProjectedBlocks blocks={[BLOCK, BLOCK, { ...BLOCK, vsize: 11_900_000 }]} />,
  );
  const [, first = "", second = "", rest = ""] = html.split("<li");
  assertMatch(first, /Next block/);
  assertMatch(first, /10\.8/);
  assertMatch(first, /1\.00 to 302 sat\/vB/);
  assertMatch(first, /863 transactions/);
  assertMatch(first, /0\.75 MvB/);
  assertMatch(first, /y="25\.4" width="100" height="74\.6"/);
  assertMatch(second, /In about 20 min/);
  assertMatch(rest, /12 blocks, the rest/);
});

Deno.test("ProjectedBlocks draws dearer blocks in a stronger tone", () => {
  const fees = [0.5, 2, 7, 11, 25, 200];
  const blocks = fees.map((medianFee) => ({ ...BLOCK, medianFee }));
  const html = renderToString(<ProjectedBlocks blocks={blocks} />);
  const tones = [...html.matchAll(/data-tone="(\d)"/g)].map(([, tone]) => tone);
  assertEquals(tones, ["0", "1", "2", "3", "4", "5"]);
});

Deno.test("ProjectedBlocks leaves out a range that the source does not give", () => {
  const html = renderToString(<ProjectedBlocks blocks={[{ ...BLOCK, feeRange: [] }]} />);
  assert(!html.includes(" to "));
});

Deno.test("FeeBands gives each band its size and its share", () => {
  const html = renderToString(
    <FeeBands
      bands={[{ from: 500, to: null, vsize: 250_000 }, { from: 1, to: 2, vsize: 750_000 }]}
    />,
  );
  assertMatch(html, /500 and more.*0\.25.*25\.00%.*1 to 2.*0\.75.*75\.00%/);
});
