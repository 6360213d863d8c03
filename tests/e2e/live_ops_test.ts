import type { Browser } from "playwright-core";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { build } from "@/tools/build.ts";
import { EventReader } from "./event_reader.ts";
import { tellingWhatWasThere } from "./last_sight.ts";
import { LivePlace } from "./live_place.ts";
import { checkViews, keepPicture, visit } from "./page_checks.ts";

interface Step {
  readonly name: string;
  run(place: LivePlace, browser: Browser): Promise<void>;
}

const STEPS: readonly Step[] = [
  {
    name: "shows providers, streams, jobs, coverage and logs as they are",
    async run(place, browser) {
      await using _reader = await EventReader.open(`${place.url}/api/stream/prices`);
      await using visited = await visit(browser, `${place.url}/ops`);
      const { page } = visited;
      const row = (panel: string, name: string) =>
        page.locator(`${panel} tr`, { has: page.getByRole("rowheader", { name, exact: true }) });
      for (const provider of ["Binance", "Coinbase Exchange", "CoinGecko"]) {
        await row("#providers", provider).getByText("Closed").waitFor();
      }
      assertMatch(await row("#providers", "Binance").innerText(), /\/ 1,200\s+per minute/);
      for (const venue of ["Binance", "Coinbase Exchange"]) {
        await row("#feeds", venue).getByText(/^Live/).waitFor();
      }
      await page.locator("#streams").getByText("1open").waitFor();
      await row("#jobs", "Backfill candles").getByText("Done").waitFor();
      await row("#coverage", "BTC").getByText("100.0").first().waitFor();
      await page.locator(".log li", { hasText: "Feeding live prices" }).waitFor();
      assertEquals(visited.complaints, []);
    },
  },

  {
    name: "opens and closes a breaker through its dialog, and the audit log shows who did",
    async run(place, browser) {
      await using visited = await visit(browser, `${place.url}/ops`);
      const { page } = visited;
      const provider = page.locator("#providers tr", { hasText: "CoinGecko" });
      for (const act of ["Open breaker", "Close breaker"]) {
        await provider.getByRole("button", { name: act }).click();
        const dialog = page.getByRole("dialog");
        await dialog.waitFor();
        if (act === "Open breaker") await keepPicture(page, "ops-real-dialog", { isWhole: false });
        await dialog.getByRole("button", { name: act }).click();
        await dialog.waitFor({ state: "hidden" });
        await provider.getByText(act === "Open breaker" ? "Open" : "Closed", { exact: true })
          .waitFor();
      }
      const entries = page.locator("#audit tbody tr");
      assertEquals(await entries.count(), 2);
      const [newest = "", oldest = ""] = await entries.allInnerTexts();
      assertMatch(newest, /coingecko/i);
      assertMatch(oldest, /coingecko/i);
      assert(newest !== oldest);
      assertEquals(visited.complaints, []);
    },
  },

  {
    name: "says when an exchange is away, and when it is back",
    async run(place, browser) {
      await using visited = await visit(browser, `${place.url}/ops`);
      const { page } = visited;
      const feed = page.locator("#feeds tbody tr").first();
      place.pullAway();
      await feed.getByText(/^Reconnecting/).waitFor();
      await keepPicture(page, "ops-real-away");
      place.bringBack();
      await feed.getByText(/^Live/).waitFor();
    },
  },

  {
    name: "holds in every width and theme",
    async run(place, browser) {
      assertEquals(await checkViews(browser, `${place.url}/ops`, { name: "ops-real" }), []);
    },
  },
];

Deno.test({
  name: "the operator console over the real product in Chromium",
  ignore: findChromium() === null,
  async fn(t) {
    await build({ ifStale: true });
    await using place = await LivePlace.start();
    const browser = await launchChromium();
    place.exchange.run(20);
    try {
      const { product } = place;
      for (const { name, run } of STEPS) {
        const step = () => run(place, browser);
        await t.step(name, () => tellingWhatWasThere(step, { browser, product }));
      }
    } finally {
      await browser.close();
    }
  },
});
