import { assert, assertEquals } from "@/tests/assert.ts";

const DOCUMENTS = [
  "README.md",
  ...[...Deno.readDirSync("docs")].filter(({ isFile }) => isFile).map(({ name }) => `docs/${name}`),
];

Deno.test("every setting that is read stands in the documentation, by one of its names", async () => {
  const source = await Deno.readTextFile("services/config.ts");
  const table = /const NAMES = \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? "";
  const settings = table.split("\n").map((line) => line.match(/[A-Z][A-Z_]+/g) ?? [])
    .filter((names) => names.length > 0);
  assert(settings.length > 20, `Only ${settings.length} settings were found`);
  const texts = await Promise.all(DOCUMENTS.map((path) => Deno.readTextFile(path)));
  const documented = new Set(texts.flatMap((text) => text.match(/\b[A-Z][A-Z_]+\b/g) ?? []));
  const missing = settings.filter((names) => !names.some((name) => documented.has(name)));
  assertEquals(missing, []);
});
