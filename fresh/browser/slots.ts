import { type ComponentChildren, type ComponentType, Fragment, h, type JSX } from "preact";
import { parseMarker, slotTemplateId } from "../shared/markers.ts";
import { SlotReference } from "./decode_props.ts";
import { commentText, findClose } from "./node_range.ts";

type Props = Record<string, unknown>;

/** An element's attributes as properties; a boolean one that is present is true. */
function propsOf(element: Element): Props {
  const props: Props = {};
  for (const { name, value } of element.attributes) {
    const isBoolean = typeof Reflect.get(element, name) === "boolean" && value === "";
    props[name] = isBoolean ? true : value;
  }
  return props;
}

/** Turns what the server rendered back into elements that Preact can adopt. */
export class PageReader {
  readonly #islands: Readonly<Record<string, ComponentType<Props>>>;
  readonly #props: readonly Props[];
  readonly #openSlots = new Map<number, Comment>();
  readonly #slots = new Map<number, JSX.Element>();

  constructor(islands: Readonly<Record<string, ComponentType<Props>>>, props: readonly Props[]) {
    this.#islands = islands;
    this.#props = props;
  }

  /** Notes where slots were rendered. */
  addSlots(root: Node): void {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
    while (walker.nextNode()) {
      const open = walker.currentNode as Comment;
      const marker = parseMarker(open.data);
      if (marker?.kind === "slot") this.#openSlots.set(marker.id, open);
    }
  }

  /** The element of an island with its properties, slots included. */
  island({ name, index, key }: { name: string; index: number; key: string }): JSX.Element {
    const props = this.#fillSlots(this.#props[index] ?? {}) as Props;
    const component = this.#islands[name] as ComponentType<Props>;
    return h(component, key === "" ? props : { ...props, key });
  }

  /** Replaces references to slots by what the server rendered for them, however deep they lie. */
  #fillSlots(value: unknown): unknown {
    if (value instanceof SlotReference) return this.#slot(value.id);
    if (Array.isArray(value)) {
      const filled = value.map((item) => this.#fillSlots(item));
      return filled.some((item, index) => item !== value[index]) ? filled : value;
    }
    if (typeof value !== "object" || value === null) return value;
    if (Object.getPrototypeOf(value) !== Object.prototype) return value;
    const entries = Object.entries(value);
    const filled = entries.map(([name, item]) => [name, this.#fillSlots(item)] as const);
    const isSame = filled.every(([, item], index) => item === entries[index]?.[1]);
    return isSame ? value : Object.fromEntries(filled);
  }

  #slot(id: number): JSX.Element {
    const known = this.#slots.get(id);
    if (known) return known;
    const slot = h(Fragment, null, this.#slotContent(id));
    this.#slots.set(id, slot);
    return slot;
  }

  #slotContent(id: number): ComponentChildren[] {
    const open = this.#openSlots.get(id);
    if (open) return this.#read(open.nextSibling, findClose(open));
    const template = document.getElementById(slotTemplateId(id));
    if (!(template instanceof HTMLTemplateElement)) return [];
    this.addSlots(template.content);
    return this.#read(template.content.firstChild, null);
  }

  #read(first: Node | null, end: Node | null): ComponentChildren[] {
    const children: ComponentChildren[] = [];
    for (let node = first; node && node !== end; node = node.nextSibling) {
      const marker = parseMarker(commentText(node));
      if (marker && marker.kind !== "close") {
        const close = findClose(node as Comment);
        children.push(
          marker.kind === "island"
            ? this.island(marker)
            : h(Fragment, null, this.#read(node.nextSibling, close)),
        );
        node = close ?? node;
      } else if (node.nodeType === Node.TEXT_NODE) children.push((node as Text).data);
      else if (node.nodeType === Node.ELEMENT_NODE) {
        const element = node as Element;
        children.push(
          h(element.localName, propsOf(element), ...this.#read(element.firstChild, null)),
        );
      }
    }
    return children;
  }
}
