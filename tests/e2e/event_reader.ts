/** One event of a stream, as the wire gave it. */
export interface ReadEvent {
  readonly id: string;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads a `text/event-stream` without any code of ours that is under test. */
export class EventReader implements AsyncDisposable {
  readonly events: ReadEvent[] = [];
  #cut: () => Promise<void> = () => Promise.resolve();
  #reading: Promise<void> = Promise.resolve();
  #onEvent = () => {};

  /** Throws for an answer that is no stream. */
  static async open(url: string, { lastEventId }: { lastEventId?: string } = {}) {
    const reader = new EventReader();
    const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const answer = await fetch(url, { headers });
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
    if (!isStream || answer.body === null) {
      await answer.body?.cancel();
      throw new Error(`Expected a stream at ${url}: HTTP ${answer.status}`);
    }
    const chunks = answer.body.getReader();
    // A server that cut the stream itself leaves nothing to cancel; what was read stays.
    reader.#cut = () => chunks.cancel().catch(() => {});
    reader.#reading = reader.#read(chunks).catch(() => {});
    return reader;
  }

  get ids(): readonly string[] {
    return this.events.map(({ id }) => id);
  }

  /** Resolves with the first event for which `holds`, read already or still to come. */
  async first(holds: (event: ReadEvent) => boolean): Promise<ReadEvent> {
    for (;;) {
      const found = this.events.find(holds);
      if (found) return found;
      await new Promise<void>((resolve) => this.#onEvent = resolve);
    }
  }

  /** Resolves once so many events were read. */
  async count(wanted: number): Promise<void> {
    while (this.events.length < wanted) {
      await new Promise<void>((resolve) => this.#onEvent = resolve);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cut();
    await this.#reading;
  }

  async #read(chunks: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await chunks.read();
      if (done) return;
      const blocks = (text + decoder.decode(value, { stream: true })).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) this.#take(block);
      this.#onEvent();
    }
  }

  #take(block: string): void {
    const fields = new Map(
      block.split("\n").map((line): [string, string] => {
        const at = line.indexOf(": ");
        return [line.slice(0, at), line.slice(at + 2)];
      }),
    );
    const data = fields.get("data");
    if (data === undefined) return;
    this.events.push({
      id: fields.get("id") ?? "",
      name: fields.get("event") ?? "message",
      data: JSON.parse(data),
    });
  }
}
