import { type ApiType, fieldsOf, type SchemaField, typeOf } from "./api_schema.ts";
import { asArray, asRecord, asText, type JsonRecord } from "./json.ts";

export interface ApiParameter {
  readonly name: string;
  /** `path`, `query` or `header`. */
  readonly place: string;
  readonly isRequired: boolean;
  readonly type: ApiType;
  readonly description: string;
}

export interface ApiResponse {
  readonly status: string;
  readonly description: string;
  /** Type of the body by its media type; none for an empty answer. */
  readonly bodies: readonly { readonly mediaType: string; readonly type: ApiType }[];
}

export interface ApiOperation {
  /** Anchor on the page. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly ApiParameter[];
  readonly body: ApiType | null;
  readonly responses: readonly ApiResponse[];
  /** The path with an example in place of each parameter. */
  readonly examplePath: string;
}

export interface ApiTag {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly ApiOperation[];
}

export interface ApiSchema {
  readonly name: string;
  readonly description: string;
  readonly type: ApiType;
  readonly fields: readonly SchemaField[];
}

/** An OpenAPI document as the reference page shows it. */
export interface ApiReference {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly tags: readonly ApiTag[];
  readonly schemas: readonly ApiSchema[];
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;
const UNTAGGED = "Other";

/** Reads an OpenAPI 3.1 document. Parts it does not know are left out, never guessed. */
export function readApiReference(document: unknown): ApiReference {
  const root = asRecord(document);
  const info = asRecord(root["info"]);
  const schemas = asRecord(asRecord(root["components"])["schemas"]);
  return {
    title: asText(info["title"]) || "API",
    version: asText(info["version"]),
    description: asText(info["description"]),
    tags: readTags(root),
    schemas: Object.entries(schemas).map(([name, schema]) => readSchema(name, asRecord(schema))),
  };
}

function readSchema(name: string, schema: JsonRecord): ApiSchema {
  return {
    name,
    description: asText(schema["description"]),
    type: typeOf(schema),
    fields: fieldsOf(schema),
  };
}

/** Operations under their first tag, tags in the order of the document. */
function readTags(root: JsonRecord): ApiTag[] {
  const described = asArray(root["tags"]).map(asRecord);
  const byTag = new Map<string, ApiOperation[]>();
  for (const tag of described) byTag.set(asText(tag["name"]), []);
  for (const [path, item] of Object.entries(asRecord(root["paths"]))) {
    const methods = asRecord(item);
    for (const method of METHODS) {
      if (methods[method] === undefined) continue;
      const operation = asRecord(methods[method]);
      const shared = asArray(methods["parameters"]);
      const tag = asText(asArray(operation["tags"])[0]) || UNTAGGED;
      const operations = byTag.get(tag) ?? [];
      operations.push(readOperation(operation, { method, path, shared, root }));
      byTag.set(tag, operations);
    }
  }
  return [...byTag]
    .filter(([, operations]) => operations.length > 0)
    .map(([name, operations]) => ({
      name,
      description: asText(described.find((tag) => tag["name"] === name)?.["description"]),
      operations,
    }));
}

interface OperationPlace {
  readonly method: string;
  readonly path: string;
  /** Parameters that the path gives to all of its methods. */
  readonly shared: readonly unknown[];
  readonly root: JsonRecord;
}

function readOperation(
  operation: JsonRecord,
  { method, path, shared, root }: OperationPlace,
): ApiOperation {
  const rows = [...shared, ...asArray(operation["parameters"])]
    .map((row) => followRef(asRecord(row), root));
  const body = firstSchema(asRecord(asRecord(operation["requestBody"])["content"]));
  return {
    id: `${method}-${path}`.replaceAll(/[^a-z0-9]+/gi, "-").replace(/-$/, ""),
    method: method.toUpperCase(),
    path,
    summary: asText(operation["summary"]),
    description: asText(operation["description"]),
    parameters: rows.map(readParameter),
    body: body === null ? null : typeOf(body),
    responses: Object.entries(asRecord(operation["responses"])).map(([status, response]) =>
      readResponse(status, followRef(asRecord(response), root))
    ),
    examplePath: examplePath(path, rows),
  };
}

/** The object that a `$ref` inside the document points to, or the object itself. */
function followRef(value: JsonRecord, root: JsonRecord): JsonRecord {
  const ref = asText(value["$ref"]);
  if (!ref.startsWith("#/")) return value;
  return ref.slice(2).split("/").reduce((at, key) => asRecord(at[key]), root);
}

function readParameter(row: JsonRecord): ApiParameter {
  const schema = asRecord(row["schema"]);
  return {
    name: asText(row["name"]),
    place: asText(row["in"]),
    isRequired: row["required"] === true,
    type: typeOf(schema),
    description: asText(row["description"]) || asText(schema["description"]),
  };
}

function readResponse(status: string, response: JsonRecord): ApiResponse {
  return {
    status,
    description: asText(response["description"]),
    bodies: Object.entries(asRecord(response["content"])).map(([mediaType, media]) => ({
      mediaType,
      type: typeOf(asRecord(asRecord(media)["schema"])),
    })),
  };
}

function firstSchema(content: JsonRecord): JsonRecord | null {
  const [media] = Object.values(content);
  return media === undefined ? null : asRecord(asRecord(media)["schema"]);
}

function exampleOf(row: JsonRecord): string | null {
  const schema = asRecord(row["schema"]);
  const example = row["example"] ?? schema["example"] ?? asArray(schema["examples"])[0] ??
    asArray(schema["enum"])[0] ?? schema["default"];
  return example === undefined || example === null ? null : String(example);
}

/** Path parameters get their example; of the query only what is required. */
function examplePath(path: string, rows: readonly JsonRecord[]): string {
  const query = new URLSearchParams();
  let filled = path;
  for (const row of rows) {
    const name = asText(row["name"]);
    const example = exampleOf(row);
    if (row["in"] === "path" && example !== null) {
      filled = filled.replace(`{${name}}`, encodeURIComponent(example));
    } else if (row["in"] === "query" && row["required"] === true) {
      query.set(name, example ?? name.toUpperCase());
    }
  }
  return query.size === 0 ? filled : `${filled}?${query}`;
}
