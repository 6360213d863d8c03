import nodeAssert from "node:assert/strict";

/** Fails with `message` unless `condition` holds. */
export function assert(condition: unknown, message?: string): asserts condition {
  nodeAssert.ok(condition, message);
}

/** Fails unless both values are deeply and strictly equal. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  nodeAssert.deepStrictEqual(actual, expected, message);
}

/** Fails unless `text` matches `pattern`. */
export function assertMatch(text: string, pattern: RegExp, message?: string): void {
  nodeAssert.match(text, pattern, message);
}

/** Fails unless `run` throws an error of `type` whose message matches `pattern`; returns it. */
export function assertThrows<E extends Error>(
  run: () => unknown,
  // deno-lint-ignore no-explicit-any -- a constructor of any shape is what `instanceof` takes
  { type, pattern }: { type?: new (...args: any[]) => E; pattern?: RegExp } = {},
): E {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  return checkThrown(thrown, type, pattern);
}

/** Like `assertThrows`, for a promise that must reject. */
export async function assertRejects<E extends Error>(
  run: () => Promise<unknown>,
  // deno-lint-ignore no-explicit-any -- a constructor of any shape is what `instanceof` takes
  { type, pattern }: { type?: new (...args: any[]) => E; pattern?: RegExp } = {},
): Promise<E> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  return checkThrown(thrown, type, pattern);
}

function checkThrown<E extends Error>(
  thrown: unknown,
  // deno-lint-ignore no-explicit-any -- a constructor of any shape is what `instanceof` takes
  type: (new (...args: any[]) => E) | undefined,
  pattern: RegExp | undefined,
): E {
  assert(thrown instanceof Error, `Expected an error to be thrown, got ${String(thrown)}`);
  if (type) assert(thrown instanceof type, `Expected ${type.name}, got ${thrown.stack}`);
  if (pattern) assertMatch(thrown.message, pattern);
  return thrown as E;
}

/** Fails unless `actual` is within `tolerance` of `expected`, relative with a floor of 1. */
export function assertClose(
  actual: number | null | undefined,
  expected: number,
  tolerance = 1e-9,
): void {
  assert(typeof actual === "number", `Expected a number near ${expected}, got ${actual}`);
  const gap = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  assert(gap <= tolerance, `Expected ${expected}, got ${actual}: relative gap ${gap}`);
}
