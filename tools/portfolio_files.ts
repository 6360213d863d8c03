import { StartupError } from "@/services/kernel/errors.ts";
import { parseUuid, type Uuid } from "@/services/kernel/ids.ts";
import {
  EXPORTERS,
  type Mapping,
  parseMapping,
  TRANSACTIONS_V1_1,
} from "@/services/portfolio/imports/mapping.ts";
import type { LedgerScope, LedgerStore } from "@/services/portfolio/ports.ts";
import { LOCAL_OWNER } from "@/services/portfolio/portfolio.ts";
import { readJson } from "./assets_files.ts";
import { UsageError } from "./cli.ts";

/** Transactions CSV v1.1 and the exporters of `registry/imports`, from the project's root. */
export async function readMappings(): Promise<readonly Mapping[]> {
  const exporters = await Promise.all(EXPORTERS.map(async (name) => {
    const path = `registry/imports/${name}.json`;
    return parseMapping(await readJson(path), path);
  }));
  return [TRANSACTIONS_V1_1, ...exporters];
}

/** The ledger of `--portfolio`, else the owner's first one, which is made if there is none. */
export async function ledgerScope(
  store: LedgerStore,
  portfolio: string | undefined,
): Promise<LedgerScope> {
  const portfolioId = portfolio === undefined
    ? await store.openDefaultPortfolio(LOCAL_OWNER)
    : readPortfolioId(portfolio);
  return { ownerId: LOCAL_OWNER, portfolioId };
}

function readPortfolioId(text: string): Uuid {
  const id = parseUuid(text);
  if (id === null) throw new UsageError(`--portfolio "${text}": expected its id, a UUID`);
  return id;
}

/** Opens a file for reading; throws `StartupError` with one sentence if that can't be done. */
export async function openInput(path: string): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path);
    if ((await file.stat()).isFile) return file;
    file.close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new StartupError(`Cannot find file "${path}"`, { cause: error });
    }
    throw new StartupError(`Cannot read file "${path}": ${(error as Error).message}`, {
      cause: error,
    });
  }
  throw new StartupError(`Cannot read "${path}": it is no file`);
}
