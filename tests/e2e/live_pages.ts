import type { Page } from "playwright-core";

/** Waits until the element shows the price, to the digits that it shows. */
export async function showsPrice(
  page: Page,
  { selector, price }: { selector: string; price: number },
): Promise<void> {
  await page.waitForFunction(
    ([where, wanted]) => {
      const text = document.querySelector(String(where))?.textContent ?? "";
      return Math.abs(parseFloat(text.replaceAll(",", "")) - Number(wanted)) < 0.000_51;
    },
    [selector, price] as const,
    { polling: 20 },
  );
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
