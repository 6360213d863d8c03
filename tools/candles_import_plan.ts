import { DEMO_SOURCE } from "@/services/market/mod.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { type AssetResolver, identifyFile } from "@/services/providers/file/file_assets.ts";
import { parseFileName, sourceSlug } from "@/services/providers/file/file_name.ts";
import { isCsvName, listFiles } from "@/services/providers/file/folder.ts";
import { UsageError } from "./cli.ts";

/** A file to import and what its candles are filed under. */
export interface ImportJob {
  readonly path: string;
  readonly assetId: AssetId;
  readonly source: string;
  readonly hasDollarQuote: boolean;
}

export interface SkippedPath {
  readonly file: string;
  readonly reason: string;
}

export interface ImportPlan {
  readonly jobs: readonly ImportJob[];
  readonly skipped: readonly SkippedPath[];
}

const DEFAULT_SOURCE = "file";
const SOURCE = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Plans single files: their asset is given, or told by their names. */
export function planFiles(
  paths: readonly string[],
  { asset, source = DEFAULT_SOURCE, assets }: {
    asset: string | undefined;
    source: string | undefined;
    assets: AssetResolver;
  },
): ImportPlan {
  if (paths.length === 0) throw new UsageError("Got no file: expected FILE… or --dir DIR");
  checkSource(source);
  const given = asset === undefined ? null : assets.resolve(asset);
  const jobs = paths.map((path): ImportJob => {
    const named = identifyFile(path, assets);
    if (given !== null) {
      const isSame = named.kind === "asset" && named.asset.id === given.id;
      return { path, assetId: given.id, source, hasDollarQuote: isSame && named.hasDollarQuote };
    }
    if (named.kind === "unknown") {
      const reason = isThere(path) ? named.reason : "it does not exist";
      throw new UsageError(`Cannot import "${path}": ${reason}`);
    }
    const { hasDollarQuote } = named;
    return { path, assetId: named.asset.id, source, hasDollarQuote };
  });
  return { jobs, skipped: [] };
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    // What can't be looked at can't be imported either.
    return false;
  }
}

/** Plans every CSV file below a folder; what cannot be told is listed with its reason. */
export async function planFolder(
  folder: string,
  { source, assets }: { source: string | undefined; assets: AssetResolver },
): Promise<ImportPlan> {
  if (source !== undefined) checkSource(source);
  const jobs: ImportJob[] = [];
  const skipped: SkippedPath[] = [];
  for (const path of await listFiles(folder)) {
    const named = isCsvName(path)
      ? identifyFile(path, assets)
      : { kind: "unknown", reason: "is no CSV file" } as const;
    if (named.kind === "unknown") {
      skipped.push({ file: path, reason: named.reason });
      continue;
    }
    const slug = sourceSlug(parseFileName(path).folder);
    // A folder that is called demo holds somebody's candles, not the demo market's.
    const bySource = slug === "" || slug === DEMO_SOURCE ? DEFAULT_SOURCE : slug;
    const { hasDollarQuote } = named;
    jobs.push({ path, assetId: named.asset.id, source: source ?? bySource, hasDollarQuote });
  }
  return { jobs, skipped };
}

function checkSource(source: string): void {
  if (source === DEMO_SOURCE) {
    throw new UsageError(`--source ${DEMO_SOURCE} is the demo market's own: choose another name`);
  }
  if (SOURCE.test(source)) return;
  throw new UsageError(`--source "${source}": expected lower-case letters, digits, _ and -`);
}
