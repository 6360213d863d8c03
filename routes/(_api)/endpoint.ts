import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import { textFault } from "../../services/kernel/text_fault.ts";
import type { RateClass } from "./middleware/rate_limit.ts";
import type { Reply } from "./reply.ts";
import { checkMediaType, openUpload, readJson } from "./request_body.ts";

/** Longest value of one parameter; the longest honest one is a list of indicators. */
const MAX_VALUE_LENGTH = 2_000;

/** `GET` reads, also for `HEAD`; the others change something. */
export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Of a successful answer: 201 where something new is there, 202 where the work goes on after it. */
export type SuccessStatus = 200 | 201 | 202;

/** What a handler gets: parameters and body as their schemas read them. */
export interface Input<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  /** `undefined` where no body is defined. */
  readonly body: B;
  /** The URL as asked, for links to other pages of the answer. */
  readonly url: string;
  /** For what schemas do not read: how the client wants its answer, and who it is. */
  readonly headers: () => Headers;
  /** The bytes of an `upload`, as they come. */
  readonly upload: () => AsyncIterable<Uint8Array>;
}

/** One URL and method: its documentation and its validation are the same schemas. */
export interface EndpointDefinition<P extends z.ZodRawShape, Q extends z.ZodRawShape, B> {
  readonly method?: Method;
  /** As OpenAPI writes it: `/assets/{asset_id}/candles`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params: z.ZodObject<P>;
  readonly query: z.ZodObject<Q>;
  /** Schema of the JSON that the request has to bring. */
  readonly body?: z.ZodType<B>;
  /** What the file is that the request brings in place of JSON; it is streamed. */
  readonly upload?: string;
  /** Schema of the payload; inside the envelope unless `isBare`. */
  readonly response: z.ZodType;
  readonly isBare?: boolean;
  /** 200 if left out. */
  readonly status?: SuccessStatus;
  /** Schema of an answer with 202 that may be given in place of the other. */
  readonly accepted?: z.ZodType;
  /** What the answer is written in; JSON but for very few. */
  readonly mediaType?: string;
  /** What it is written in where the query asks for that. */
  readonly otherMediaType?: string;
  /** Whose share of a client's requests it counts against; `general` if left out. */
  readonly limit?: RateClass;
  /** Statuses beside the successful one, 422 and 500, and those of every change. */
  readonly refusals?: readonly number[];
  readonly handle: (
    input: Input<z.output<z.ZodObject<P>>, z.output<z.ZodObject<Q>>, B>,
  ) => Promise<Reply> | Reply;
}

/** An endpoint whose types are its own affair: what the mount table and the document read. */
export interface Endpoint {
  readonly method: Method;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | undefined;
  readonly upload: string | undefined;
  readonly response: z.ZodType;
  readonly isBare: boolean;
  readonly status: SuccessStatus;
  readonly accepted: z.ZodType | undefined;
  readonly mediaType: string;
  readonly otherMediaType: string | undefined;
  readonly limit: RateClass;
  readonly refusals: readonly number[];
  /** Validates and answers. Throws `VALIDATION_FAILED` that names every wrong parameter. */
  readonly run: (request: RawInput) => Promise<Reply> | Reply;
}

export interface RawInput {
  readonly params: Values;
  readonly request: Request;
}

/** What a change may be refused with, whatever it asks for. */
const CHANGE_REFUSALS = [403, 415];
/** What one with a body may be refused with beside them. */
const BODY_REFUSALS = [400, 413];

