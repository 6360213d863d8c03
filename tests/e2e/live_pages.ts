import type { Page } from "playwright-core";

/** Half of the last decimal that prices from 1,000 show, and what floats may be off by. */
const TOLERANCE = 0.005_000_1;

/** Waits until the element shows the price, of 1,000 or more, to the cent that it shows. */
export async function showsPrice(
  page: Page,
  { selector, price }: { selector: string; price: number },
): Promise<void> {
  try {
    await page.waitForFunction(
      ([where, wanted, tolerance]) => {
        const text = document.querySelector(String(where))?.textContent ?? "";
        return Math.abs(parseFloat(text.replaceAll(",", "")) - Number(wanted)) <= Number(tolerance);
      },
      [selector, price, TOLERANCE] as const,
      { polling: 20 },
    );
  } catch (cause) {
    const [shown, feed] = await Promise.all([textOf(page, selector), textOf(page, ".feed")]);
    throw new Error(`Expected ${selector} to show ${price}: it is "${shown}", feed "${feed}"`, {
      cause,
    });
  }
}

async function textOf(page: Page, selector: string): Promise<string> {
  const texts = await page.locator(selector).allTextContents();
  return texts.join(", ");
}

/**
 * What the overview says of stale prices, all of it at one moment: `Stale, 10 s, as old as 10 s`,
 * by the chip in the bar and by the row of bitcoin. Another look may come seconds later.
 */
export async function tellsAge(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const textOf = (selector: string) => document.querySelector(selector)?.textContent?.trim();
    const age = '[data-table="assets"] [data-live="bitcoin"] [data-age]';
    return `${textOf(".feed")}, as old as ${textOf(age)}`;
  });
}
