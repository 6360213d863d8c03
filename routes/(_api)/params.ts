import { z } from "zod";
import { formatCount, formatGrouped } from "../../components/format/number.ts";
import { AppError } from "../../services/kernel/errors.ts";
import { parseUuid } from "../../services/kernel/ids.ts";
import { DAY_MS, readUtcMs, type UtcMs } from "../../services/kernel/time.ts";
import { INTERVALS, MAX_CANDLES } from "../../services/market/mod.ts";

/** No parameters at all. */
export const NOTHING = z.object({});

/** Any name of an asset that the registry resolves. */
export const AssetName = z.string().min(1).max(128).meta({
  description: "Asset: id, symbol, alias, provider id or contract address",
  examples: ["bitcoin", "BTC"],
});

const IntervalParam = z.enum(INTERVALS).default("1d").describe("Length of a candle");

export const SourceParam = z.string().min(1).max(80).optional().describe(
  "Only this source; without it the one that covers the range best answers alone",
);

export const StartParam = instant("start").meta({
  description: "First bucket start: ISO 8601 or epoch ms. Without it the newest points are given",
  examples: ["2021-01-01", "1609459200000"],
});

export const EndParam = instant("end").meta({
  description: "Last bucket start, included: ISO 8601 or epoch ms",
  examples: ["2021-01-05", "2021-01-05T12:00:00Z"],
});

/** Hours, days, weeks or years before the newest bar used. */
export const PeriodParam = z.string()
  .regex(/^[1-9]\d{0,3}[hdwy]$/, "Expected hours, days, weeks or years: 24h, 30d, 12w, 1y")
  .meta({
    description: "Hours, days, weeks or years (of 365 days) before the newest bar used",
    examples: ["30d", "24h", "1y"],
  });

/** A day stands for its end, so that its own bar counts; an instant for itself. */
export const AsofParam = instant("asof", { dayIs: "end" }).meta({
  description: "Uses only bars that had closed by then: ISO 8601 or epoch ms. A day means its " +
    "end. Without it: up to the newest bar stored",
  examples: ["2021-06-30", "2021-07-01T00:00:00Z"],
});

const PointsParam = wholeNumber({ min: 1, max: MAX_CANDLES, fallback: MAX_CANDLES })
  .describe("Most points of one answer; a Link header leads to the next");

/** The query of every route that reads a range of candles. */
export const RANGE_SHAPE = {
  interval: IntervalParam,
  start: StartParam,
  end: EndParam,
  limit: PointsParam,
  source: SourceParam,
};

/** A whole number in decimal digits; what a plain conversion would also take is refused. */
export function wholeNumber(
  { min, max, fallback }: { min: number; max: number; fallback: number },
) {
  const words = `Expected a whole number from ${formatCount(min)} to ${formatCount(max)}`;
  return z.string().regex(/^\d{1,9}$/, words)
    .transform(Number)
    .pipe(z.number().min(min, words).max(max, words))
    .meta({ wire: { type: "integer", minimum: min, maximum: max, default: fallback } })
    .default(fallback);
}

/** A number in decimal digits; infinity, signs and exponents are refused. */
export function decimalNumber({ min, max }: { min: number; max: number }) {
  const words = `Expected a number from ${formatGrouped(min)} to ${formatGrouped(max)}`;
  return z.string().regex(/^\d{1,16}(\.\d{1,12})?$/, words)
    .transform(Number)
    .pipe(z.number().min(min, words).max(max, words))
    .meta({ wire: { type: "number", minimum: min, maximum: max } });
}

/** The id of a row: a task, a held price, an entry. */
export const IdParam = z.string().transform((text, context) => {
  const id = parseUuid(text);
  if (id !== null) return id;
  context.addIssue({ code: "custom", message: "Expected a UUID" });
  return z.NEVER;
}).meta({ wire: { type: "string", format: "uuid" } });

/** A list in one parameter, separated by commas; empty entries and repeats are dropped. */
export function commaList({ max, of }: { max: number; of: string }) {
  return z.string().transform((text, context) => {
    const items: string[] = [];
    for (const part of text.split(",")) {
      const item = part.trim();
      if (item !== "" && !items.includes(item)) items.push(item);
    }
    if (items.length >= 1 && items.length <= max) return items;
    context.addIssue({
      code: "custom",
      message: `Expected 1 to ${max} ${of}, separated by commas`,
    });
    return z.NEVER;
  });
}

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** An instant as ISO 8601 or epoch milliseconds; a day means its start, or its end. */
export function instant(name: string, options: { dayIs?: "start" | "end" } = {}) {
  return requiredInstant(name, options).optional();
}

/** An instant that has to be given; a day stands for its start unless it is said to be its end. */
export function requiredInstant(
  name: string,
  { dayIs = "start" }: { dayIs?: "start" | "end" } = {},
) {
  return z.string().transform((text, context): UtcMs => {
    try {
      const at = readUtcMs(text, name);
      return dayIs === "end" && ISO_DAY.test(text) ? at + DAY_MS as UtcMs : at;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      context.addIssue({ code: "custom", message: "Expected ISO 8601 or epoch milliseconds" });
      return z.NEVER;
    }
  });
}

/** The half-open range that `start` and the included `end` mean. Throws if it is upside down. */
export function readRange(
  { start, end }: { start?: UtcMs | undefined; end?: UtcMs | undefined },
): { from: UtcMs | undefined; to: UtcMs | undefined } {
  if (start !== undefined && end !== undefined && start > end) {
    throw new AppError("VALIDATION_FAILED", "Cannot read range: expected start before end", {
      details: { fields: [{ name: "start", message: "Later than end" }] },
    });
  }
  return { from: start, to: end === undefined ? undefined : end + 1 as UtcMs };
}
