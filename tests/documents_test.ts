import { dirname, join } from "node:path/posix";
import { assert, assertEquals } from "@/tests/assert.ts";

/** What the repository says of itself, held against what it is. */
const DOCUMENTS = ["README.md", ...markdownIn("docs"), ...markdownIn("docs/adr")];
const TEXTS = new Map(DOCUMENTS.map((path) => [path, Deno.readTextFileSync(path)]));

function markdownIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".md"))
    .map(({ name }) => `${folder}/${name}`);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** All matches of the first group, each behind the document that it stands in. */
function* mentions(pattern: RegExp): Generator<readonly [document: string, text: string]> {
  for (const [document, text] of TEXTS) {
    for (const [, found = ""] of text.matchAll(pattern)) yield [document, found];
  }
}

Deno.test("documents: every setting that is read stands in them, by one of its names", async () => {
  const source = await Deno.readTextFile("services/config.ts");
  const table = /const NAMES = \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? "";
  const settings = table.split("\n").map((line) => line.match(/[A-Z][A-Z_]+/g) ?? [])
    .filter((names) => names.length > 0);
  assert(settings.length > 20, `Only ${settings.length} settings were found`);
  const documented = new Set([...mentions(/\b([A-Z][A-Z_]+)\b/g)].map(([, name]) => name));
  assertEquals(settings.filter((names) => !names.some((name) => documented.has(name))), []);
});

Deno.test("documents: every job stands in docs/jobs.md", async () => {
  const text = TEXTS.get("docs/jobs.md") ?? "";
  const missing: string[] = [];
  for (const { name } of Deno.readDirSync("jobs")) {
    const source = await Deno.readTextFile(`jobs/${name}`);
    const [, job] = /defineJob\(\{\s+name: "(\w+)"/.exec(source) ?? [];
    if (job !== undefined && !text.includes(`\`${job}\``)) missing.push(job);
  }
  assertEquals(missing, []);
});

Deno.test("documents: what they link to and name by its path is there", () => {
  const broken: string[] = [];
  for (const [document, link] of mentions(/\]\((?!\w+:)([^)#]+)(?:#[^)]*)?\)/g)) {
    if (!exists(join(dirname(document), link))) broken.push(`${document}: ${link}`);
  }
  for (const [document, path] of mentions(/`((?:[a-z]\w*\/)[\w./()-]+\.(?:tsx?|json|css))`/g)) {
    // Paths within services are given without it.
    if (!exists(path) && !exists(`services/${path}`)) broken.push(`${document}: ${path}`);
  }
  assertEquals(broken, []);
});

Deno.test("documents: the commands that they name are tasks and benchmarks", async () => {
  const { tasks }: { tasks: Readonly<Record<string, unknown>> } = JSON.parse(
    await Deno.readTextFile("deno.json"),
  );
  const wrong = [...mentions(/deno task (?:--quiet )?([a-z][\w:]*)/g)]
    .filter(([, task]) => !(task in tasks));
  assertEquals(wrong, []);
  const benches = await Deno.readTextFile("tools/bench.ts");
  const unknown = [...mentions(/deno task bench ([a-z_]+)/g)]
    .filter(([, name]) => !new RegExp(`file: "[^"]*${name}`).test(benches));
  assertEquals(unknown, []);
});
