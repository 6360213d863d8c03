import { type ComponentChildren, isValidElement, type VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Whether this code runs in a browser. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

/** Takes the children of each `Head` while a page is rendered; null outside of that. */
export const headSink: { collect: ((children: ComponentChildren) => void) | null } = {
  collect: null,
};

/** An element written inside `Head`. */
export type HeadElement = VNode<Record<string, unknown>> & { readonly type: string };

/** The elements among children, nested arrays and fragments flattened. */
export function headElements(children: ComponentChildren): HeadElement[] {
  if (Array.isArray(children)) return children.flatMap(headElements);
  if (!isValidElement(children)) return [];
  const { type, props } = children as VNode<Record<string, unknown>>;
  if (typeof type === "string") return [children as HeadElement];
  return headElements(props["children"] as ComponentChildren);
}

/** The text of a title, a style or a script. */
function textOf(children: unknown): string {
  return [children].flat(Infinity).filter((child) => child !== null && typeof child !== "boolean")
    .join("");
}

const ATTRIBUTE_NAMES: Readonly<Record<string, string>> = {
  className: "class",
  charSet: "charset",
  httpEquiv: "http-equiv",
  crossOrigin: "crossorigin",
};

/** The attributes an element of the head has in HTML; its key is kept as `data-key`. */
function attributesOf(element: HeadElement): Map<string, string> {
  const attributes = new Map<string, string>();
  if (element.key !== null && element.key !== undefined) {
    attributes.set("data-key", String(element.key));
  }
  for (const [name, value] of Object.entries(element.props)) {
    if (name === "children" || name === "dangerouslySetInnerHTML") continue;
    if (value === null || value === undefined || value === false) continue;
    attributes.set(ATTRIBUTE_NAMES[name] ?? name, value === true ? "" : String(value));
  }
  return attributes;
}

function findElement(element: HeadElement, attributes: Map<string, string>): Element | null {
  const candidates = [...document.head.children].filter((child) =>
    child.localName === element.type
  );
  function withSame(name: string): Element | undefined {
    const value = attributes.get(name);
    return value === undefined
      ? undefined
      : candidates.find((child) => child.getAttribute(name) === value);
  }
  const match = withSame("data-key") ?? withSame("id") ??
    (element.type === "meta" ? withSame("name") : undefined);
  if (match) return match;
  // What the server wrote for this very element is taken over instead of doubled.
  return candidates.find((child) =>
    [...attributes].every(([name, value]) => child.getAttribute(name) === value) &&
    (child.textContent ?? "") === textOf(element.props["children"])
  ) ?? null;
}

/** Brings one element of the document's head in line with `element`; returns it if it is new. */
function applyElement(element: HeadElement, own: Element | undefined): Element | null {
  const text = textOf(element.props["children"]);
  if (element.type === "title") {
    document.title = text;
    return null;
  }
  const attributes = attributesOf(element);
  const reusable = own?.localName === element.type && own.isConnected ? own : null;
  const existing = reusable ?? findElement(element, attributes);
  const target = existing ?? document.createElement(element.type);
  for (const [name, value] of attributes) {
    if (target.getAttribute(name) !== value) target.setAttribute(name, value);
  }
  if (target.textContent !== text) target.textContent = text;
  if (!existing) document.head.append(target);
  return target;
}

/** Properties of `Head`. */
export interface HeadProps {
  /** The elements to add: `title`, `meta`, `link`, `style`, `script`. */
  readonly children?: ComponentChildren;
}

/**
 * Adds its children to the document's head. The last element with the same key, `id`, `name` of a
 * `meta`, or any `title`, wins. Inside an island it follows the island's state.
 */
export function Head({ children }: HeadProps): null {
  if (!IS_BROWSER) headSink.collect?.(children);
  const owned = useRef<(Element | null)[]>([]);
  useEffect(() => {
    owned.current = headElements(children).map((element, index) =>
      applyElement(element, owned.current[index] ?? undefined)
    );
  });
  return null;
}
