/**
 * Carries facts that are stored already from the instance that made them to all others and to
 * itself. Losing a message loses no data: readers that must not miss anything read the store.
 */
export interface Bus extends AsyncDisposable {
  /** `memory`, `postgres` or `redis`. */
  readonly name: string;
  /** Sends to every subscriber of the topic, those of this instance at once. */
  publish(topic: string, payload: string): void;
  /** Calls `listener` for every message of the topic until the result is called. */
  subscribe(topic: string, listener: (payload: string) => void): () => void;
}
