export { BEAT_MS, GATHER_MS, SHORTEST_BEAT_MS } from "./beat.ts";
export * from "./stream_hub.ts";
export type { StreamChoice, StreamSink, WireFormat } from "./stream_reader.ts";
export { KEYS_PER_GROUP, RING_ENTRIES, type StreamEntry, Topic } from "./topic.ts";
