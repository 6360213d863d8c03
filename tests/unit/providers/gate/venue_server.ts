/** How the server answers one request. */
export type VenueReply = (request: Request) => Response | Promise<Response>;

/** A local HTTP server in a provider's place. */
export interface VenueServer extends AsyncDisposable {
  readonly url: string;
  /** Paths and queries asked for, in order. */
  readonly asked: readonly string[];
  /** Headers of the latest request. */
  readonly headers: () => Headers;
  /** A reply that does not come before the server ends. */
  readonly silence: VenueReply;
  /** Answers from now on, once each; the last one stays. */
  answer(...replies: readonly VenueReply[]): void;
}

/** Starts it on a free port of 127.0.0.1; it answers `{}`. */
export function startVenue(): VenueServer {
  let replies: readonly VenueReply[] = [() => Response.json({})];
  let headers = new Headers();
  const asked: string[] = [];
  const end = Promise.withResolvers<void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(`${pathname}${search}`);
    headers = request.headers;
    const [reply, ...rest] = replies;
    if (rest.length > 0) replies = rest;
    return reply ? reply(request) : new Response(null, { status: 500 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    asked,
    headers: () => headers,
    silence: () => end.promise.then(() => new Response(null, { status: 500 })),
    answer(...next) {
      replies = next;
    },
    async [Symbol.asyncDispose]() {
      end.resolve();
      await server.shutdown();
    },
  };
}

/** An answer of a status, with a body that is JSON. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): VenueReply {
  return () => Response.json({ code }, { status: code, headers });
}

/** Says that more comes, and ends before it. */
export function truncated(): Response {
  const body = '{"prices": [1, 2, 3';
  return new Response(body, { headers: { "content-type": "application/json" } });
}
