import { type ComponentType, hydrate } from "preact";
import { parseMarker } from "../shared/markers.ts";
import { decodeProps } from "./decode_props.ts";
import { findClose, nodeRange, nodesUntil, removeMarkers } from "./node_range.ts";
import { PageReader } from "./slots.ts";

type Islands = Readonly<Record<string, ComponentType<Record<string, unknown>>>>;

/** The islands that lie in no other island, and where each ends. */
function findIslands(): { open: Comment; close: Comment }[] {
  const found: { open: Comment; close: Comment }[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
  let until: Comment | null = null;
  while (walker.nextNode()) {
    const comment = walker.currentNode as Comment;
    if (comment === until) until = null;
    const marker = parseMarker(comment.data);
    if (marker?.kind !== "island" || until) continue;
    until = findClose(comment);
    if (until) found.push({ open: comment, close: until });
    else reportError(new Error(`Cannot start island "${marker.name}": its markup is torn apart`));
  }
  return found;
}

/**
 * Brings the islands of a page to life, and marks `islands` in its performance timeline once they
 * were all brought.
 */
export function boot(islands: Islands, data: string): void {
  const reader = new PageReader(islands, decodeProps(data));
  reader.addSlots(document.body);
  const roots = findIslands().flatMap(({ open, close }) => {
    const marker = parseMarker(open.data);
    return marker?.kind === "island" ? [{ open, close, vnode: reader.island(marker) }] : [];
  });
  for (const { open, close, vnode } of roots) {
    // One task per island: a page of many stays responsive while they start.
    setTimeout(() => {
      removeMarkers(nodesUntil(open.nextSibling, close));
      hydrate(vnode, nodeRange(open, close));
    });
  }
  // Timers of one delay run in their order.
  setTimeout(() => performance.mark("islands"));
}
