import { assertEquals, assertMatch } from "@/tests/assert.ts";
import { checkViews, keepPicture, type Step, testInBrowser, visit } from "./page_checks.ts";
import { importPools } from "./run_on.ts";

const POOL = "aave-v3-ethereum-0xaa";
/** Two pools of which the last reading is ten times the one before. */
const JUMPS = [
  "time,protocol,chain,asset,contract,rate,tvl",
  ...["0xaa", "0xbb"].flatMap((contract) => [
    `2026-11-01T00:00:00Z,AAVEV3,Ethereum,USDC,${contract},0.05,1000000`,
    `2026-11-01T04:00:00Z,AAVEV3,Ethereum,USDC,${contract},0.05,10000000`,
  ]),
].join("\n");

const STEPS: readonly Step[] = [
  {
    name: "shows what a held reading jumped from, and leaves it when the question is cancelled",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/ops`);
      const { page } = visited;
      const row = page.locator("#pool-intake tbody tr", { hasText: POOL });
      assertMatch(await row.innerText(), /10\.0M after 1\.00M/);
      await row.getByRole("button", { name: "Accept" }).click();
      const dialog = page.getByRole("dialog", { name: "Accept this reading?" });
      await keepPicture(page, "ops-pool-question", { isWhole: false });
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await row.waitFor();
      assertEquals(visited.complaints, []);
      assertEquals(await checkViews(browser, `${url}/ops`, { name: "ops-pools" }), []);
    },
  },

  {
    name: "accepts one and discards the other, and the audit log shows both",
    async run({ browser, url }) {
      await using visited = await visit(browser, `${url}/ops`);
      const { page } = visited;
      for (const [contract, act] of [["0xaa", "Accept"], ["0xbb", "Discard"]] as const) {
        const row = page.locator("#pool-intake tbody tr", { hasText: contract });
        await row.getByRole("button", { name: act }).click();
        const dialog = page.getByRole("dialog", { name: `${act} this reading?` });
        await dialog.getByRole("button", { name: act }).click();
        await row.waitFor({ state: "detached" });
      }
      await page.locator("#pool-intake").getByText("0 readings held").waitFor();
      const [newest = "", oldest = ""] = await page.locator("#audit tbody tr").allInnerTexts();
      assertMatch(newest, /discard/i);
      assertMatch(oldest, /accept/i);
      const tvl = async (contract: string) => {
        const answer = await fetch(`${url}/api/pools/aave-v3-ethereum-${contract}`);
        return (await answer.json()).data.pool.tvl_usd;
      };
      assertEquals([await tvl("0xaa"), await tvl("0xbb")], [10_000_000, 1_000_000]);
      assertEquals(visited.complaints, []);
    },
  },
];

testInBrowser("readings of pools that are held are settled by hand in Chromium", STEPS, {
  async fill(dataDir) {
    const path = `${dataDir}/snapshots.csv`;
    await Deno.writeTextFile(path, JUMPS);
    await importPools(dataDir, { path, provider: "yieldhouse" });
  },
});
