import { assert, assertEquals } from "@/tests/assert.ts";
import { openTestApi } from "./api_harness.ts";

Deno.test("POST /api/ops/fx/{currency}/use-eod allows the end of day once, and writes it down", async () => {
  await using api = await openTestApi();
  const list = await (await api.get("/api/ops/fx")).json();
  assertEquals(
    list.data.map((one: { currency: string; state: string; drift_bps: number }) => [
      one.currency,
      one.state,
      one.drift_bps,
    ]),
    [["EUR", "delayed", 50]],
  );
  const first = await api.send("POST", "/api/ops/fx/EUR/use-eod");
  const { data } = await first.json();
  assertEquals([first.status, data.state], [200, "permitted"]);
  assert(data.permitted_until !== null);
  const second = await api.send("POST", "/api/ops/fx/EUR/use-eod");
  await second.body?.cancel();
  assertEquals(second.status, 409);
  const audit = await (await api.get("/api/ops/audit")).json();
  const entries = audit.data.map((
    one: { action: string; subject: string; details: { outcome: string } },
  ) => [
    one.action,
    one.subject,
    one.details.outcome,
  ]);
  assertEquals(entries, [["fx.use_eod", "EUR", "refused"], ["fx.use_eod", "EUR", "done"]]);
});

Deno.test("POST /api/ops/fx/{currency}/use-eod knows the currencies of portfolios alone", async () => {
  await using api = await openTestApi();
  for (const [currency, status] of [["XYZ", 404], ["euro", 422]] as const) {
    const reply = await api.send("POST", `/api/ops/fx/${currency}/use-eod`);
    await reply.body?.cancel();
    assertEquals(reply.status, status, currency);
  }
});
