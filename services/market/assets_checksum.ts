import { createHash } from "node:crypto";

/**
 * Canonical JSON after RFC 8785: keys sorted by UTF-16 code units, no white space, numbers as
 * ECMAScript writes them. Throws `TypeError` on what JSON can't hold.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  const isScalar = value === null || typeof value === "string" || typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value));
  if (!isScalar) throw new TypeError(`Cannot write ${String(value)} as JSON`);
  return JSON.stringify(value);
}

/** sha-256, hexadecimal, over the registry's canonical JSON without its `checksum`. */
export function registryChecksum(registry: object): string {
  const { checksum: _, ...content } = registry as { checksum?: unknown };
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}
