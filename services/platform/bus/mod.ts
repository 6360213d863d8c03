export { MemoryBus } from "./memory_bus.ts";
export { PostgresBus } from "./postgres_bus.ts";
export { RedisBus } from "./redis_bus.ts";
export { openBus } from "./open_bus.ts";
