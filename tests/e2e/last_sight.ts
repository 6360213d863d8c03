import type { Browser, Page } from "playwright-core";
import type { Product } from "@/tests/e2e/product.ts";

/** Of a page, and of the product's log: enough to see what was there, and little enough to read. */
const KEPT_CHARACTERS = 1_500;
/** A page that does not answer by then is closed without a word. */
const ANSWERS_WITHIN_MS = 2_000;

/** How its stream stands, what it tells about itself, then its content. */
const SIGHT = `[".feed", "[role=alert], .banner, .toast, dialog[open]", "main"]
  .flatMap((selector) => [...document.querySelectorAll(selector)])
  .filter((element) => element.checkVisibility()).map(({ innerText }) => innerText).join("\\n")
  .slice(0, ${KEPT_CHARACTERS})`;

const lastSights = new WeakMap<Browser, string>();

/** Keeps what a page shows that is about to be closed: its test may have failed. */
export async function keepLastSight(page: Page): Promise<void> {
  const browser = page.context().browser();
  if (browser === null) return;
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve("(it did not answer)"), ANSWERS_WITHIN_MS);
  const sight = page.evaluate<string>(SIGHT).catch((error: Error) => `(${error.message})`);
  lastSights.set(browser, `${page.url()} showed:\n${await Promise.race([sight, late.promise])}`);
  clearTimeout(timer);
}

/** Runs a step of a test; where it fails, its error tells of the last page and of the product. */
export async function tellingWhatWasThere(
  run: () => Promise<void>,
  { browser, product }: { readonly browser: Browser; readonly product: Pick<Product, "output"> },
): Promise<void> {
  try {
    await run();
  } catch (cause) {
    const failure = cause instanceof Error ? cause.message : String(cause);
    const sight = lastSights.get(browser) ?? "No page was closed.";
    const log = product.output().slice(-KEPT_CHARACTERS);
    throw new Error(`${failure}\n${sight}\nThe product said last:\n${log}`, { cause });
  }
}
