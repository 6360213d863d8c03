/** Values in groups of one size, the last one of what is left. */
export function batchesOf<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from(
    { length: Math.ceil(values.length / size) },
    (_, batch) => values.slice(batch * size, (batch + 1) * size),
  );
}
