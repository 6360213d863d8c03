/**
 * Headers of every data answer, beside its type. Data is never a page: it may not be framed,
 * sniffed into another type, read by other origins or run anything. HSTS is the TLS proxy's to send.
 */
export const SECURITY_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"],
  ["cross-origin-resource-policy", "same-origin"],
  ["x-content-type-options", "nosniff"],
];
