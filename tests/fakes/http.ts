import type { HttpClient, HttpReply, HttpRequest } from "@/services/ports/mod.ts";

/** A recorded answer; 200 without headers unless it says otherwise. */
export interface RecordedReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Answers from recordings, by path and query. Keeps what was asked; an address without a
 * recording fails the test.
 */
export class RecordedHttp implements HttpClient {
  readonly requests: { readonly url: URL; readonly request: HttpRequest }[] = [];
  readonly #replies: Map<string, RecordedReply | Error>;

  constructor(replies: Readonly<Record<string, RecordedReply | Error>>) {
    this.#replies = new Map(Object.entries(replies));
  }

  send(url: URL, request: HttpRequest = {}): Promise<HttpReply> {
    this.requests.push({ url, request });
    const reply = this.#replies.get(`${url.pathname}${url.search}`);
    if (reply === undefined) return Promise.reject(new RangeError(`Nothing recorded for ${url}`));
    if (reply instanceof Error) return Promise.reject(reply);
    const { status = 200, headers = {}, body } = reply;
    return Promise.resolve({ status, headers: new Headers(headers), body });
  }
}