/** Makes an endpoint of its definition. */
export function endpoint<P extends z.ZodRawShape, Q extends z.ZodRawShape, B = undefined>(
  definition: EndpointDefinition<P, Q, B>,
): Endpoint {
  const { method = "GET", handle, body } = definition;
  const queryNames = new Set(Object.keys(definition.query.shape));
  const readParams = reader(definition.params);
  const readQuery = reader(definition.query);
  /** Parameters and query, which do not have to be waited for like the body. */
  const read = ({ params, request }: RawInput) => ({
    params: readParams(params),
    query: readQuery(pickQuery(request.url, queryNames)),
    url: request.url,
    headers: () => request.headers,
    upload: () => openUpload(request),
    // Without a schema of a body, `B` is what it is by default.
    body: undefined as B,
  });
  const isChange = method !== "GET";
  const hasBody = body !== undefined || definition.upload !== undefined;
  const described = {
    ...definition,
    method,
    body,
    upload: definition.upload,
    description: definition.description,
    isBare: definition.isBare ?? false,
    status: definition.status ?? 200,
    accepted: definition.accepted,
    mediaType: definition.mediaType ?? "application/json",
    otherMediaType: definition.otherMediaType,
    limit: definition.limit ?? "general",
    refusals: [
      ...definition.refusals ?? [],
      ...isChange ? CHANGE_REFUSALS : [],
      ...hasBody ? BODY_REFUSALS : [],
    ],
  };
  if (body !== undefined) {
    return {
      ...described,
      async run(raw) {
        const input = read(raw);
        return handle({ ...input, body: parsed(body, await readJson(raw.request)) });
      },
    };
  }
  const isBodiless = isChange && definition.upload === undefined;
  return {
    ...described,
    run(raw) {
      if (isBodiless) checkMediaType(raw.request, { isRequired: false });
      return handle(read(raw));
    },
  };
}

/** The known parameters. Others are ignored; one given twice says two things and is refused. */
function pickQuery(url: string, names: ReadonlySet<string>): Values {
  const start = url.indexOf("?");
  if (start < 0 || names.size === 0) return NO_VALUES;
  const values: Record<string, string> = {};
  const pick = (name: string, value: string) => {
    if (!names.has(name)) return;
    if (Object.hasOwn(values, name)) throw invalid([{ name, message: "Given more than once" }]);
    if (value.length > MAX_VALUE_LENGTH) {
      throw invalid([{ name, message: `Longer than ${MAX_VALUE_LENGTH} characters` }]);
    }
    values[name] = value;
  };
  const query = url.slice(start + 1);
  // Most hold nothing encoded, and cutting them up is faster than a parser of URLs.
  if (/[%+#]/.test(query)) {
    new URL(url).searchParams.forEach((value, name) => pick(name, value));
    return values;
  }
  for (let from = 0, end = 0; from <= query.length; from = end + 1) {
    end = query.indexOf("&", from);
    if (end < 0) end = query.length;
    const equals = query.indexOf("=", from);
    const hasValue = equals >= 0 && equals < end;
    const name = query.slice(from, hasValue ? equals : end);
    pick(name, hasValue ? query.slice(equals + 1, end) : "");
  }
  return values;
}

type Values = Readonly<Record<string, string>>;

const NO_VALUES: Values = Object.freeze({});

/** Reads values by a schema; one without fields has nothing to read, and parses its own `{}`. */
function reader<S extends z.ZodRawShape>(
  schema: z.ZodObject<S>,
): (values: Values) => z.output<z.ZodObject<S>> {
  if (Object.keys(schema.shape).length === 0) {
    const nothing = schema.parse({});
    return () => nothing;
  }
  return (values) => {
    checkTexts(values);
    return parsed(schema, values);
  };
}

/** Throws `VALIDATION_FAILED` that names every value which can't be kept to the letter. */
function checkTexts(values: Values): void {
  const faults: { name: string; message: string }[] = [];
  for (const name in values) {
    const fault = textFault(values[name] ?? "");
    if (fault !== null) faults.push({ name, message: `It ${fault}` });
  }
  if (faults.length > 0) throw invalid(faults);
}

/** What the schema makes of the value. Throws `VALIDATION_FAILED` that names every wrong part. */
function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  throw invalid(issues.map(({ path, message }) => ({ name: path.join(".") || "body", message })));
}

function invalid(fields: readonly { name: string; message: string }[]): AppError {
  const [first] = fields;
  const message = `Cannot read ${first?.name}: ${first?.message}`;
  return new AppError("VALIDATION_FAILED", message, { details: { fields } });
}
