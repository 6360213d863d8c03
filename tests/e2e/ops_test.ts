import type { Browser } from "playwright-core";
import { contentSecurityPolicy, pages } from "@/fresh.config.ts";
import type { OpsView } from "@/services/ops/mod.ts";
import { createPages } from "@/routes/page_server.ts";
import type { State } from "@/routes/page_state.ts";
import { DAY_MS, type UtcMs } from "@/services/kernel/time.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { checkViews, keepPicture, layoutShift, visit } from "@/tests/e2e/page_checks.ts";
import { sampleOpsView } from "@/tests/e2e/ops_sample.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { build } from "@/tools/build.ts";

const NO_POOLS = { fetches: [], held: [], quarantined: [] };
const NOTHING = { asof: null, isDemo: false, quotes: [] };

/** The console over a source that a test changes, and the acts that it was asked for. */
interface Console extends AsyncDisposable {
  readonly url: string;
  readonly acts: readonly string[];
  change(view: Partial<OpsView>): void;
  /** What acts are answered with. */
  refuse(message: string | null): void;
}

async function startConsole(): Promise<Console> {
  await build({ ifStale: true });
  const now = () => Date.now() as UtcMs;
  let changes: Partial<OpsView> = {};
  let refusal: string | null = null;
  const acts: string[] = [];
  const page = createPages({
    state: {
      clock: { now },
      version: "0.1.0",
      apiDocument: () => ({}),
      market: { getOverview: () => Promise.resolve(NOTHING) } as unknown as State["market"],
      risk: {} as State["risk"],
      scores: {} as State["scores"],
      portfolio: {} as State["portfolio"],
      watchlists: {} as State["watchlists"],
      pools: { listCards: () => Promise.resolve([]) } as unknown as State["pools"],
      autopilot: {} as State["autopilot"],
      gauges: {} as State["gauges"],
      ops: {
        read({ level }) {
          const view = { ...sampleOpsView(now()), ...changes };
          const logs = view.logs.filter((line) => level === "ALL" || line.level === level);
          return Promise.resolve({ ...view, logs });
        },
      },
    },
    settings: pages,
    contentSecurityPolicy,
    build: await import(new URL("../../_fresh/snapshot.js", import.meta.url).href),
    root: new URL("../..", import.meta.url).pathname,
    log: new RecordingLog(),
  });
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request, info) => {
      if (request.method !== "POST") return page(request, info);
      acts.push(new URL(request.url).pathname);
      if (refusal === null) return Response.json({ success: true, data: {} });
      const error = { code: "CONFLICT", message: refusal };
      return Response.json({ success: false, error }, { status: 409 });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/ops`,
    acts,
    change: (view) => changes = view,
    refuse: (message) => refusal = message,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

interface Step {
  readonly name: string;
  run(place: Console, browser: Browser): Promise<void>;
}

const STEPS: readonly Step[] = [
  {
    name: "asks, acts and says what came of it",
    async run(place, browser) {
      await using visited = await visit(browser, place.url);
      const { page } = visited;
      await page.locator("#providers").getByRole("button", { name: "Thaw" }).click();
      const dialog = page.getByRole("dialog", { name: "Thaw Etherscan?" });
      await dialog.getByRole("button", { name: "Cancel" }).click();
      assertEquals(place.acts, []);
      await page.locator("#providers").getByRole("button", { name: "Thaw" }).click();
      await keepPicture(page, "ops-question", { isWhole: false });
      place.change({ providers: [] });
      await dialog.getByRole("button", { name: "Thaw" }).click();
      await page.getByText("Etherscan is thawed").waitFor();
      assertEquals(place.acts, ["/api/ops/providers/etherscan/thaw"]);
      await page.getByText("No provider is set up").waitFor();
      place.change({});
      assertEquals(visited.complaints, []);
    },
  },

  {
    name: "keeps the question open when it is refused, with the reason",
    async run(place, browser) {
      await using visited = await visit(browser, place.url, { width: 320 });
      const { page } = visited;
      place.refuse("another with its key is not over");
      await page.getByRole("button", { name: "Retry" }).click();
      const dialog = page.getByRole("dialog", { name: "Retry Fetch spot prices?" });
      await dialog.getByRole("button", { name: "Retry" }).click();
      await dialog.getByRole("alert").getByText("another with its key is not over").waitFor();
      place.refuse(null);
      await keepPicture(page, "ops-refused-320", { isWhole: false });
    },
  },

  {
    name: "reads itself anew, and leaves the focus where it is",
    async run(place, browser) {
      await using visited = await visit(browser, place.url);
      const { page } = visited;
      const control = page.locator("#jobs").getByRole("button", { name: "Discard" });
      await control.focus();
      place.change({ queue: { counts: [], oldestDueSeconds: 0 }, audit: [] });
      await page.getByText("0 running, 0 waiting, 0 dead").waitFor();
      await page.getByText("Nobody has pressed anything yet").waitFor();
      assert(await control.evaluate((button) => button === document.activeElement));
      place.change({});
      assert(await layoutShift(page) < 0.02);
    },
  },

  {
    name: "filters the log by its address, without JavaScript as well",
    async run(place, browser) {
      await using visited = await visit(browser, place.url, { hasScripts: false });
      const { page } = visited;
      assertEquals(await page.locator(".log li").count(), 3);
      await page.getByRole("link", { name: "ERROR", exact: true }).click();
      await page.waitForLoadState();
      assertMatch(page.url(), /\/ops\?level=error#logs$/);
      assertEquals(await page.locator(".log li").count(), 1);
      await page.locator(".log a.trace").click();
      await page.waitForLoadState();
      assertMatch(page.url(), /level=error&trace=7c1e0f41-/);
      await page.getByText("Controls ask before they act").waitFor();
      assertEquals(await page.locator("[data-act]:visible").count(), 0);
    },
  },

  {
    name: "says so when nothing is broken, and when nothing is there",
    async run(place, browser) {
      place.change({
        providers: [],
        feeds: [],
        streams: null,
        queue: { counts: [], oldestDueSeconds: 0 },
        jobs: [],
        coverage: [],
        held: [],
        pools: { provider: "file", wanted: "file", fallback: null, ...NO_POOLS },
        fx: [],
        logs: [],
        audit: [],
      });
      await using visited = await visit(browser, place.url);
      await visited.page.getByText("Everything works.").waitFor();
      assertEquals(await checkViews(browser, place.url, { name: "ops-empty" }), []);
      place.change({});
    },
  },

  {
    name: "holds in every width and theme",
    async run(place, browser) {
      assertEquals(await checkViews(browser, place.url, { name: "ops" }), []);
    },
  },

  {
    name: "holds in every width and theme with instants that are too old to be told by their age",
    async run(place, browser) {
      place.change(sampleOpsView(Date.now() - DAY_MS as UtcMs));
      assertEquals(await checkViews(browser, place.url, { name: "ops-old" }), []);
      place.change({});
    },
  },
];

Deno.test({
  name: "the operator console in Chromium",
  ignore: findChromium() === null,
  async fn(t) {
    await using place = await startConsole();
    const browser = await launchChromium();
    try {
      for (const { name, run } of STEPS) await t.step(name, () => run(place, browser));
    } finally {
      await browser.close();
    }
  },
});
