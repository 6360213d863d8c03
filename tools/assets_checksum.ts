import { registryChecksum } from "@/services/market/assets_checksum.ts";
import { StartupError } from "@/services/kernel/errors.ts";
import { readJson, readText, REGISTRY_FILE } from "./assets_files.ts";
import { runAsProcess, type Script } from "./cli.ts";

const FLAGS = { write: { type: "boolean" } } as const;

/** The line of the file that holds the checksum; everything else of the file stays as it is. */
const CHECKSUM_FIELD = /("checksum"\s*:\s*")[^"]*(")/;

/** Prints the checksum that a registry should have, or puts it into the file. */
export const ASSETS_CHECKSUM: Script<typeof FLAGS> = {
  name: "assets:checksum",
  usage: `[FILE] [--write] [--json]

Prints the checksum of an asset registry (by default ${REGISTRY_FILE}): sha-256 over its canonical
JSON without the field "checksum".

  --write  put it into the file
  --json   print one object: checksum, stored, matches, written
  --help   show this text`,
  flags: FLAGS,
  positionals: { min: 0, max: 1 },
  async main({ flags, positionals, report }) {
    const path = positionals[0] ?? REGISTRY_FILE;
    const { checksum: stored, content } = storedChecksum(await readJson(path), path);
    const checksum = registryChecksum(content);
    const matches = stored === checksum;
    const isWritten = flags.write === true && !matches;
    if (isWritten) await writeChecksum(path, checksum);
    report({ checksum, stored, matches, written: isWritten }, checksum);
  },
};

function storedChecksum(json: unknown, path: string): { checksum: unknown; content: object } {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new StartupError(`Cannot read registry "${path}": expected a JSON object`);
  }
  return { checksum: "checksum" in json ? json.checksum : null, content: json };
}

async function writeChecksum(path: string, checksum: string): Promise<void> {
  const text = await readText(path);
  if (!CHECKSUM_FIELD.test(text)) {
    throw new StartupError(`Cannot write the checksum into "${path}": add a field "checksum": ""`);
  }
  // A file that appears whole or not at all, so that a stop in between loses nothing.
  const draft = `${path}.draft`;
  await Deno.writeTextFile(draft, text.replace(CHECKSUM_FIELD, `$1${checksum}$2`));
  await Deno.rename(draft, path);
}

if (import.meta.main) await runAsProcess(ASSETS_CHECKSUM);
