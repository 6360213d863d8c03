import { assertRejects } from "@/tests/assert.ts";
import { RebuildThread } from "@/services/portfolio/snapshots/rebuild_thread.ts";

const NOTHING = { pools: "account", cashPrices: new Map(), assets: [] } as const;

Deno.test("RebuildThread tells of a thread that fails, before it is asked and after", async () => {
  using thread = new RebuildThread({
    script: new URL("data:text/javascript,throw new Error('out of order')"),
  });
  for (let asked = 0; asked < 2; asked++) {
    await assertRejects(
      () => thread.run(NOTHING, new AbortController().signal),
      { pattern: /^Cannot rebuild snapshots: .*out of order$/ },
    );
  }
});
