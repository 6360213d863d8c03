import { assert, assertEquals } from "@/tests/assert.ts";
import { checkViews, type Step, testInBrowser, visit } from "@/tests/e2e/page_checks.ts";

const STATES = [
  "Loading",
  "Empty on first use",
  "Empty by filter",
  "Partial",
  "Stale",
  "Error",
  "Forbidden",
] as const;

const STEPS: readonly Step[] = [
  {
    name: "shows a table, a chart and figures in each of the seven states",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/styleguide`, { hasScripts: false });
      for (const state of STATES) {
        const region = visited.page.getByRole("region", { name: state, exact: true });
        assertEquals(await region.locator("h4").allInnerTexts(), ["Table", "Chart", "Figures"]);
      }
    },
  },

  {
    name: "tells up from down in every palette without a finding",
    async run({ browser, url }) {
      for (
        const query of ["?theme=dark&palette=safe", "?theme=light&palette=safe&direction=red-up"]
      ) {
        const problems = await checkViews(browser, `${url}/styleguide${query}`, {
          name: `styleguide-${query.includes("red-up") ? "red-up" : "safe"}`,
        });
        assertEquals(problems, [], query);
      }
    },
  },

  {
    name: "swaps the colours of up and down, and nothing else, for red-up",
    async run({ browser, url }) {
      const colours = `["up", "down", "stale"].map((name) =>
        getComputedStyle(document.querySelector(".sw-" + name)).fill)`;
      await using plain = await visit(browser, `${url}/styleguide`);
      await using swapped = await visit(browser, `${url}/styleguide?direction=red-up`);
      const [up, down, stale] = await plain.page.evaluate<string[]>(colours);
      assertEquals(await swapped.page.evaluate<string[]>(colours), [down, up, stale].map(String));
      assert(up !== down);
    },
  },

  {
    name: "holds in every width and theme",
    async run({ browser, url }) {
      assertEquals(await checkViews(browser, `${url}/styleguide`, { name: "styleguide" }), []);
    },
  },
];

testInBrowser("the style guide in Chromium", STEPS);
