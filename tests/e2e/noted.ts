import type { Page } from "playwright-core";
import { until } from "@/tests/e2e/live_place.ts";

/** What the elements of a selector have shown, one text after the other. */
export interface Noted {
  /** Waits until texts like these were shown in this order, whatever came between them. */
  showed(...texts: readonly RegExp[]): Promise<void>;
}

/**
 * Has the page note every text that the selector's elements show, from now on and in the documents
 * that come after this one. What stands there for a moment may be gone before a test looks.
 */
export async function noteTexts(page: Page, selector: string): Promise<Noted> {
  const key = JSON.stringify(selector);
  const script = `(() => {
    const notes = (globalThis.notedTexts ??= {})[${key}] = [];
    const note = () => {
      for (const { textContent } of document.querySelectorAll(${key})) {
        const text = textContent.trim();
        if (text !== notes.at(-1)) notes.push(text);
      }
    };
    const changes = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver(note).observe(document, changes);
    note();
  })()`;
  await page.addInitScript(script);
  await page.evaluate(script);
  return {
    async showed(...texts) {
      await until(() => page.evaluate<string[]>(`globalThis.notedTexts?.[${key}] ?? []`), {
        what: `"${selector}" showed ${texts.join(", then ")}`,
        holds: (notes) => areInOrder(notes, texts),
      });
    },
  };
}

function areInOrder(notes: readonly string[], texts: readonly RegExp[]): boolean {
  let found = 0;
  for (const note of notes) if (texts[found]?.test(note)) found++;
  return found === texts.length;
}
