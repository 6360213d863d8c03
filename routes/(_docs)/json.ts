export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value as an object; anything else reads as one without entries. */
export function asRecord(value: unknown): JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as JsonRecord
    : {};
}

/** The value as a list; anything else reads as an empty one. */
export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text; anything else reads as none. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
