import { asArray, asRecord, asText, type JsonRecord } from "./json.ts";

/** A piece of a type's text; `schema` links to the named schema. */
export interface TypePart {
  readonly text: string;
  readonly schema: string | null;
}

/** A type in words: `array of Candle`, `number or null`. */
export type ApiType = readonly TypePart[];

export interface SchemaField {
  /** Path inside the schema: `data`, `data[].t`. */
  readonly name: string;
  readonly isRequired: boolean;
  readonly type: ApiType;
  readonly description: string;
}

const SCHEMA_REF = "#/components/schemas/";
/** Levels of nested objects that are listed as fields; deeper ones stay `object`. */
const MAX_DEPTH = 3;

function words(text: string): TypePart {
  return { text, schema: null };
}

function joined(types: readonly ApiType[], separator: string): ApiType {
  return types.flatMap((type, at) => at === 0 ? type : [words(separator), ...type]);
}

/** A schema in words, with links to the schemas that it names. */
export function typeOf(schema: JsonRecord): ApiType {
  const ref = asText(schema["$ref"]);
  if (ref.startsWith(SCHEMA_REF)) {
    const name = ref.slice(SCHEMA_REF.length);
    return [{ text: name, schema: name }];
  }
  const options = [...asArray(schema["oneOf"]), ...asArray(schema["anyOf"])].map(asRecord);
  if (options.length > 0) return joined(options.map(typeOf), " or ");
  const parts = asArray(schema["allOf"]).map(asRecord);
  if (parts.length > 0) return joined(parts.map(typeOf), " and ");
  const choices = asArray(schema["enum"]);
  if (choices.length > 0) {
    return [words(choices.map((choice) => JSON.stringify(choice)).join(" | "))];
  }
  if ("const" in schema) return [words(JSON.stringify(schema["const"]))];
  const names = [schema["type"]].flat().map(asText).filter((name) => name !== "");
  if (names.length === 0) return [words("any")];
  return joined(names.map((name) => singleType(name, schema)), " or ");
}

function singleType(name: string, schema: JsonRecord): ApiType {
  if (name === "array") {
    const tuple = asArray(schema["prefixItems"]).map(asRecord);
    if (tuple.length > 0) return [words("["), ...joined(tuple.map(typeOf), ", "), words("]")];
    return [words("array of "), ...typeOf(asRecord(schema["items"]))];
  }
  const extra = schema["additionalProperties"];
  if (name === "object" && typeof extra === "object" && extra !== null) {
    return [words("map to "), ...typeOf(asRecord(extra))];
  }
  const limits = name === "null" || name === "object" ? [] : limitsOf(schema);
  return [words(limits.length === 0 ? name : `${name} (${limits.join(", ")})`)];
}

const LIMITS: readonly (readonly [key: string, sign: string])[] = [
  ["minimum", "≥ "],
  ["exclusiveMinimum", "> "],
  ["maximum", "≤ "],
  ["exclusiveMaximum", "< "],
  ["minLength", "length ≥ "],
  ["maxLength", "length ≤ "],
];

function limitsOf(schema: JsonRecord): string[] {
  const limits = LIMITS.flatMap(([key, sign]) => {
    const limit = schema[key];
    // Generators write the bounds of safe integers, which say nothing to a reader.
    const isTelling = typeof limit === "number" && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
    return isTelling ? [sign + limit] : [];
  });
  const format = asText(schema["format"]);
  const fallback = schema["default"];
  return [
    ...(format === "" ? [] : [format]),
    ...limits,
    ...(fallback === undefined ? [] : [`default ${JSON.stringify(fallback)}`]),
  ];
}

/** The fields of an object schema, those of nested objects under their path. */
export function fieldsOf(schema: JsonRecord, prefix = "", depth = 0): SchemaField[] {
  const required = asArray(schema["required"]);
  return Object.entries(asRecord(schema["properties"])).flatMap(([key, value]) => {
    const field = asRecord(value);
    const name = prefix + key;
    const own = {
      name,
      isRequired: required.includes(key),
      type: typeOf(field),
      description: asText(field["description"]),
    };
    if (depth >= MAX_DEPTH) return [own];
    const items = asRecord(field["items"]);
    return [
      own,
      ...fieldsOf(field, `${name}.`, depth + 1),
      ...fieldsOf(items, `${name}[].`, depth + 1),
    ];
  });
}
