import type {
  ConvertedPortfolio,
  FxImport,
  FxPermit,
  FxStore,
  FxWriteResult,
  GoodNav,
} from "@/services/portfolio/fx/fx_ports.ts";
import type { FxRate } from "@/services/portfolio/fx/fx_rate.ts";

/** Exchange rates in memory; it takes no imports. */
export class MemoryFxStore implements FxStore {
  rates: FxRate[];
  converted: readonly ConvertedPortfolio[] = [];
  readonly permits = new Map<string, FxPermit>();
  readonly #navs = new Map<string, GoodNav>();

  constructor(rates: readonly FxRate[] = []) {
    this.rates = [...rates].sort((a, b) => a.at - b.at);
  }

  recordRates(rates: readonly FxRate[]): Promise<FxWriteResult> {
    this.rates = [...this.rates, ...rates].sort((a, b) => a.at - b.at);
    return Promise.resolve({ inserted: rates.length, updated: 0, unchanged: 0 });
  }

  recordImport(): Promise<FxImport> {
    return Promise.reject(new Error("There are no imports in memory"));
  }

  listImports() {
    return Promise.resolve([]);
  }

  listQuarantined() {
    return Promise.resolve([]);
  }

  listRates(
    { currencies, from, to }: Parameters<FxStore["listRates"]>[0],
  ): Promise<readonly FxRate[]> {
    const isAsked = ({ base, quote, at }: FxRate) =>
      currencies.includes(base) && currencies.includes(quote) && at >= from && at <= to;
    return Promise.resolve(this.rates.filter(isAsked));
  }

  recordPermit(permit: FxPermit): Promise<void> {
    this.permits.set(permit.currency, permit);
    return Promise.resolve();
  }

  listPermits(): Promise<readonly FxPermit[]> {
    return Promise.resolve([...this.permits.values()]);
  }

  listConverted(): Promise<readonly ConvertedPortfolio[]> {
    return Promise.resolve(this.converted);
  }

  recordGoodNav(nav: GoodNav): Promise<void> {
    this.#navs.set(`${nav.portfolioId} ${nav.currency}`, nav);
    return Promise.resolve();
  }

  findGoodNav(
    { portfolioId, currency }: Parameters<FxStore["findGoodNav"]>[0],
  ): Promise<GoodNav | null> {
    return Promise.resolve(this.#navs.get(`${portfolioId} ${currency}`) ?? null);
  }
}
