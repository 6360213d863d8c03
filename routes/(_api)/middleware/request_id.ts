const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/;

/** W3C Trace Context: version, trace id (all zeros is none), parent id, flags. */
const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/** Digits that count requests within one start of the process. */
const COUNTER_DIGITS = 8;

/**
 * Names each request, so that an answer, its log lines and its trace can be found by one id. A
 * well-formed id from a proxy is kept, or that of the trace which it is part of; others get the
 * start's random prefix and a counter, which costs less than a random id for each.
 */
export class RequestIds {
  readonly #prefix: string;
  #count = 0;

  constructor(prefix: string = crypto.randomUUID().slice(0, 13)) {
    this.#prefix = prefix;
  }

  /** The id of a request with these headers. */
  of(headers: Headers): string {
    const given = headers.get("x-request-id");
    if (given !== null && REQUEST_ID.test(given)) return given;
    return TRACEPARENT.exec(headers.get("traceparent") ?? "")?.[1] ?? this.next();
  }

  /** An id that no other request has. */
  next(): string {
    this.#count++;
    return `${this.#prefix}-${this.#count.toString(36).padStart(COUNTER_DIGITS, "0")}`;
  }
}
