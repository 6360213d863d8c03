/// <reference lib="deno.worker" />
import { rebuildAssets, type RebuildTask } from "./rebuild_assets.ts";

/** Runs in a thread of its own: answers each task with its snapshots, in the order of the tasks. */
self.onmessage = ({ data }: MessageEvent<RebuildTask>) => {
  const snapshots = rebuildAssets(data);
  const columns = snapshots.flatMap(({ chunks, events, flows }) => [
    events.buffer,
    flows.buffer,
    ...chunks.map(({ values }) => values.buffer),
  ]);
  self.postMessage(snapshots, columns as ArrayBuffer[]);
};
