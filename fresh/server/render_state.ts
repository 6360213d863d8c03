import type { ComponentChildren } from "preact";
import { setBuildId } from "../shared/build_id.ts";
import { headSink } from "../shared/head.ts";
import type { Island, IslandRegistry } from "./build_cache.ts";
import { HeadEntries } from "./head_entries.ts";

/** JSX that an island was given as a property. */
export interface SlotContent {
  readonly content: ComponentChildren;
  /** Whether the island put it on the page. */
  isShown: boolean;
}

/** What is gathered while one page is rendered. */
export class RenderState {
  readonly nonce: string = crypto.randomUUID().replaceAll("-", "");
  readonly head = new HeadEntries();
  readonly usedIslands = new Set<Island>();
  /** Properties of the islands on the page, in the order of their markers. */
  readonly islandProps: Readonly<Record<string, unknown>>[] = [];
  readonly slots: SlotContent[] = [];
  /** Slots of JSX found deep inside properties, by that JSX. */
  readonly nestedSlots = new Map<unknown, number>();
  readonly islands: IslandRegistry;
  readonly pathname: string;
  /** Id of the build that assets are addressed by. */
  readonly version: string;
  hasHtml = false;
  hasHead = false;
  hasBody = false;

  constructor(
    { islands, pathname, version }: { islands: IslandRegistry; pathname: string; version: string },
  ) {
    this.islands = islands;
    this.pathname = pathname;
    this.version = version;
  }

  /** Whether the elements being rendered stand in the document's own `<head>`. */
  get isInHead(): boolean {
    return this.hasHead && !this.hasBody;
  }
}

let current: RenderState | null = null;

/** The page being rendered; null outside of rendering. */
export function currentRender(): RenderState | null {
  return current;
}

/** Runs `render` with `state` as the page being rendered. Rendering is synchronous. */
export function withRenderState<T>(state: RenderState, render: () => T): T {
  const previous = current;
  const previousCollect = headSink.collect;
  const previousVersion = setBuildId(state.version);
  current = state;
  headSink.collect = (children) => state.head.add(children);
  try {
    return render();
  } finally {
    current = previous;
    headSink.collect = previousCollect;
    setBuildId(previousVersion);
  }
}
