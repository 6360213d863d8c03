import { AppError, errorMessage, ProviderError, StartupError } from "@/services/kernel/errors.ts";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("errors carry what their handlers need, and their cause", () => {
  const cause = new Error("below");
  const app = new AppError("CONFLICT", "Taken", { details: { field: "id" }, cause });
  assertEquals([app.name, app.code, app.details, app.cause], [
    "AppError",
    "CONFLICT",
    { field: "id" },
    cause,
  ]);
  const outside = new ProviderError("binance", "next_provider", "Gone", { cause });
  assertEquals([outside.provider, outside.retryClass, outside.cause], [
    "binance",
    "next_provider",
    cause,
  ]);
  assertEquals([new StartupError("x").exitCode, new StartupError("x", { exitCode: 78 }).exitCode], [
    1,
    78,
  ]);
});

Deno.test("errorMessage() reads anything thrown", () => {
  assertEquals(["a", 5, null, new Error("b")].map(errorMessage), ["a", "5", "null", "b"]);
});
