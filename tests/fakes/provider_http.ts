import { createHash } from "node:crypto";
import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import type { Clock } from "@/services/ports/mod.ts";
import type {
  ProviderAnswer,
  ProviderHttp,
  ProviderRequest,
} from "@/services/providers/provider_http.ts";

/** What a recorded request is answered with; an error is thrown as the gate would throw it. */
export type ProviderRecording =
  | { readonly status?: number; readonly body: unknown }
  | ProviderError
  | AppError;

const BASE_URL = "https://provider.test";

/**
 * The gate as a provider's client sees it, without one: answers by path and query from recordings
 * and runs the request's own `parse` and `isAbsence`. A path without a recording fails the test.
 */
export class FakeProviderHttp implements ProviderHttp {
  readonly provider: string;
  /** What was asked, in order. */
  readonly requests: ProviderRequest<unknown>[] = [];
  readonly #recordings: ReadonlyMap<string, ProviderRecording>;
  readonly #clock: Clock;

  constructor(
    provider: string,
    { recordings, clock }: {
      recordings: Readonly<Record<string, ProviderRecording>>;
      clock: Clock;
    },
  ) {
    this.provider = provider;
    this.#recordings = new Map(Object.entries(recordings));
    this.#clock = clock;
  }

  // deno-lint-ignore require-await -- what it throws must reject, as it does in the gate
  async fetchJson<T>(request: ProviderRequest<T>): Promise<ProviderAnswer<T>> {
    request.signal?.throwIfAborted();
    this.requests.push(request);
    const recording = this.#recordings.get(request.path);
    if (recording === undefined) throw new RangeError(`Nothing recorded for ${request.path}`);
    if (recording instanceof Error) throw recording;
    const { status = 200, body } = recording;
    const checksum = createHash("sha256").update(JSON.stringify(body) ?? "").digest("hex");
    const answer = { request, checksum };
    if (status >= 200 && status < 300) return this.#answer(request.parse(body), answer);
    if (request.isAbsence?.({ status, body })) return this.#answer(null, answer);
    throw new ProviderError(this.provider, "never", `Cannot read ${request.key}: HTTP ${status}`);
  }

  #answer<T>(
    value: T | null,
    { request, checksum }: { readonly request: ProviderRequest<T>; readonly checksum: string },
  ): ProviderAnswer<T> {
    const [path] = request.path.split("?");
    return { value, fetchedAt: this.#clock.now(), url: `${BASE_URL}${path}`, checksum };
  }
}
