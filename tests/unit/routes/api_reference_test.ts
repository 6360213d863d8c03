import { readApiReference } from "@/routes/(_docs)/api_reference.ts";
import { fieldsOf, typeOf } from "@/routes/(_docs)/api_schema.ts";
import { assertEquals } from "@/tests/assert.ts";

function words(schema: Readonly<Record<string, unknown>>): string {
  return typeOf(schema).map(({ text }) => text).join("");
}

const types: readonly [string, Readonly<Record<string, unknown>>, string][] = [
  ["a nullable number", { type: ["number", "null"] }, "number or null"],
  ["limits", { type: "integer", minimum: 1, maximum: 5000 }, "integer (≥ 1, ≤ 5000)"],
  [
    "no bounds of safe integers",
    { type: "integer", maximum: Number.MAX_SAFE_INTEGER },
    "integer",
  ],
  ["a reference in a list", {
    type: "array",
    items: { $ref: "#/components/schemas/Candle" },
  }, "array of Candle"],
  ["choices", { enum: ["1h", "1d"] }, '"1h" | "1d"'],
  ["a union", { anyOf: [{ type: "string" }, { type: "null" }] }, "string or null"],
  ["a map", { type: "object", additionalProperties: { type: "number" } }, "map to number"],
  [
    "a tuple",
    { type: "array", prefixItems: [{ type: "number" }, { type: "string" }] },
    "[number, string]",
  ],
  ["nothing known", {}, "any"],
];
for (const [name, schema, expected] of types) {
  Deno.test(`typeOf() words ${name} as ${expected}`, () => assertEquals(words(schema), expected));
}

Deno.test("fieldsOf() lists nested fields under their path", () => {
  const fields = fieldsOf({
    type: "object",
    required: ["rows"],
    properties: {
      rows: { type: "array", items: { type: "object", properties: { t: { type: "integer" } } } },
    },
  });
  assertEquals(fields.map(({ name, isRequired }) => [name, isRequired]), [
    ["rows", true],
    ["rows[].t", false],
  ]);
});

Deno.test("readApiReference() groups operations by tag and fills the path's examples", () => {
  const { tags, schemas } = readApiReference({
    openapi: "3.1.0",
    info: { title: "T", version: "1" },
    tags: [{ name: "Empty" }, { name: "Market", description: "Prices" }],
    paths: {
      "/price/{id}": {
        get: {
          tags: ["Market"],
          summary: "A price",
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "string" }, example: "btc" },
            { name: "at", in: "query", required: true, schema: { type: "string" } },
            { $ref: "#/components/parameters/Limit" },
          ],
          responses: { 200: { description: "OK", content: {} } },
        },
      },
    },
    components: {
      parameters: { Limit: { name: "limit", in: "query", schema: { type: "integer" } } },
      schemas: { Price: { type: "object", properties: { usd: { type: "number" } } } },
    },
  });
  assertEquals(tags.map(({ name, description }) => [name, description]), [["Market", "Prices"]]);
  const [operation] = tags[0]?.operations ?? [];
  assertEquals(operation?.id, "get-price-id");
  assertEquals(operation?.examplePath, "/price/btc?at=AT");
  assertEquals(operation?.parameters.map(({ name }) => name), ["id", "at", "limit"]);
  assertEquals(schemas.map(({ name, fields }) => [name, fields.length]), [["Price", 1]]);
});

Deno.test("readApiReference() of something else is empty", () => {
  assertEquals(readApiReference(null).tags, []);
  assertEquals(readApiReference([1]).schemas, []);
});
