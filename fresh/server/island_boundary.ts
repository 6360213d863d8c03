import {
  type ComponentChildren,
  createContext,
  Fragment,
  h,
  isValidElement,
  type JSX,
  type VNode,
} from "preact";
import { useContext } from "preact/hooks";
import { closeMarker, islandMarker, slotMarker } from "../shared/markers.ts";
import type { Island } from "./build_cache.ts";
import { currentRender, type RenderState } from "./render_state.ts";

type Props = Record<string, unknown>;
type AnyVNode = VNode<Props>;

/** Whether the component being rendered is part of an island already. */
const InsideIsland = createContext(false);

/** Marks the node that stands for the island itself inside its boundary. */
const UNWRAPPED = Symbol("fresh unwrapped island");

function mark(
  open: string,
  { close, content }: { close: string; content: JSX.Element },
): JSX.Element {
  return h(
    Fragment,
    null,
    h(Fragment, { UNSTABLE_comment: open } as Props),
    content,
    h(Fragment, { UNSTABLE_comment: close } as Props),
  );
}

function renderState(): RenderState {
  const state = currentRender();
  if (!state) throw new TypeError("Cannot render an island: no page is being rendered");
  return state;
}

interface SlotProps {
  readonly id: number;
  readonly content: ComponentChildren;
}

/** JSX handed to an island: server-rendered, and kept between markers for the browser. */
function Slot({ id, content }: SlotProps): JSX.Element {
  const slot = renderState().slots[id];
  if (slot) slot.isShown = true;
  const outside = h(InsideIsland.Provider, { value: false }, content);
  return mark(slotMarker(id), { close: closeMarker("slot"), content: outside });
}

function isSlot(value: unknown): value is VNode<SlotProps> {
  return isValidElement(value) && value.type === Slot;
}

/** The slot's number if a value is one. */
export function slotId(value: unknown): number | null {
  return isSlot(value) ? value.props.id : null;
}

/** Whether a value is JSX; signals pass Preact's own check, being able to stand for text. */
export function isJsx(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isJsx);
  return isValidElement(value) && !("peek" in value);
}

function addSlot(content: ComponentChildren): number {
  return renderState().slots.push({ content, isShown: false }) - 1;
}

/** The slot of JSX that lies deeper in an island's properties than the properties themselves. */
export function nestedSlot(content: VNode): number {
  const { nestedSlots } = renderState();
  const id = nestedSlots.get(content) ?? addSlot(content);
  nestedSlots.set(content, id);
  return id;
}

/** Puts JSX aside as a slot and returns the element that shows it. */
function showSlot(content: ComponentChildren): JSX.Element {
  return h(Slot, { id: addSlot(content), content });
}

interface BoundaryProps {
  readonly island: Island;
  readonly component: AnyVNode["type"];
  readonly input: Props;
  readonly islandKey: unknown;
}

function Boundary({ island, component, input, islandKey }: BoundaryProps): JSX.Element {
  function unwrapped(props: Props): JSX.Element {
    const vnode: JSX.Element = h(component as string, props);
    return Object.assign(vnode, { [UNWRAPPED]: true });
  }
  if (useContext(InsideIsland)) return unwrapped(input);
  const state = renderState();
  state.usedIslands.add(island);
  const props: Props = {};
  for (const [name, value] of Object.entries(input)) {
    props[name] = isJsx(value) ? showSlot(value as ComponentChildren) : value;
  }
  const index = state.islandProps.push(props) - 1;
  const key = islandKey === null || islandKey === undefined ? "" : String(islandKey);
  const content = h(InsideIsland.Provider, { value: true }, unwrapped(props));
  const open = islandMarker({ name: island.name, index, key });
  return mark(open, { close: closeMarker("island"), content });
}

/** What to render in place of an island's node; null for the island inside its own boundary. */
export function islandBoundary(
  vnode: AnyVNode,
  island: Island,
): Pick<AnyVNode, "type" | "props"> | null {
  if (UNWRAPPED in vnode) return null;
  const { type: component, props: input, key: islandKey } = vnode;
  const props = { island, component, input, islandKey } satisfies BoundaryProps;
  // The type of a node of any component can't say that these properties are this component's.
  return { type: Boundary as unknown as AnyVNode["type"], props: { ...props, children: null } };
}
