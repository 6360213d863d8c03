import { cloneElement, type ComponentChildren, isValidElement } from "preact";
import { type HeadElement, headElements } from "../shared/head.ts";

/** What two elements of a head must share for the later one to replace the earlier. */
function identitiesOf({ type, key, props }: HeadElement): string[] {
  if (type === "title") return ["title"];
  const identities: string[] = [];
  if (key !== null && key !== undefined) identities.push(`key ${String(key)}`);
  if (typeof props["id"] === "string") identities.push(`id ${props["id"]}`);
  if (type === "meta" && typeof props["name"] === "string") {
    identities.push(`name ${props["name"]}`);
  }
  return identities;
}

/** The element with its key as an attribute, by which browsers find it again. */
export function withDataKey(element: HeadElement): HeadElement {
  const { key } = element;
  if (key === null || key === undefined) return element;
  return cloneElement(element, { "data-key": String(key) }) as HeadElement;
}

/**
 * The elements that pages put into `Head`. The last one wins; those of the app wrapper, which is
 * rendered after the page, give way to the page's.
 */
export class HeadEntries {
  #elements: HeadElement[] = [];
  readonly #taken = new Set<string>();
  #isSealed = false;

  /** Adds the children of one `Head`. */
  add(children: ComponentChildren): void {
    for (const element of headElements(children)) {
      const identities = identitiesOf(element);
      const isTaken = identities.some((identity) => this.#taken.has(identity));
      if (isTaken && this.#isSealed) continue;
      if (isTaken) {
        this.#elements = this.#elements.filter((known) =>
          !identitiesOf(known).some((identity) => identities.includes(identity))
        );
      }
      this.#elements.push(withDataKey(element));
      for (const identity of identities) this.#taken.add(identity);
    }
  }

  /** From here on elements no longer replace those already there. */
  seal(): void {
    this.#isSealed = true;
  }

  /** Whether an element of the document's own head is replaced by one of these. */
  replaces(element: unknown): boolean {
    if (this.#taken.size === 0 || !isValidElement(element)) return false;
    return identitiesOf(element as HeadElement).some((identity) => this.#taken.has(identity));
  }

  /** The elements to add to the head, in order. */
  get elements(): readonly HeadElement[] {
    return this.#elements;
  }
}
