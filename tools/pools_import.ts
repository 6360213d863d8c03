import { basename } from "node:path";
import { keepReadings, type Taken } from "@/services/defi/mod.ts";
import { AppError } from "@/services/kernel/errors.ts";
import type { Clock } from "@/services/ports/mod.ts";
import type { RawAnswer } from "@/services/ports/provider_records.ts";
import { openFileBytes } from "@/services/providers/file/file_bytes.ts";
import { parsePoolFile, POOL_FORMATS } from "@/services/providers/pools/mod.ts";
import { SqlPoolStore, SqlRawIngestStore } from "@/services/storage/mod.ts";
import { choiceOf, runAsProcess, type Script, UsageError } from "./cli.ts";
import { openFromEnvironment } from "./cli_database.ts";

const FLAGS = {
  provider: { type: "string" },
  format: { type: "string" },
} as const;

/** A larger file is no list of pool readings. */
const MAX_FILE_BYTES = 268_435_456;
const FORMATS = ["auto", ...POOL_FORMATS];

/** Imports pools and their readings from a file into the store. */
export const POOLS_IMPORT = {
  name: "pools:import",
  usage: `FILE --provider NAME [--format auto]

Imports DeFi pools and their readings from CSV, plain or gzip, or from a saved answer of DefiLlama's
/pools (JSON, its day in the file's name). The columns tell the layout. Bad rows are set aside with
line and reason. The same file again changes nothing; one that was cut off goes
on where it ended.

  --provider NAME what the series is called: pools can be read by several. Yieldhouse's daily means
                  and its snapshots differ at the same instants and become NAME-daily and
                  NAME-snapshots
  --format F      ${FORMATS.join(", ")}
  --json          print one object: read, inserted, updated, unchanged, quarantined, errors, pools,
                  held, source
  --help          show this text`,
  flags: FLAGS,
  positionals: { min: 1, max: 1 },
  async main({ io, flags, positionals, report }) {
    const { provider, format = "auto" } = flags;
    const [path = ""] = positionals;
    if (provider === undefined || !/^[a-z0-9_-]{1,40}$/.test(provider)) {
      throw new UsageError("--provider: expected a name of a-z, 0-9, - and _");
    }
    choiceOf(format, { flag: "--format", names: FORMATS });
    const fileName = basename(path);
    const { text, checksum } = await readFile(path);
    await using opened = await openFromEnvironment(io);
    const { database, clock } = opened;
    const readings = parse(text, { fileName, source: provider, format, now: clock.now() });
    if ("refused" in readings) {
      io.stderr(`pools:import: ${readings.refused}\n`);
      return 1;
    }
    const raw = rawAnswer({ fileName, provider, checksum, body: text }, clock);
    await new SqlRawIngestStore(database).keep([raw]);
    const answer = { provider, target: `file/${fileName}` };
    const taken = await keepReadings(new SqlPoolStore(database, clock), readings, answer);
    const source = readings.snapshots[0]?.source ?? provider;
    const facts = { ...taken, pools: readings.pools.length, source };
    report(facts, textOf(facts));
    return 0;
  },
} as const satisfies Script<typeof FLAGS>;

function parse(text: string, file: Parameters<typeof parsePoolFile>[1]) {
  try {
    return parsePoolFile(text, file);
  } catch (error) {
    if (error instanceof AppError) return { refused: error.message };
    throw error;
  }
}

function rawAnswer(
  { fileName, provider, checksum, body }: {
    readonly fileName: string;
    readonly provider: string;
    readonly checksum: string;
    readonly body: string;
  },
  clock: Clock,
): RawAnswer {
  const about = { provider, key: `file/${fileName}`, checksum, url: fileName };
  return { ...about, status: 200, body, fetchedAt: clock.now(), quarantineReason: null };
}

async function readFile(path: string): Promise<{ text: string; checksum: string }> {
  const file = await openFileBytes(path, { maxBytes: MAX_FILE_BYTES });
  try {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of file.chunks) text += decoder.decode(chunk, { stream: true });
    return { text: text + decoder.decode(), checksum: file.checksum() };
  } finally {
    file.close();
  }
}

function textOf(
  { read, inserted, updated, unchanged, held, quarantined, errors, pools, source }: Taken & {
    readonly pools: number;
    readonly source: string;
  },
): string {
  const counts =
    `${read} read, ${inserted} inserted, ${updated} updated, ${unchanged} unchanged, ` +
    `${quarantined} set aside`;
  const waiting = held > 0 ? ` (${held} held until confirmed)` : "";
  const rest = quarantined - errors.length;
  return [
    `${pools} pools of ${source}: ${counts}${waiting}`,
    ...reasonsOf(errors),
    ...rest > 0 ? [`  and ${rest} more`] : [],
  ].join("\n");
}

/** A line for each reason; rows that follow each other and have the same are told together. */
function reasonsOf(errors: Taken["errors"]): readonly string[] {
  const runs: { first: number; last: number; reason: string }[] = [];
  for (const { line, reason } of errors) {
    const run = runs.at(-1);
    if (run !== undefined && run.reason === reason && line === run.last + 1) run.last = line;
    else runs.push({ first: line, last: line, reason });
  }
  return runs.map(({ first, last, reason }) =>
    `  ${first === last ? `line ${first}` : `lines ${first} to ${last}`}: ${reason}`
  );
}

if (import.meta.main) await runAsProcess(POOLS_IMPORT);
