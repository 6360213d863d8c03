import { MIGRATIONS } from "@/services/storage/migrations.ts";
import { assertEquals, assertMatch } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { runScript } from "@/tools/cli.ts";
import { dbMigrate } from "@/tools/db_migrate.ts";

const NAMES = MIGRATIONS.map(({ name }) => name);

async function run(args: readonly string[], env: Record<string, string>) {
  const { io, printed } = fakeCliIo(args, { env });
  const code = await runScript(dbMigrate, io);
  return { code, ...printed };
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_migrate_" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("db:migrate lists, migrates, and then finds nothing to do", async () => {
  await withFolder(async (folder) => {
    const env = { TOKENLYSIS_DATA_DIR: `${folder}/data` };
    const listed = await run(["--dry-run", "--json"], env);
    assertEquals(JSON.parse(listed.stdout), { dry_run: true, migrations: NAMES });
    assertEquals([...Deno.readDirSync(folder)], [], "a dry run makes nothing");
    const ran = await run(["--json"], env);
    assertEquals(JSON.parse(ran.stdout), { dry_run: false, migrations: NAMES });
    const again = await run([], env);
    assertEquals(again, { code: 0, stdout: "The database is up to date\n", stderr: "" });
  });
});

Deno.test("db:migrate prefers ALEMBIC_DATABASE_URL, then DATABASE_URL", async () => {
  await withFolder(async (folder) => {
    const env = {
      TOKENLYSIS_DATA_DIR: `${folder}/data`,
      DATABASE_URL: `sqlite:${folder}/second.db`,
      ALEMBIC_DATABASE_URL: `sqlite:${folder}/first.db`,
    };
    const files = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assertEquals((await run([], env)).code, 0);
    assertEquals(files(), ["first.db"]);
    assertEquals((await run([], { ...env, ALEMBIC_DATABASE_URL: "" })).code, 0);
    assertEquals(files(), ["first.db", "second.db"]);
  });
});

Deno.test("db:migrate says in one sentence what is wrong with the file", async () => {
  await withFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/notes.db`, "not a database\n".repeat(100));
    const { code, stdout, stderr } = await run([], { DATABASE_URL: `sqlite:${folder}/notes.db` });
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^db:migrate: Cannot use .*: it is not a SQLite database; .*\n$/);
  });
});
