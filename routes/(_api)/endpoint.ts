import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import type { Reply } from "./reply.ts";

/** Longest value of one parameter; the longest honest one is a list of indicators. */
const MAX_VALUE_LENGTH = 2_000;

/** What a handler gets: parameters as their schemas read them, and the URL for links. */
export interface Input<P, Q> {
  readonly params: P;
  readonly query: Q;
  /** The URL as asked, for links to other pages of the answer. */
  readonly url: string;
}

/** One readable URL: its documentation and its validation are the same schemas. */
export interface EndpointDefinition<P extends z.ZodRawShape, Q extends z.ZodRawShape> {
  /** As OpenAPI writes it: `/assets/{asset_id}/candles`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params: z.ZodObject<P>;
  readonly query: z.ZodObject<Q>;
  /** Schema of the payload; inside the envelope unless `isBare`. */
  readonly response: z.ZodType;
  readonly isBare?: boolean;
  /** Statuses beside 200, 422 and 500. */
  readonly refusals?: readonly number[];
  readonly handle: (
    input: Input<z.output<z.ZodObject<P>>, z.output<z.ZodObject<Q>>>,
  ) => Promise<Reply> | Reply;
}

/** An endpoint whose types are its own affair: what the mount table and the document read. */
export interface Endpoint {
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly response: z.ZodType;
  readonly isBare: boolean;
  readonly refusals: readonly number[];
  /** Validates and answers. Throws `VALIDATION_FAILED` that names every wrong parameter. */
  readonly run: (request: RawInput) => Promise<Reply> | Reply;
}

export interface RawInput {
  readonly params: Values;
  readonly url: string;
}

/** Makes an endpoint of its definition. */
export function endpoint<P extends z.ZodRawShape, Q extends z.ZodRawShape>(
  definition: EndpointDefinition<P, Q>,
): Endpoint {
  const { handle, description, isBare = false, refusals = [] } = definition;
  const queryNames = Object.keys(definition.query.shape);
  const readParams = reader(definition.params);
  const readQuery = reader(definition.query);
  return {
    ...definition,
    description,
    isBare,
    refusals,
    run: (raw) =>
      handle({
        params: readParams(raw.params),
        query: readQuery(pickQuery(raw.url, queryNames)),
        url: raw.url,
      }),
  };
}

/** The known parameters. Others are ignored; one given twice says two things and is refused. */
function pickQuery(url: string, names: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  const start = url.indexOf("?");
  if (start < 0 || names.length === 0) return values;
  for (const [name, value] of queryPairs(url, start)) {
    if (!names.includes(name)) continue;
    if (Object.hasOwn(values, name)) throw invalid([{ name, message: "Given more than once" }]);
    if (value.length > MAX_VALUE_LENGTH) {
      throw invalid([{ name, message: `Longer than ${MAX_VALUE_LENGTH} characters` }]);
    }
    values[name] = value;
  }
  return values;
}

/** Names and values of a URL's query. Most hold nothing encoded, and splitting is faster. */
function queryPairs(
  url: string,
  start: number,
): Iterable<readonly [name: string, value: string]> {
  const query = url.slice(start + 1);
  if (/[%+#]/.test(query)) return new URL(url).searchParams;
  return query.split("&").map((pair) => {
    const equals = pair.indexOf("=");
    return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
  });
}

type Values = Readonly<Record<string, string>>;

/** Reads values by a schema; one without fields has nothing to read, and parses its own `{}`. */
function reader<S extends z.ZodRawShape>(
  schema: z.ZodObject<S>,
): (values: Values) => z.output<z.ZodObject<S>> {
  if (Object.keys(schema.shape).length === 0) {
    const nothing = schema.parse({});
    return () => nothing;
  }
  return (values) => {
    const parsed = schema.safeParse(values);
    if (parsed.success) return parsed.data;
    const { issues } = parsed.error;
    throw invalid(issues.map(({ path, message }) => ({ name: path.join("."), message })));
  };
}

function invalid(fields: readonly { name: string; message: string }[]): AppError {
  const [first] = fields;
  const message = `Cannot read ${first?.name}: ${first?.message}`;
  return new AppError("VALIDATION_FAILED", message, { details: { fields } });
}
