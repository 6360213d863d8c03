import { Fragment, h, options, type VNode } from "preact";
import { asset, assetSrcSet } from "../shared/asset.ts";
import type { HeadElement } from "../shared/head.ts";
import { withDataKey } from "./head_entries.ts";
import { islandBoundary } from "./island_boundary.ts";
import { currentRender, type RenderState } from "./render_state.ts";

type Props = Record<string, unknown>;
type AnyVNode = VNode<Props>;

/** Preact calls this for every node before it is rendered; the name is that of its build. */
interface DiffOptions {
  __b?: ((vnode: AnyVNode) => void) | undefined;
}

/** A node may be rendered again for another page, so what it was made as is kept. */
const ORIGINAL = Symbol("fresh original");
interface Decorated {
  [ORIGINAL]?: Pick<AnyVNode, "type" | "props">;
}

const HEAD_TAGS = new Set(["title", "meta", "link", "style", "script", "base"]);

/** The comment that marks the end of the document's head or body until it is filled in. */
export function endMarker(state: RenderState, part: "head" | "body"): string {
  return `fresh-${part}-${state.nonce}`;
}

/** A comment in the page. */
export function comment(text: string): VNode {
  return h(Fragment, { UNSTABLE_comment: text } as Props);
}

function replace(vnode: AnyVNode, { type = vnode.type, props }: Partial<AnyVNode>): void {
  const decorated = vnode as AnyVNode & Decorated;
  decorated[ORIGINAL] ??= { type: vnode.type, props: vnode.props };
  vnode.type = type;
  if (props) vnode.props = props;
}

function append(vnode: AnyVNode, child: VNode): void {
  replace(vnode, { props: { ...vnode.props, children: [vnode.props["children"], child] } });
}

/** Tells style sheets and screen readers which links lead to this page or to one above it. */
function markLink(vnode: AnyVNode, pathname: string): void {
  const { href } = vnode.props;
  if (typeof href !== "string" || !href.startsWith("/") || href.startsWith("//")) return;
  const end = href.search(/[?#]/);
  const path = (end < 0 ? href : href.slice(0, end)).replace(/(.)\/$/, "$1");
  const here = pathname.replace(/(.)\/$/, "$1");
  const isCurrent = path === here;
  const isAncestor = !isCurrent && (path === "/" || here.startsWith(`${path}/`));
  if (!isCurrent && !isAncestor) return;
  const marks = isCurrent
    ? { "data-current": "true", "aria-current": "page" }
    : { "data-ancestor": "true", "aria-current": "true" };
  replace(vnode, { props: { ...marks, ...vnode.props } });
}

function lockAssets(vnode: AnyVNode): void {
  const { src, srcset, srcSet } = vnode.props;
  if (vnode.props["data-fresh-disable-lock"]) return;
  const props = { ...vnode.props };
  if (typeof src === "string") props["src"] = asset(src);
  if (typeof srcset === "string") props["srcset"] = assetSrcSet(srcset);
  if (typeof srcSet === "string") props["srcSet"] = assetSrcSet(srcSet);
  replace(vnode, { props });
}

function decorateHeadElement(vnode: AnyVNode, state: RenderState): void {
  if (state.head.replaces(vnode)) replace(vnode, { type: Fragment, props: { children: null } });
  else if (vnode.key !== null && vnode.key !== undefined) {
    replace(vnode, { props: withDataKey(vnode as HeadElement).props });
  }
}

function decorateElement(vnode: AnyVNode, state: RenderState): void {
  const { type, props } = vnode;
  switch (type) {
    case "html":
      state.hasHtml = true;
      return;
    case "head":
      state.hasHead = true;
      return append(vnode, comment(endMarker(state, "head")));
    case "body":
      state.hasBody = true;
      return append(vnode, comment(endMarker(state, "body")));
    case "a":
      return markLink(vnode, state.pathname);
    case "img":
    case "source":
      return lockAssets(vnode);
    case "script":
    case "style":
      if (props["nonce"] === undefined && props["src"] === undefined) {
        replace(vnode, { props: { ...props, nonce: state.nonce } });
      }
  }
  if (state.isInHead && HEAD_TAGS.has(type as string)) decorateHeadElement(vnode, state);
}

/** Lets the page being rendered see every node before it is rendered. */
function beforeRender(vnode: AnyVNode): void {
  const state = currentRender();
  if (!state) return;
  const original = (vnode as AnyVNode & Decorated)[ORIGINAL];
  if (original) Object.assign(vnode, original);
  if (typeof vnode.type === "string") return decorateElement(vnode, state);
  const island = state.islands.get(vnode.type);
  if (island) {
    const boundary = islandBoundary(vnode, island);
    if (boundary) replace(vnode, boundary);
  }
}

const preactOptions = options as DiffOptions;
const previousHook = preactOptions.__b;
preactOptions.__b = (vnode) => {
  beforeRender(vnode);
  previousHook?.(vnode);
};
