import { assert, assertEquals } from "@/tests/assert.ts";

const ROWS = 60_000;

/** A file long enough to be killed in the middle of its import. */
async function writeTransactions(path: string): Promise<void> {
  const lines = ["timestamp,action,asset_id,quantity,account,external_id"];
  const first = Date.UTC(2022, 0, 1);
  for (let at = 0; at < ROWS; at++) {
    const time = new Date(first + at * 60_000).toISOString();
    lines.push(`${time},BUY,bitcoin,0.${at % 9 + 1},Main,trade-${at}`);
  }
  await Deno.writeTextFile(path, lines.join("\n"));
}

function importFile(dataDir: string, file: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "-A", "tools/portfolio_import.ts", file],
      ...["--progress", "--json"],
    ],
    env: { TOKENLYSIS_DATA_DIR: dataDir, TOKENLYSIS_NETWORK: "off" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("portfolio:import killed in the middle leaves nothing; the same again is complete", async () => {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis-" });
  try {
    const file = `${folder}/transactions.csv`;
    await writeTransactions(file);
    const killed = importFile(folder, file);
    // The first line of progress comes when rows are written and the transaction is open.
    const reader = killed.stderr.getReader();
    const { value } = await reader.read();
    assert(new TextDecoder().decode(value).includes("rows"), "it tells its progress");
    killed.kill("SIGKILL");
    await reader.cancel();
    await killed.stdout.cancel();
    assert(!(await killed.status).success);

    const outcomes = [];
    for (let run = 0; run < 2; run++) {
      const output = await importFile(folder, file).output();
      assertEquals(output.code, 0, new TextDecoder().decode(output.stderr));
      const { read, inserted, updated, duplicate, quarantined } = JSON.parse(
        new TextDecoder().decode(output.stdout),
      );
      outcomes.push({ read, inserted, updated, duplicate, quarantined });
    }
    assertEquals(outcomes, [
      { read: ROWS, inserted: ROWS, updated: 0, duplicate: 0, quarantined: 0 },
      { read: ROWS, inserted: 0, updated: 0, duplicate: ROWS, quarantined: 0 },
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
