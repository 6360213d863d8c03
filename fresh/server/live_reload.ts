/** Where development pages wait for news of a restart or a rebuild, under the base path. */
export const ALIVE_PATH = "/_fresh/alive";

const RECONNECT_MS = 300;

/** The script that reloads a page once the server behind it has changed. Development only. */
export function reloadScript(nonce: string, basePath: string): string {
  const source = `let seen;new EventSource(${JSON.stringify(basePath + ALIVE_PATH)})` +
    `.onmessage=({data})=>{if(seen&&seen!==data)location.reload();seen=data};`;
  return `<script type="module" nonce="${nonce}">${source}</script>`;
}

/** Tells open pages which state of the server they are connected to. */
export class LiveReload {
  readonly #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  readonly #encoder = new TextEncoder();
  #revision = crypto.randomUUID();

  /** A stream of events: the current revision now, each later one as it comes. */
  connect(): Response {
    let own: ReadableStreamDefaultController<Uint8Array> | null = null;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#streams.add(controller);
        controller.enqueue(this.#message(`retry: ${RECONNECT_MS}\n`));
      },
      cancel: () => {
        if (own) this.#streams.delete(own);
      },
    });
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    return new Response(body, { headers });
  }

  /** Reloads every open page. */
  reload(): void {
    this.#revision = crypto.randomUUID();
    for (const stream of this.#streams) stream.enqueue(this.#message());
  }

  /** Ends every stream, so that a server can stop. */
  close(): void {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }

  #message(prefix = ""): Uint8Array {
    return this.#encoder.encode(`${prefix}data: ${this.#revision}\n\n`);
  }
}
