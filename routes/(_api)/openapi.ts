import { z } from "zod";
import type { Endpoint, SuccessStatus } from "./endpoint.ts";
import { OWNED_STREAMS, STREAM_TAG, type StreamDefinition, STREAMS } from "./stream_document.ts";

/** A JSON value as the document is made of. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

const REFUSAL_WORDS: Readonly<Record<number, string>> = {
  400: "The body is not JSON",
  403: "Asked for by a page of another site",
  404: "Nothing has that name; details list what there is",
  409: "It stands so that this can't be done, or the name means several; details list them",
  413: "The body is too large",
  415: "The body is not said to be JSON",
  422: "Wrong parameters or body; details name each part",
  429: "Too many requests; Retry-After says when to ask again",
  500: "Our mistake; details carry the request id",
  503: "Not ready; Retry-After says when to ask again",
};

const SUCCESS_WORDS: Readonly<Record<SuccessStatus, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted: the work goes on",
};

/** Describes all endpoints and streams as OpenAPI 3.1, from the schemas that validate them. */
export function describeApi(endpoints: readonly Endpoint[], version: string): JsonObject {
  const components: Record<string, Json> = {};
  const toSchema = (schema: z.ZodType, io: "input" | "output") =>
    liftDefinitions(schema, { io, components });
  const paths: Record<string, JsonObject> = {};
  for (const one of endpoints) {
    const operation = { [one.method.toLowerCase()]: describe(one, toSchema) };
    paths[one.path] = { ...paths[one.path], ...operation };
  }
  for (const one of [...STREAMS, ...OWNED_STREAMS]) {
    paths[one.path] = { get: describeStream(one, toSchema) };
  }
  components.Error = toSchema(ErrorSchema, "output");
  return {
    openapi: "3.1.0",
    info: {
      title: "Tokenlysis API",
      version,
      description: "Crypto market data and analytics. Every number says where it comes from: " +
        "source, resolution and as-of time. A missing value is null with a reason, never zero.",
    },
    servers: [{ url: "/" }],
    tags: [
      ...[...new Set(endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
      STREAM_TAG,
    ],
    paths,
    components: { schemas: components },
  };
}

type ToSchema = (schema: z.ZodType, io: "input" | "output") => JsonObject;

const ErrorSchema = z.object({
  success: z.literal(false),
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});

function describe(one: Endpoint, toSchema: ToSchema): JsonObject {
  const responses: Record<string, Json> = {
    [one.status]: {
      description: SUCCESS_WORDS[one.status],
      content: {
        [one.mediaType]: { schema: payloadSchema(one, toSchema) },
        ...one.otherMediaType !== undefined &&
          { [one.otherMediaType]: { schema: { type: "string" } } },
      },
    },
    ...one.accepted && {
      202: {
        description: SUCCESS_WORDS[202],
        content: {
          "application/json": {
            schema: payloadSchema({ response: one.accepted, isBare: false }, toSchema),
          },
        },
      },
    },
    ...one.method === "GET" && {
      304: { description: "Unchanged since the ETag given in If-None-Match" },
    },
    ...describeRefusals([...one.refusals, 422, 500]),
  };
  return {
    operationId: operationId(one),
    tags: [one.tag],
    summary: one.summary,
    ...one.description !== undefined && { description: one.description },
    parameters: [
      ...describeParameters(one.params, { place: "path", toSchema }),
      ...describeParameters(one.query, { place: "query", toSchema }),
    ],
    ...one.body && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: toSchema(one.body, "input") } },
      },
    },
    ...one.upload !== undefined && {
      requestBody: {
        required: true,
        description: one.upload,
        content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
      },
    },
    responses,
  };
}

function describeStream(one: StreamDefinition, toSchema: ToSchema): JsonObject {
  return {
    operationId: operationId({ method: "GET", path: one.path }),
    tags: [STREAM_TAG.name],
    summary: one.summary,
    description: one.description,
    parameters: [
      ...one.params ? describeParameters(one.params, { place: "path", toSchema }) : [],
      ...describeParameters(one.query, { place: "query", toSchema }),
      ...describeParameters(one.headers, { place: "header", toSchema }),
    ],
    responses: {
      200: {
        description: `Events ${one.event}, whose data the schema describes, and reset`,
        content: { "text/event-stream": { schema: toSchema(one.data, "output") } },
      },
      ...describeRefusals([...one.refusals, 500]),
    },
  };
}

function describeRefusals(statuses: readonly number[]): JsonObject {
  const schema = { "$ref": "#/components/schemas/Error" };
  return Object.fromEntries(
    [...new Set(statuses)].sort().map((status) => {
      const description = REFUSAL_WORDS[status] ?? "Refused";
      return [status, { description, content: { "application/json": { schema } } }];
    }),
  );
}

/** `/api/market/price/{coin_id}` is `get_api_market_price_coin_id`. */
function operationId({ method, path }: Pick<Endpoint, "method" | "path">): string {
  return `${method.toLowerCase()}${path.replaceAll(/[^a-z_]+/g, "_").replace(/_$/, "")}`;
}

function payloadSchema(
  one: Pick<Endpoint, "response" | "isBare">,
  toSchema: ToSchema,
): JsonObject {
  const data = toSchema(one.response, "output");
  if (one.isBare) return data;
  return {
    type: "object",
    required: ["success", "data", "meta"],
    properties: {
      success: { const: true },
      data,
      meta: {
        type: "object",
        required: ["timestamp"],
        properties: {
          timestamp: { type: "string", format: "date-time" },
          next_cursor: { type: ["string", "null"], description: "Cursor of the next page" },
        },
      },
    },
  };
}

function describeParameters(
  schema: z.ZodObject,
  { place, toSchema }: { place: "path" | "query" | "header"; toSchema: ToSchema },
): readonly Json[] {
  const { properties = {}, required = [] } = toSchema(schema, "input");
  return Object.entries(properties as Record<string, JsonObject>).map(([name, property]) => {
    const { description, examples, ...rest } = property;
    return {
      name,
      in: place,
      required: place === "path" || (required as readonly Json[]).includes(name),
      ...description !== undefined && { description },
      ...Array.isArray(examples) && { example: examples[0] as Json },
      schema: rest,
    };
  });
}

/** The JSON Schema of a schema; those with an id become components, referred to by name. */
function liftDefinitions(
  schema: z.ZodType,
  { io, components }: { io: "input" | "output"; components: Record<string, Json> },
): JsonObject {
  const written = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      const { wire } = jsonSchema;
      if (wire === undefined) return;
      // A number in a URL is text to its parser, and still a number to its reader.
      delete jsonSchema.pattern;
      delete jsonSchema.wire;
      Object.assign(jsonSchema, wire);
    },
  });
  const text = JSON.stringify(written).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $schema: _, $defs = {}, ...rest } = JSON.parse(text) as Record<string, Json>;
  Object.assign(components, $defs);
  return rest;
}
