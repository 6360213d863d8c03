import { z } from "zod";
import {
  ADDRESS_FORMATS,
  ASSET_PROVIDERS,
  type AssetId,
  DEPRECATION_STATUSES,
  type Registry,
  SLUG,
} from "./assets.ts";
import { SEMVER } from "./assets_diff.ts";

/** Something wrong with a registry: where, and what was expected. */
export interface RegistryProblem {
  /** As in `asset_contracts[3].address`. */
  readonly path: string;
  readonly message: string;
}

const Version = z.string().regex(SEMVER, "expected MAJOR.MINOR.PATCH");
const Slug = z.string().max(80).regex(SLUG, "expected a lower-case slug such as avalanche-2");
const Id = Slug.transform((text) => text as AssetId);
/** A name that people see or type: trimmed, on one line. */
const Label = z.string().min(1).max(120).regex(
  /^\P{C}+$/u,
  "expected a text without control characters",
).refine((text) => text.trim() === text, "expected no spaces around");
const Decimals = z.number().int().min(0).max(38).nullable();

const lifecycle = {
  introduced_in: Version,
  deprecated_in: Version.nullable(),
  deprecation_status: z.enum(DEPRECATION_STATUSES),
  superseded_by: z.string().min(1).nullable(),
};

const RegistrySchema = z.strictObject({
  version: Version,
  checksum: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hex digits"),
  themes: z.array(z.strictObject({ id: Slug, name: Label })),
  chains: z.array(z.strictObject({
    id: Slug,
    name: Label,
    address_format: z.enum(ADDRESS_FORMATS),
    eip155_id: z.number().int().positive().nullable(),
    ...lifecycle,
  })),
  assets: z.array(z.strictObject({
    id: Id,
    symbol: Label.max(20),
    name: Label,
    decimals: Decimals,
    native_chain_id: Slug.nullable(),
    themes: z.array(Slug).min(1),
    ...lifecycle,
  })),
  asset_contracts: z.array(z.strictObject({
    asset_id: Id,
    chain_id: Slug,
    address: Label,
    decimals: Decimals,
    ...lifecycle,
  })),
  asset_provider_ids: z.array(z.strictObject({
    asset_id: Id,
    provider: z.enum(ASSET_PROVIDERS),
    provider_id: Label,
    ...lifecycle,
  })),
  asset_aliases: z.array(z.strictObject({ alias: Label, asset_id: Id, ...lifecycle })),
});

/** The shape as JSON Schema, for editors and other programs. */
export function registryJsonSchema(): object {
  return z.toJSONSchema(RegistrySchema, { io: "input" });
}

/** The registry, or every place where the JSON has not its shape. Rules between rows come later. */
export function readRegistryShape(
  json: unknown,
): { readonly registry: Registry } | { readonly problems: readonly RegistryProblem[] } {
  const parsed = RegistrySchema.safeParse(json);
  if (parsed.success) return { registry: parsed.data };
  return {
    problems: parsed.error.issues.map(({ path, message }) => ({ path: pathText(path), message })),
  };
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((key) => typeof key === "number" ? `[${key}]` : `.${String(key)}`).join("");
  return text.replace(/^\./, "") || "registry";
}
