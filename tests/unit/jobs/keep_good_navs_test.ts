import { keepGoodNavs } from "@/jobs/keep_good_navs.ts";
import { AppError } from "@/services/kernel/errors.ts";
import type { Uuid } from "@/services/kernel/ids.ts";
import { HOUR_MS, parseUtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { FxService } from "@/services/portfolio/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { MemoryFxStore } from "@/tests/fakes/memory_fx_store.ts";
import { jobContext } from "./job_context.ts";

const NOW = parseUtcMs("2026-04-10T17:00:00Z") ?? utcMsOf(0);
const OPEN = "0190f3c4-0000-7000-8000-000000000001" as Uuid;
const DELETED = "0190f3c4-0000-7000-8000-000000000002" as Uuid;

Deno.test("keep_good_navs keeps values while their rate is good, and not those that are held", async () => {
  const clock = new FakeClock(NOW);
  const rate = { base: "USD", quote: "EUR", kind: "intraday", source: "x", at: NOW } as const;
  const eod = { ...rate, kind: "eod", rate: 0.9 } as const;
  const store = new MemoryFxStore([{ ...rate, rate: 0.8 }, eod]);
  store.converted = [DELETED, OPEN].map((portfolioId) => ({
    portfolioId,
    ownerId: "owner",
    currency: "EUR",
  }));
  const fx = new FxService({ store, clock });
  const holdings = {
    getValue({ portfolioId }: { portfolioId: Uuid }) {
      if (portfolioId === DELETED) {
        return Promise.reject(new AppError("RESOURCE_NOT_FOUND", "Portfolio not found"));
      }
      return Promise.resolve({ nav: "800", at: clock.now(), heldSince: null });
    },
  };
  const job = keepGoodNavs({ store, holdings, fx });
  assertEquals(await job.run(jobContext(null)), { portfolios: 2, kept: 1 });
  const key = { portfolioId: OPEN, currency: "EUR" };
  assertEquals(await store.findGoodNav(key), { ...key, nav: "800", asof: NOW });
  clock.advance(3 * HOUR_MS);
  assertEquals(await job.run(jobContext(null)), { portfolios: 2, kept: 0 });
  assertEquals((await store.findGoodNav(key))?.asof, NOW);
});
