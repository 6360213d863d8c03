/// <reference lib="deno.worker" />
import { rebuildAssets, type RebuildTask } from "./rebuild_assets.ts";

/** Runs in a thread of its own: answers each task with its chunks, in the order of the tasks. */
self.onmessage = ({ data }: MessageEvent<RebuildTask>) => {
  const parts = rebuildAssets(data);
  const columns = parts.flatMap(({ chunks }) =>
    chunks.flatMap(({ values, accounts, events, flows, unpriced }) => [
      ...[values.buffer, events.buffer, flows.buffer, unpriced.buffer],
      ...accounts.map((own) => own.values.buffer),
    ])
  );
  self.postMessage(parts, [...new Set(columns)] as ArrayBuffer[]);
};
