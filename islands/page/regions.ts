import { localizeMoments } from "../../components/keys/moments.ts";

/** Told by the document once regions have new content; what was found in the old is gone. */
export const REGIONS_EVENT = "regionsreplaced";

/** What the server wrote into each region last; scripts have changed the page's own since. */
const written = new WeakMap<Element, string>();

/** Notes the regions of a page as the server wrote them, before scripts touch them. */
function readRegions(page: ParentNode): Map<string, Element> {
  const regions = new Map<string, Element>();
  for (const region of page.querySelectorAll("[data-region]")) {
    regions.set(region.getAttribute("data-region") ?? "", region);
  }
  return regions;
}

/** Whether somebody types, selects or chooses in there, which a new content would take from under them. */
function isInUse(region: Element): boolean {
  const { activeElement } = document;
  if (region.querySelector("details.menu[open]") !== null) return true;
  if (activeElement instanceof HTMLInputElement && region.contains(activeElement)) return true;
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && selection.anchorNode !== null &&
    region.contains(selection.anchorNode);
}

/** What finds the focused element again in new content: its act, its address or its text. */
function focusKey(element: Element | null): string {
  if (element === null) return "";
  return element.getAttribute("data-act") ?? element.getAttribute("href") ??
    element.textContent ?? "";
}

/**
 * Puts the regions of a newer copy of the page in the place of those that differ. The focus stays
 * on the control it was on; a region in use stays as it is until the next time.
 */
export function replaceRegions(next: ParentNode, now: number): void {
  const newer = readRegions(next);
  let isChanged = false;
  for (const [name, region] of readRegions(document)) {
    const source = newer.get(name);
    if (source === undefined || isInUse(region)) continue;
    const html = source.innerHTML;
    if (written.get(region) === html) continue;
    written.set(region, html);
    isChanged = true;
    const focused = region.contains(document.activeElement) ? document.activeElement : null;
    const key = focusKey(focused);
    region.replaceChildren(...[...source.childNodes].map((node) => document.adoptNode(node)));
    localizeMoments(region, now);
    if (focused === null) continue;
    const controls = [...region.querySelectorAll<HTMLElement>("button, a, summary, [tabindex]")];
    controls.find((control) => focusKey(control) === key)?.focus({ preventScroll: true });
  }
  if (isChanged) document.dispatchEvent(new Event(REGIONS_EVENT));
}
