import { Secret } from "../kernel/secret.ts";

const REDACTED = "[redacted]";
const MAX_DEPTH = 8;
const MAX_ITEMS = 200;
const MAX_TEXT_LENGTH = 16_384;

const SECRET_NAME =
  /^(?:.*[-_.])?(?:authorization|cookie|passw(?:or)?d|passphrase|token|secret|api[-_]?key|private[-_]?key|credentials?|signature)$/i;
const CREDENTIALS_IN_URL = /\b([a-z][a-z0-9+.-]{0,31}:\/\/)[^\s/?#"'<>]*@/gi;
const SECRET_IN_QUERY =
  /([?&;](?:[\w.-]*[-_.])?(?:api[-_]?key|key|access[-_]?token|token|secret|signature|sig|password|code)=)[^&#\s"'<>;]*/gi;
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;

/** The text without credentials and keys in addresses and authorization headers. */
export function redactText(text: string): string {
  const safe = text
    .replace(CREDENTIALS_IN_URL, `$1${REDACTED}@`)
    .replace(SECRET_IN_QUERY, `$1${REDACTED}`)
    .replace(BEARER, `$1 ${REDACTED}`);
  // Cut last: a password that the cut parts from its "@" would no longer look like one.
  return safe.length > MAX_TEXT_LENGTH ? `${safe.slice(0, MAX_TEXT_LENGTH)}…` : safe;
}

/**
 * A copy of any value that `JSON.stringify` can write and that holds no secret. Cycles, what is too
 * deep or too long, and getters that throw are replaced by a word in brackets. Never throws.
 */
export function redact(value: unknown): unknown {
  return copy(value, []);
}

function copy(value: unknown, path: readonly object[]): unknown {
  switch (typeof value) {
    case "string":
      return redactText(value);
    case "bigint":
      return value.toString();
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "function":
    case "symbol":
      return `[${typeof value}]`;
    case "object":
      return value === null ? null : copyObject(value, path);
    default:
      return value;
  }
}

function copyObject(value: object, path: readonly object[]): unknown {
  if (path.includes(value)) return "[circular]";
  if (path.length >= MAX_DEPTH) return "[too deep]";
  const inside = [...path, value];
  try {
    if (value instanceof Secret) return REDACTED;
    if (value instanceof Error) return copyError(value, inside);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    // Dates, URLs and decimals say themselves how they are written.
    if ("toJSON" in value && typeof value.toJSON === "function") {
      return copy(value.toJSON(), inside);
    }
    if (value instanceof Map) return copyEntries([...value], inside);
    if (value instanceof Headers) return copyEntries([...value], inside);
    if (value instanceof Set) return copyItems([...value], inside);
    if (Array.isArray(value)) return copyItems(value, inside);
    return copyEntries(Object.entries(value), inside);
  } catch {
    return "[unreadable]";
  }
}

function copyItems(items: readonly unknown[], path: readonly object[]): unknown[] {
  const copied = items.slice(0, MAX_ITEMS).map((item) => copy(item, path));
  return items.length > MAX_ITEMS ? [...copied, `[${items.length - MAX_ITEMS} more]`] : copied;
}

function copyEntries(
  entries: readonly (readonly [unknown, unknown])[],
  path: readonly object[],
): Record<string, unknown> {
  const copied = entries.slice(0, MAX_ITEMS).map(([key, item]) => {
    const name = redactText(String(key));
    return [name, isSecretName(name) && item !== null ? REDACTED : copy(item, path)];
  });
  return Object.fromEntries(copied);
}

function isSecretName(name: string): boolean {
  // camelCase is read as its words, so that accessToken is a token.
  return SECRET_NAME.test(name.replace(/([a-z0-9])([A-Z])/g, "$1_$2"));
}

function copyError(error: Error, path: readonly object[]): Record<string, unknown> {
  const own = copyEntries(
    Object.entries(error).filter(([key]) => !["name", "message", "stack", "cause"].includes(key)),
    path,
  );
  return {
    name: error.name,
    message: redactText(error.message),
    ...own,
    stack: redactText(error.stack ?? ""),
    ...(error.cause === undefined ? {} : { cause: copy(error.cause, path) }),
  };
}
