import { z } from "zod";
import type { Endpoint } from "./endpoint.ts";

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
  404: "Unknown asset, source or figure; details list what there is",
  409: "The name means several assets; details list them",
  422: "Wrong parameters; details name each",
  500: "Our mistake; details carry the request id",
  503: "Not ready; Retry-After says when to ask again",
};

/** Describes all endpoints as OpenAPI 3.1, from the schemas that validate them. */
export function describeApi(endpoints: readonly Endpoint[], version: string): JsonObject {
  const components: Record<string, Json> = {};
  const toSchema = (schema: z.ZodType, io: "input" | "output") =>
    liftDefinitions(schema, { io, components });
  const paths = endpoints.map((one) => [one.path, { get: describe(one, toSchema) }] as const);
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
    tags: [...new Set(endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
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
  const refusals = [...new Set([...one.refusals, 422, 500])].sort();
  const responses: Record<string, Json> = {
    200: {
      description: "OK",
      content: { "application/json": { schema: payloadSchema(one, toSchema) } },
    },
    304: { description: "Unchanged since the ETag given in If-None-Match" },
  };
  for (const status of refusals) {
    const schema = { "$ref": "#/components/schemas/Error" };
    const description = REFUSAL_WORDS[status] ?? "Refused";
    responses[status] = { description, content: { "application/json": { schema } } };
  }
  return {
    operationId: operationId(one.path),
    tags: [one.tag],
    summary: one.summary,
    ...one.description !== undefined && { description: one.description },
    parameters: [
      ...describeParameters(one.params, { place: "path", toSchema }),
      ...describeParameters(one.query, { place: "query", toSchema }),
    ],
    responses,
  };
}

/** `/api/market/price/{coin_id}` is `get_api_market_price_coin_id`. */
function operationId(path: string): string {
  return `get${path.replaceAll(/[^a-z_]+/g, "_").replace(/_$/, "")}`;
}

function payloadSchema(one: Endpoint, toSchema: ToSchema): JsonObject {
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
  { place, toSchema }: { place: "path" | "query"; toSchema: ToSchema },
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
