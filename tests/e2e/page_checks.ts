import type { Browser, Page, Request } from "playwright-core";
import { findChromium, launchChromium } from "@/tests/chromium.ts";
import { comesAlive } from "@/tests/e2e/alive.ts";
import { keepLastSight, tellingWhatWasThere } from "@/tests/e2e/last_sight.ts";
import { startProduct } from "@/tests/e2e/product.ts";
import { build } from "@/tools/build.ts";

const AXE = new URL("../../node_modules/axe-core/axe.min.js", import.meta.url);
const ARTIFACTS = new URL("../../artifacts/", import.meta.url);

export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Everything that a clean page does not say: console lines, uncaught errors, CSP reports. */
  readonly complaints: string[];
}

export interface VisitOptions {
  readonly width?: number;
  readonly theme?: "dark" | "light";
  readonly hasScripts?: boolean;
}

/** Opens an address in a browser of its own: nothing is shared between visits. */
export async function visit(
  browser: Browser,
  url: string,
  { width = 1440, theme = "dark", hasScripts = true }: VisitOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    javaScriptEnabled: hasScripts,
    colorScheme: theme,
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  const quiet = watchRequests(page);
  await page.goto(url);
  if (hasScripts) await comesAlive(page);
  await quiet();
  const close = async () => {
    await keepLastSight(page);
    await context.close();
  };
  return { page, complaints, [Symbol.asyncDispose]: close };
}

/** A page that has come alive and asked for nothing for this long has all it needs. */
const QUIET_MS = 200;

/**
 * Waits until the page has what it asked for. Not the browser's own "network idle": it takes the
 * script of a shared worker for a request that never ends.
 */
function watchRequests(page: Page): () => Promise<void> {
  const pending = new Set<Request>();
  const idle = { since: performance.now() };
  const end = (request: Request) => {
    pending.delete(request);
    idle.since = performance.now();
  };
  page.on("request", (request) => {
    if (!new URL(request.url()).pathname.startsWith("/workers/")) pending.add(request);
  });
  page.on("requestfinished", end);
  page.on("requestfailed", end);
  return async () => {
    while (pending.size > 0 || performance.now() - idle.since < QUIET_MS) {
      await page.waitForTimeout(50);
    }
  };
}

/** What axe finds, one line a rule. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(await Deno.readTextFile(AXE));
  const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    "axe.run({ resultTypes: ['violations'] })",
  );
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
}

/** By how many pixels the page is wider than its window, and what reaches out; `null` if nothing. */
async function sidewaysScroll(page: Page): Promise<string | null> {
  return await page.evaluate<string | null>(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return null;
    const isOut = (element) => element.getBoundingClientRect().right > clientWidth;
    const out = [...document.querySelectorAll("main *")].filter(isOut).slice(0, 3);
    const names = out.map(({ tagName, id, className }) => [tagName, id, className].join(" "));
    return "scrolls sideways by " + (scrollWidth - clientWidth) + " px: " + names.join(", ");
  })()`);
}

/** Sum of layout shifts since the page was opened. */
export async function layoutShift(page: Page): Promise<number> {
  return await page.evaluate<number>(`new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
  })`);
}

/** Where everything that holds something stands on a page, and how large it is. */
export async function boxes(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`(() => {
    const held = "main :is(header, section, h1, p, tr, th, td, .fig, .scope > *, .feed-chip)";
    return [...document.querySelectorAll(held)].map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [element.tagName, x, y, width, height].join(" ");
    });
  })()`);
}

/** A page that is longer takes seconds to be drawn as a whole, and nobody looks at it. */
const TALLEST_PICTURE_PX = 20_000;

/** Keeps a picture of the page for those who look at it: all of it, or what stands above the fold. */
export async function keepPicture(
  page: Page,
  name: string,
  { isWhole = true }: { isWhole?: boolean } = {},
): Promise<void> {
  await Deno.mkdir(ARTIFACTS, { recursive: true });
  const path = new URL(`${name}.png`, ARTIFACTS).pathname;
  const height = await page.evaluate<number>("document.documentElement.scrollHeight");
  await page.screenshot({ path, fullPage: isWhole && height <= TALLEST_PICTURE_PX });
}

/** Widths and themes that every page is checked in. */
export const VIEWS = [320, 768, 1440].flatMap((width) =>
  (["dark", "light"] as const).map((theme) => ({ width, theme }))
);

/** Widths between those, where columns and panels have least room to give. */
const TIGHT_WIDTHS = [360, 700, 1024, 1200, 1280] as const;

/**
 * What must hold of every page in every width and theme: no finding, no complaint, nothing that
 * scrolls sideways, at the tight widths between them neither. Returns what does not, and keeps a
 * picture of each.
 */
export async function checkViews(
  browser: Browser,
  url: string,
  { name }: { readonly name: string },
): Promise<string[]> {
  const problems: string[] = [];
  for (const { width, theme } of VIEWS) {
    await using visited = await visit(browser, url, { width, theme });
    const { page, complaints } = visited;
    const sideways = await sidewaysScroll(page);
    const found = [...complaints, ...await axeFindings(page)];
    if (sideways !== null) found.push(sideways);
    problems.push(...found.map((problem) => `${width} ${theme}: ${problem}`));
    await keepPicture(page, `${name}-${width}-${theme}`);
  }
  return [...problems, ...await checkTightWidths(browser, url)];
}

async function checkTightWidths(browser: Browser, url: string): Promise<string[]> {
  const problems: string[] = [];
  await using visited = await visit(browser, url);
  for (const width of TIGHT_WIDTHS) {
    await visited.page.setViewportSize({ width, height: 900 });
    const sideways = await sidewaysScroll(visited.page);
    if (sideways !== null) problems.push(`${width}: ${sideways}`);
  }
  return problems;
}

/** A running product and a browser to look at it with. */
export interface Place {
  readonly browser: Browser;
  readonly url: string;
}

export interface Step {
  readonly name: string;
  run(place: Place): Promise<void>;
}

export interface BrowserTestOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Fills the data folder before the product starts on it. */
  readonly fill?: (dataDir: string) => Promise<void>;
  /** Whether something that the test needs beside Chromium is not there. */
  readonly ignore?: boolean;
}

/** A test of several steps, all against one product; ignored where there is no Chromium. */
export function testInBrowser(
  name: string,
  steps: readonly Step[],
  { env = {}, fill, ignore = false }: BrowserTestOptions = {},
): void {
  Deno.test({
    name,
    ignore: ignore || findChromium() === null,
    async fn(t) {
      await build({ ifStale: true });
      const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis-" });
      try {
        await fill?.(dataDir);
        await using product = await startProduct({ env, dataDir });
        const browser = await launchChromium();
        try {
          for (const step of steps) {
            const run = () => step.run({ browser, url: product.url });
            await t.step(step.name, () => tellingWhatWasThere(run, { browser, product }));
          }
        } finally {
          await browser.close();
        }
      } finally {
        await Deno.remove(dataDir, { recursive: true });
      }
    },
  });
}
