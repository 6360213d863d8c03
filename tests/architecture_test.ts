import { dirname, join, normalize } from "node:path/posix";
import { assertEquals } from "@/tests/assert.ts";

const CONTEXTS = [
  "market",
  "analytics",
  "sentiment",
  "scores",
  "portfolio",
  "defi",
  "identity",
  "ops",
  "streams",
  "onchain",
].map((name) => `services/${name}`);
const BASE = ["services/kernel", "services/ports"];

/** The contexts that a context may use, through their `mod.ts`. */
const USES: Readonly<Record<string, readonly string[]>> = {
  "services/analytics": ["services/market"],
  "services/sentiment": ["services/market"],
  "services/portfolio": ["services/market"],
  "services/ops": ["services/market"],
  "services/scores": ["services/market", "services/analytics", "services/sentiment"],
};

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "services/kernel": [],
  "services/ports": ["services/kernel"],
  "services/config.ts": [...BASE, "services/settings.ts"],
  "services/settings.ts": BASE,
  ...Object.fromEntries(CONTEXTS.map((folder) => [folder, [...BASE, ...(USES[folder] ?? [])]])),
  "services/providers": [...BASE, ...CONTEXTS],
  // The migrations are the schema that the stores are written against.
  "services/storage": [...BASE, ...CONTEXTS, "migrations"],
  "services/platform": [...BASE, ...CONTEXTS, "services/config.ts"],
  // Puts the parts of the product together, for the entry module alone.
  "services/composition": [
    ...BASE,
    ...CONTEXTS,
    "services/config.ts",
    "services/providers",
    "services/storage",
    "services/platform",
    "jobs",
  ],
  jobs: [...BASE, ...CONTEXTS],
  components: ["services/kernel"],
  islands: ["components", "services/kernel"],
  routes: [...BASE, ...CONTEXTS, "components", "islands"],
  fresh: [],
};

const ROOTS = ["services", "migrations", "jobs", "components", "islands", "routes", "fresh"];
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*"((?:@\/|\.{1,2}\/)[^"]+)"/g;
const LINE_LIMIT = 100;
/** Of files that the linter does not read; `tools/lint_plugin.ts` holds the code to it. */
const STYLE_SHEET_LIMIT = 400;

interface Source {
  readonly path: string;
  readonly text: string;
}

async function* sources(folder: string): AsyncGenerator<Source> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sources(path);
    else if (/\.tsx?$/.test(path)) yield { path, text: await Deno.readTextFile(path) };
  }
}

async function allSources(roots: readonly string[]): Promise<readonly Source[]> {
  const found: Source[] = [];
  for (const root of roots) {
    for await (const source of sources(root)) found.push(source);
  }
  return found;
}

/** The unit of the layering table that a path belongs to. */
function unitOf(path: string): string {
  const [top = "", sub = "", rest] = path.split("/");
  if (top !== "services") return top;
  return rest === undefined ? path : `${top}/${sub}`;
}

function importsOf({ path, text }: Source): readonly string[] {
  return [...text.matchAll(IMPORT)].map(([, specifier = ""]) =>
    specifier.startsWith("@/") ? specifier.slice(2) : normalize(join(dirname(path), specifier))
  );
}

/** Every broken rule, as one line each. */
function layerViolations(source: Source): readonly string[] {
  const from = unitOf(source.path);
  const allowed = MAY_IMPORT[from] ?? [];
  const broken: string[] = [];
  for (const target of importsOf(source)) {
    const to = unitOf(target);
    if (to !== from && !allowed.includes(to)) {
      broken.push(`${source.path} imports ${target}: ${from} may not see ${to}`);
    }
    const isPrivate = target.split("/").at(-1)?.startsWith("_") ?? false;
    if (isPrivate && dirname(target) !== dirname(source.path)) {
      broken.push(`${source.path} imports ${target}: a _file is for its own folder`);
    }
    const crossesContext = CONTEXTS.includes(to) && to !== from && CONTEXTS.includes(from);
    if (crossesContext && !target.endsWith("/mod.ts")) {
      broken.push(`${source.path} imports ${target}: contexts meet through mod.ts`);
    }
  }
  return broken;
}

const isTest = (path: string) => path.includes("/tests/");

Deno.test("layering: every import follows the table", async () => {
  const broken = (await allSources(ROOTS)).filter(({ path }) => !isTest(path))
    .flatMap(layerViolations);
  assertEquals(broken, []);
});

Deno.test("layering: the table catches an import that breaks it", () => {
  const text =
    'import { open } from "../storage/sqlite.ts";\nimport x from "@/components/X.tsx";\n';
  assertEquals(layerViolations({ path: "services/market/quotes.ts", text }), [
    "services/market/quotes.ts imports services/storage/sqlite.ts: services/market may not see services/storage",
    "services/market/quotes.ts imports components/X.tsx: services/market may not see components",
  ]);
});

/** What code outside its port must not touch, with the folders that are the port. */
const AMBIENT: readonly { what: string; pattern: RegExp; allowed: RegExp }[] = [
  { what: "the environment", pattern: /\bDeno\.env\b|\bprocess\.env\b/, allowed: /^fresh\// },
  {
    what: "the clock",
    pattern: /\bDate\.now\(\)|\bnew Date\(\)/,
    allowed: /^(services\/platform\/|islands\/|components\/api\/|fresh\/)/,
  },
  {
    // Storage measures how long it waits for a lock and how long it holds the event loop.
    what: "the stopwatch",
    pattern: /\bperformance\.now\(\)/,
    allowed: /^(services\/(platform|storage)\/|islands\/|components\/api\/|fresh\/)/,
  },
  {
    what: "randomness",
    pattern: /\bMath\.random\(\)/,
    allowed: /^(islands\/|components\/api\/)/,
  },
];

Deno.test("ambient state: only its ports read the environment, the clock and randomness", async () => {
  const broken = (await allSources(ROOTS)).filter(({ path }) => !isTest(path))
    .flatMap(({ path, text }) =>
      AMBIENT.filter(({ pattern, allowed }) => pattern.test(text) && !allowed.test(path))
        .map(({ what }) => `${path} reads ${what}`)
    );
  assertEquals(broken, []);
});

Deno.test("size: no line of code is longer than the page is wide", async () => {
  const roots = [...ROOTS, "tests", "tools"];
  const broken = (await allSources(roots)).flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, at) =>
      // A string or pattern that can't be broken may stand out; code may not.
      line.length > LINE_LIMIT && !/["'`/]/.test(line) ? [`${path}:${at + 1}`] : []
    )
  );
  assertEquals(broken, []);
});

Deno.test("size: no style sheet is longer than a file of code may be", async () => {
  const broken: string[] = [];
  for await (const { name } of Deno.readDir("static/styles")) {
    const text = await Deno.readTextFile(`static/styles/${name}`);
    const lines = text.trimEnd().split("\n").length;
    if (lines > STYLE_SHEET_LIMIT) broken.push(`static/styles/${name} has ${lines} lines`);
  }
  assertEquals(broken, []);
});
