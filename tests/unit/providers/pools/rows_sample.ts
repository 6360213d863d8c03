import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";

export const NOW = Date.UTC(2026, 0, 10, 12, 0, 30);
export const RANGE = { start: utcMsOf(NOW - DAY_MS), end: utcMsOf(NOW) };

/** Waits for nothing. */
export const instantly = {
  after(_delayMs: number, callback: () => void) {
    queueMicrotask(callback);
    return () => {};
  },
};

/** A canonical row, as a query of Dune or Flipside gives it. */
export const ROW = {
  ts: "2026-01-10 11:00:00.000 UTC",
  protocol: "Aave V3",
  chain: "Base",
  pool_address: "0xABC",
  symbol: "USDC",
  supply_apy: "0.05",
  borrow_apy: 0.07,
  utilization: 0.8,
  tvl_usd: 1e8,
};

/** So many rows. */
export function rows(count: number): readonly unknown[] {
  return Array.from({ length: count }, () => ROW);
}
