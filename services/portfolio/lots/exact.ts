import type { DecimalText } from "../transaction.ts";

/** An exact decimal number: `units` × 10^-`decimals`. */
export interface Exact {
  readonly units: bigint;
  readonly decimals: number;
}

export const ZERO: Exact = { units: 0n, decimals: 0 };

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
/** Of so many characters any digits are exact as a float. */
const MOST_SHORT = 15;
const POWERS: readonly bigint[] = Array.from({ length: 80 }, (_, power) => 10n ** BigInt(power));

/** 10 to the power of a count of decimals. */
export function powerOfTen(power: number): bigint {
  return POWERS[power] ?? 10n ** BigInt(power);
}

/** Reads plain decimal text exactly; refuses exponents and anything else. */
export function parseExact(text: DecimalText): Exact {
  const short = text.length <= MOST_SHORT ? parseShort(text) : null;
  if (short !== null) return short;
  if (!PLAIN.test(text)) {
    throw new RangeError(`Cannot read amount "${text}": expected a plain decimal number`);
  }
  const point = text.indexOf(".");
  if (point < 0) return { units: BigInt(text), decimals: 0 };
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end--;
  const digits = text.slice(0, point) + text.slice(point + 1, end);
  const isBare = digits === "" || digits === "-" || digits === "+";
  return { units: isBare ? 0n : BigInt(digits), decimals: end - point - 1 };
}

/** Digits alone, or with a point among them, which takes a third of the time; `null` for others. */
function parseShort(text: DecimalText): Exact | null {
  const point = text.indexOf(".");
  let end = text.length;
  if (point >= 0) { while (text.charCodeAt(end - 1) === 48) end--; }
  if (end === 0 || text === ".") return null;
  let units = 0;
  for (let at = 0; at < end; at++) {
    if (at === point) continue;
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return null;
    units = units * 10 + digit;
  }
  return { units: BigInt(units), decimals: point < 0 ? 0 : end - point - 1 };
}

/** The number in units of 10^-`decimals`; that must not be coarser than the number. */
export function unitsAt({ units, decimals: own }: Exact, decimals: number): bigint {
  if (own > decimals) throw new RangeError(`Cannot write ${own} decimals as ${decimals}`);
  return own === decimals ? units : units * powerOfTen(decimals - own);
}

export function multiply(a: Exact, b: Exact): Exact {
  return { units: a.units * b.units, decimals: a.decimals + b.decimals };
}

export function add(a: Exact, b: Exact): Exact {
  if (a.units === 0n) return b;
  if (b.units === 0n) return a;
  const decimals = Math.max(a.decimals, b.decimals);
  return { units: unitsAt(a, decimals) + unitsAt(b, decimals), decimals };
}

export function subtract(a: Exact, b: Exact): Exact {
  if (b.units === 0n) return a;
  return add(a, { units: -b.units, decimals: b.decimals });
}

export function absolute(exact: Exact): Exact {
  const { units, decimals } = exact;
  return units < 0n ? { units: -units, decimals } : exact;
}

/** The smaller of two. */
export function smaller(a: Exact, b: Exact): Exact {
  return subtract(a, b).units <= 0n ? a : b;
}

/** Plain decimal text without trailing zeros. */
export function formatExact({ units, decimals }: Exact): DecimalText {
  if (decimals === 0) return units.toString();
  const isNegative = units < 0n;
  const digits = (isNegative ? -units : units).toString().padStart(decimals + 1, "0");
  let end = digits.length;
  const point = end - decimals;
  while (end > point && digits.charCodeAt(end - 1) === 48) end--;
  const text = end === point
    ? digits.slice(0, point)
    : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return isNegative ? `-${text}` : text;
}
