import { assert, assertEquals } from "@/tests/assert.ts";

/** A script that imports a file, and the file that it is killed in the middle of. */
export interface KilledImport {
  /** `tools/candles_import.ts`. */
  readonly script: string;
  readonly flags: readonly string[];
  /** The file: its first line, and its rows by their place. */
  readonly header: string;
  readonly rows: number;
  rowAt(at: number): string;
  /** What its report calls rows that were there already. */
  readonly known: "unchanged" | "duplicate";
}

/**
 * Kills an import by its process id once it writes; then the same import, run twice, finds every
 * row new the first time and known the second: nothing was left, nothing is kept twice.
 */
export async function assertSurvivesKill(killed: KilledImport): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis-" });
  try {
    const file = `${folder}/rows.csv`;
    const lines = Array.from({ length: killed.rows }, (_, at) => killed.rowAt(at));
    await Deno.writeTextFile(file, [killed.header, ...lines].join("\n"));
    await killWhileItWrites(startImport(killed, { folder, file }));
    const first = await report(startImport(killed, { folder, file }), killed.known);
    const second = await report(startImport(killed, { folder, file }), killed.known);
    const { rows } = killed;
    assertEquals([first, second], [
      { read: rows, inserted: rows, updated: 0, known: 0, quarantined: 0 },
      { read: rows, inserted: 0, updated: 0, known: rows, quarantined: 0 },
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function startImport(
  { script, flags }: KilledImport,
  { folder, file }: { folder: string; file: string },
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", script, file, ...flags, "--progress", "--json"],
    env: { TOKENLYSIS_DATA_DIR: folder, TOKENLYSIS_NETWORK: "off" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function killWhileItWrites(process: Deno.ChildProcess): Promise<void> {
  // The first line of progress comes when rows are written and the transaction is open.
  const reader = process.stderr.getReader();
  const { value } = await reader.read();
  assert(new TextDecoder().decode(value).includes("rows"), "it tells its progress");
  process.kill("SIGKILL");
  await reader.cancel();
  await process.stdout.cancel();
  assert(!(await process.status).success, "it was killed before it was done");
}

async function report(process: Deno.ChildProcess, known: KilledImport["known"]) {
  const { code, stdout, stderr } = await process.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const told = JSON.parse(new TextDecoder().decode(stdout));
  const { read, inserted, updated, quarantined } = told;
  return { read, inserted, updated, known: told[known], quarantined };
}
