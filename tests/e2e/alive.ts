import type { BrowserContext, Locator, Page } from "playwright-core";
import { WORKER_TIMEOUT_MS } from "@/components/api/live_messages.ts";
import { until } from "@/tests/e2e/live_place.ts";

/**
 * Waits until the scripts of the page that was opened have taken over: its islands are alive and
 * listen. Before that a key is lost, and a click does what it does without JavaScript.
 */
export async function comesAlive(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const isBooting = [...document.scripts].some(({ text }) => text.startsWith("import{boot}"));
    return document.readyState === "complete" &&
      (!isBooting || performance.getEntriesByName("islands").length > 0);
  });
  // What islands do once they are there, they do after the next frame.
  await page.evaluate(() =>
    new Promise((done) =>
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))
    )
  );
}

/** Waits until the element reads otherwise than it did; what it reads then. */
export async function readsOtherwise(element: Locator, before: string): Promise<string> {
  return await until(() => element.innerText(), {
    what: "Another text",
    holds: (text) => text !== before,
  });
}

/**
 * Has the pages wait for the worker that all tabs share, however long it takes to start: a page
 * that gives it up opens a stream of its own.
 */
export async function waitsForWorker(context: BrowserContext): Promise<void> {
  await context.addInitScript(`{
    const start = globalThis.setTimeout;
    globalThis.setTimeout = (run, ms, ...rest) =>
      start(run, ms === ${WORKER_TIMEOUT_MS} ? 2 ** 31 - 1 : ms, ...rest);
  }`);
}
