import { MINUTE_MS, type UtcMs } from "../../kernel/time.ts";
import type { ProviderStatus } from "../../ops/ports.ts";

/** An address that failed is tried again before others that fail once this is over. */
const FORGIVEN_AFTER_MS = 10 * MINUTE_MS;

interface BaseUrl {
  readonly url: string;
  problem: string | null;
  failedAt: UtcMs | null;
  /** It said that it does not serve this place. */
  isRefused: boolean;
}

/** The addresses of one provider, and which of them work. */
export class BaseUrls {
  readonly #urls: readonly BaseUrl[];

  constructor(urls: readonly string[]) {
    this.#urls = urls.map((url) => ({ url, problem: null, failedAt: null, isRefused: false }));
  }

  /** The first address without a fresh failure, else the one whose failure is oldest. */
  best(now: UtcMs): string {
    const open = this.#urls.filter(({ isRefused }) => !isRefused);
    const usable = open.length > 0 ? open : this.#urls;
    const isFresh = ({ failedAt }: BaseUrl) =>
      failedAt !== null && now - failedAt < FORGIVEN_AFTER_MS;
    const oldestFirst = usable.toSorted((a, b) => (a.failedAt ?? 0) - (b.failedAt ?? 0));
    const best = usable.find((url) => !isFresh(url)) ?? oldestFirst[0];
    if (!best) throw new RangeError("Cannot choose an address: the provider has none");
    return best.url;
  }

  works(url: string): void {
    this.#change(url, { problem: null, failedAt: null, isRefused: false });
  }

  fails(url: string, { problem, now }: { problem: string; now: UtcMs }): void {
    this.#change(url, { problem, failedAt: now });
  }

  /** Not asked again until `forgive`; `false` where this was the last that served us. */
  refuses(url: string, { problem, now }: { problem: string; now: UtcMs }): boolean {
    this.#change(url, { problem, failedAt: now, isRefused: true });
    return this.#urls.some(({ isRefused }) => !isRefused);
  }

  /** Whether an address is left that did not fail within this round of tries. */
  hasUntried(tried: ReadonlySet<string>): boolean {
    return this.#urls.some(({ url, isRefused }) => !isRefused && !tried.has(url));
  }

  /** Makes every address as good as new, as after a thaw. */
  forgive(): void {
    for (const { url } of this.#urls) this.works(url);
  }

  status(): ProviderStatus["urls"] {
    return this.#urls.map(({ url, problem }) => ({ url, problem }));
  }

  #change(url: string, change: Partial<BaseUrl>): void {
    const found = this.#urls.find((each) => each.url === url);
    if (found) Object.assign(found, change);
  }
}
