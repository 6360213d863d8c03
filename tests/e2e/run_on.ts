import type { ParseArgsOptionsConfig } from "node:util";
import { assertEquals } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { runScript, type Script } from "@/tools/cli.ts";
import { POOLS_IMPORT } from "@/tools/pools_import.ts";

/** Runs a script as its user would, on a data folder; what it printed. It must not complain. */
export async function runOn<const Flags extends ParseArgsOptionsConfig>(
  script: Script<Flags>,
  { dataDir, args }: { readonly dataDir: string; readonly args: readonly string[] },
): Promise<string> {
  const env = { TOKENLYSIS_DATA_DIR: dataDir, TOKENLYSIS_NETWORK: "off" };
  const { io, printed } = fakeCliIo(args, { env });
  const code = await runScript(script, io);
  assertEquals([code, printed.stderr], [0, ""]);
  return printed.stdout;
}

/** Imports a file of pools into a data folder. */
export async function importPools(
  dataDir: string,
  { path, provider }: { readonly path: string; readonly provider: string },
): Promise<void> {
  await runOn(POOLS_IMPORT, { dataDir, args: [path, "--provider", provider] });
}
