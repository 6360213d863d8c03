import type { UtcMs } from "../../../services/kernel/time.ts";
import type { Clock } from "../../../services/ports/mod.ts";
import type { Reply } from "../reply.ts";
import type { Route } from "../route.ts";
import { acceptsGzip, isCompressible, isWhole, type WholeReply } from "./compression.ts";

/** One form of an answer, with the `Response` that its replays are cloned from. */
interface Form {
  readonly reply: WholeReply;
  /** State of the facts that it was made from. */
  readonly change: number;
  readonly until: UtcMs;
  /** Made at the first replay: cloning it is ten times cheaper than checking headers again. */
  prototype: Response | null;
}

interface Entry {
  readonly plain: Form;
  /** Made only for a client that takes it; one that does not leaves it as it is. */
  readonly gzip: Form | null;
  readonly route: Route;
}

/** An answer as it goes into the cache. */
export interface KeptAnswer {
  readonly plain: Reply;
  readonly gzip: WholeReply | null;
  /** Where it was made. */
  readonly route: Route;
  readonly change: number;
}

/** URLs asked once that are remembered until they are asked again. */
const MAX_ONCE = 1_000;

/** How long an answer is replayed: what it says of its own age may be that much off. */
const MAX_AGE_MS = 1_000;

/**
 * Replays public answers by their whole URL, without routing, validating or serialising again.
 * An entry falls when any stored fact changes, after a second, or when newer ones need the room:
 * it keeps two generations of half the size, and drops the older one as a whole. An answer comes in
 * when it is asked for again, so that URLs made up to be asked once push nothing out.
 */
export class FrontCache {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #once = new Set<string>();
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  #youngBytes = 0;
  #oldBytes = 0;

  constructor(
    { clock, maxBytes = 32 * 1024 * 1024 }: { readonly clock: Clock; readonly maxBytes?: number },
  ) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  /** Bytes that the kept answers take, roughly. */
  get sizeBytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  /** The kept answer with a `Response` of its own to send; `null` if there is none any more. */
  replay(
    request: Request,
    { change, build }: { change: number; build: (reply: Reply, route: Route) => Response },
  ): { reply: Reply; response: Response; route: Route } | null {
    const { url } = request;
    const entry = this.#young.get(url) ?? this.#old.get(url);
    if (entry === undefined) return null;
    const form = formFor(entry, request);
    if (form === null || !this.#isFresh(form, change)) {
      this.#once.add(url);
      return null;
    }
    form.prototype ??= build(form.reply, entry.route);
    return { reply: form.reply, response: form.prototype.clone(), route: entry.route };
  }

  /** Keeps an answer that says of itself that it is public, unless it is too large. */
  keep(url: string, { plain, gzip, route, change }: KeptAnswer): void {
    if (plain.status !== 200 || !plain.headers["cache-control"]?.startsWith("public")) return;
    if (!isWhole(plain) || !this.#wasAsked(url)) return;
    const known = this.#young.get(url) ?? this.#old.get(url);
    const until = this.#clock.now() + MAX_AGE_MS as UtcMs;
    const formOf = (reply: WholeReply): Form => ({ reply, change, until, prototype: null });
    const kept = known?.gzip && this.#isFresh(known.gzip, change) ? known.gzip : null;
    const entry = { plain: formOf(plain), gzip: gzip ? formOf(gzip) : kept, route };
    // Text takes a byte or two for each character, and as much again in the prototype.
    const sizeBytes = 2 * (plain.body.length + url.length + (entry.gzip?.reply.body.length ?? 0));
    if (sizeBytes > this.#maxBytes / 4) return;
    if (this.#youngBytes + sizeBytes > this.#maxBytes / 2) {
      this.#old = this.#young;
      this.#oldBytes = this.#youngBytes;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(url, entry);
    this.#youngBytes += sizeBytes;
  }

  #isFresh({ change, until }: Form, current: number): boolean {
    return change === current && this.#clock.now() < until;
  }

  /** Whether the URL was asked for before; remembers that it was now. */
  #wasAsked(url: string): boolean {
    if (this.#once.delete(url)) return true;
    if (this.#once.size >= MAX_ONCE) this.#once.clear();
    this.#once.add(url);
    return false;
  }
}

/** Reading a header costs as much as all the rest, and only long answers have two forms. */
function formFor({ plain, gzip }: Entry, request: Request): Form | null {
  return isCompressible(plain.reply) && acceptsGzip(request.headers) ? gzip : plain;
}
