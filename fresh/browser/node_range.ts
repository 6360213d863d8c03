import type { ContainerNode } from "preact";
import { parseMarker } from "../shared/markers.ts";

/** The text of a comment; empty for every other node. */
export function commentText(node: Node): string {
  return node.nodeType === Node.COMMENT_NODE ? (node as Comment).data : "";
}

/** The nodes from `first` up to, not including, `end`. */
export function nodesUntil(first: Node | null, end: Node | null): ChildNode[] {
  const nodes: ChildNode[] = [];
  for (let node = first; node && node !== end; node = node.nextSibling) {
    nodes.push(node as ChildNode);
  }
  return nodes;
}

/** The marker that closes what `open` opens; null if broken markup tore them apart. */
export function findClose(open: Comment): Comment | null {
  let depth = 0;
  for (let node: Node | null = open; node; node = node.nextSibling) {
    const marker = parseMarker(commentText(node));
    if (!marker) continue;
    depth += marker.kind === "close" ? -1 : 1;
    if (depth === 0) return node as Comment;
  }
  return null;
}

/** Takes out marker comments, which Preact would not find in what an island renders. */
export function removeMarkers(nodes: readonly ChildNode[]): void {
  const markers: ChildNode[] = [];
  for (const node of nodes) {
    if (parseMarker(commentText(node))) markers.push(node);
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_COMMENT);
    while (walker.nextNode()) {
      const inner = walker.currentNode as Comment;
      if (inner !== node && parseMarker(inner.data)) markers.push(inner);
    }
  }
  for (const marker of markers) marker.remove();
}

/**
 * A parent made up for Preact, so that an island owns only the nodes between its markers although
 * others share the real parent.
 */
export function nodeRange(start: Comment, end: Comment): ContainerNode {
  const parent = start.parentElement as Element;
  const owns = (node: Node) =>
    node.parentNode === parent &&
    (end.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
  const range = {
    nodeType: Node.ELEMENT_NODE,
    parentNode: parent,
    ownerDocument: document,
    namespaceURI: parent.namespaceURI,
    localName: parent.localName,
    nextSibling: null,
    get firstChild() {
      return start.nextSibling === end ? null : start.nextSibling;
    },
    get childNodes() {
      return nodesUntil(start.nextSibling, end);
    },
    insertBefore: (node: Node, before: Node | null) =>
      parent.insertBefore(node, before && owns(before) ? before : end),
    appendChild: (node: Node) => parent.insertBefore(node, end),
    removeChild: (node: Node) => parent.removeChild(node),
    contains: (node: Node | null) =>
      nodesUntil(start.nextSibling, end).some((child) => child.contains(node)),
  };
  return range;
}
