export * from "./stream_hub.ts";
export type { StreamChoice, StreamSink, WireFormat } from "./stream_reader.ts";
export { RING_ENTRIES, type StreamEntry, Topic } from "./topic.ts";
