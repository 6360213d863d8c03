import { Fragment, type FunctionComponent, h, type JSX } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { asset } from "../shared/asset.ts";
import { slotTemplateId } from "../shared/markers.ts";
import type { BuildCache, IslandRegistry } from "./build_cache.ts";
import { rememberNonce } from "./csp.ts";
import { encodeProps, toScriptString } from "./encode_props.ts";
import { reloadScript } from "./live_reload.ts";
import { RenderState, withRenderState } from "./render_state.ts";
import { endMarker } from "./vnode_hooks.ts";

/** What a document is made of. */
export interface PageContent {
  /** The page inside its layouts. */
  readonly content: JSX.Element;
  /** Makes the app wrapper's element around a component; null for no wrapper. */
  readonly app: ((Inner: FunctionComponent) => Promise<JSX.Element | Response | null>) | null;
}

/** Where and how a document is rendered. */
export interface DocumentOptions {
  readonly init: ResponseInit;
  readonly islands: IslandRegistry;
  readonly build: BuildCache;
  readonly css: readonly string[];
  readonly pathname: string;
  readonly basePath: string;
  readonly mode: "development" | "production";
}

function renderPart(vnode: JSX.Element, state: RenderState): string {
  return withRenderState(state, () => renderToString(vnode));
}

/** The elements gathered by `Head`, and the route's style sheets. */
function renderHead(state: RenderState, css: readonly string[]): string {
  return withRenderState(state, () => {
    const links = css.map((href) =>
      h("link", { rel: "stylesheet", href: asset(href.replace(/^\.\//, "/")) })
    );
    return renderToString(h(Fragment, null, ...state.head.elements, ...links));
  });
}

/** JSX that islands hold back, kept out of sight until they show it. */
function renderHiddenSlots(state: RenderState): string {
  let html = "";
  // Rendering a slot may add islands with slots of their own, so the list can grow.
  for (let id = 0; id < state.slots.length; id++) {
    const slot = state.slots[id];
    if (!slot || slot.isShown) continue;
    const content = renderPart(h(Fragment, null, slot.content), state);
    html += `<template id="${slotTemplateId(id)}">${content}</template>`;
  }
  return html;
}

function encodeIslandProps(state: RenderState): string {
  try {
    return withRenderState(state, () => encodeProps(state.islandProps));
  } catch (error) {
    const names = [...state.usedIslands].map(({ name }) => name).join(", ");
    const reason = error instanceof Error ? error.message : String(error);
    const path = error instanceof Error && "path" in error ? ` at ${String(error.path)}` : "";
    throw new TypeError(
      `Cannot send properties to the islands of the page (${names})${path}: ${reason}`,
      { cause: error },
    );
  }
}

/** The script that brings the page's islands to life, and what it needs; empty without islands. */
function renderIslandScript(
  state: RenderState,
  { build, basePath }: DocumentOptions,
): string {
  if (state.usedIslands.size === 0) return "";
  let data = encodeIslandProps(state);
  const known = state.islandProps.length;
  const templates = renderHiddenSlots(state);
  // Islands inside hidden slots came after the first ones: they need their properties as well.
  if (state.islandProps.length > known) data = encodeIslandProps(state);
  const islands = [...state.usedIslands];
  const imports = islands.map(({ name, exportName, file }) =>
    `import{${exportName} as ${name}}from${toScriptString(basePath + file)};`
  ).join("");
  const boot = `import{boot}from${toScriptString(basePath + build.clientEntry)};${imports}` +
    `boot({${islands.map(({ name }) => name).join(",")}},${toScriptString(data)});`;
  return `${templates}<script type="module" nonce="${state.nonce}">${boot}</script>`;
}

function preloadHeader(state: RenderState, { build, basePath }: DocumentOptions): string {
  const urls = new Set([build.clientEntry]);
  for (const { file, preload } of state.usedIslands) {
    urls.add(file);
    for (const url of preload) urls.add(url);
  }
  return [...urls].map((url) => `<${encodeURI(basePath + url)}>; rel="modulepreload"; as="script"`)
    .join(", ");
}

/** Puts head and scripts into the markup and adds what of the outer elements is missing. */
function complete(html: string, state: RenderState, head: string, tail: string): string {
  let body = html;
  let isHeadPlaced = false;
  if (state.hasHead) {
    body = body.replace(`<!--${endMarker(state, "head")}-->`, () => head);
    isHeadPlaced = true;
  }
  if (state.hasBody) body = body.replace(`<!--${endMarker(state, "body")}-->`, () => tail);
  else if (state.hasHtml) body = body.replace(/<\/html>$/, () => `${tail}</html>`);
  else body = `<body>${body}${tail}</body>`;
  if (!isHeadPlaced) {
    const made = `<head><meta charset="utf-8"/>${head}</head>`;
    body = state.hasHtml ? body.replace(/<html[^>]*>/, (tag) => tag + made) : made + body;
  }
  return state.hasHtml ? body : `<html>${body}</html>`;
}

async function renderBody(
  page: PageContent,
  state: RenderState,
): Promise<string | Response> {
  // The page comes first: what it says about the head must be known when the wrapper is rendered.
  const inner = renderPart(page.content, state);
  if (!page.app) return inner;
  const rendered = jsxTemplate([inner]);
  const app = await page.app(() => rendered);
  if (app instanceof Response) return app;
  state.head.seal();
  return renderPart(app ?? h(Fragment, null), state);
}

/** Renders a whole HTML document. */
export async function renderDocument(
  page: PageContent,
  options: DocumentOptions,
): Promise<Response> {
  const { islands, pathname, build } = options;
  const state = new RenderState({ islands, pathname, version: build.version });
  const html = await renderBody(page, state);
  if (html instanceof Response) return html;
  const tail = renderIslandScript(state, options) +
    (options.mode === "development" ? reloadScript(state.nonce, options.basePath) : "");
  const head = renderHead(state, options.css);
  const headers = new Headers(options.init.headers);
  headers.set("content-type", "text/html; charset=utf-8");
  if (state.usedIslands.size > 0) headers.append("link", preloadHeader(state, options));
  const document = `<!DOCTYPE html>${complete(html, state, head, tail)}`;
  return rememberNonce(new Response(document, { ...options.init, headers }), state.nonce);
}
