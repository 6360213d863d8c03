import { gzipSync } from "node:zlib";
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { assert, assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";
import { isUpToDate } from "../build/freshness.ts";
import { applyFixture, FIXTURE_ROOT, fixtureHandler, get, testBuild } from "./fixture_app.ts";

/** Size of all scripts that a page with one small island loads, compressed. */
const SCRIPT_BUDGET_BYTES = 15_000;

/** Makes a small project in a folder of its own and removes it afterwards. */
async function withProject(
  files: Readonly<Record<string, string>>,
  use: (root: string) => Promise<void>,
): Promise<void> {
  // Inside the package, so that its packages and import map are found.
  const root = await Deno.makeTempDir({ dir: new URL(".", FIXTURE_ROOT).pathname, prefix: "tmp_" });
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${root}/${path}`, text);
    }
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name).sort();
}

const PROJECT = {
  "static/a.txt": "one",
  "islands/Hello.tsx": "export default () => <b>hello</b>;",
  "islands/parts/text.ts": "export const text = 'no island';",
};

testBuild("Builder.build() keeps a page with one small island within its budget", async () => {
  const handler = await fixtureHandler();
  const link = (await get(handler, "/counter")).headers.get("link") ?? "";
  let sizeBytes = 0;
  let preacts = 0;
  for (const [, path] of link.matchAll(/<([^>]+)>/g)) {
    const script = await (await get(handler, path ?? "")).bytes();
    sizeBytes += gzipSync(script).length;
    // Only Preact's own renderer names this property.
    if (new TextDecoder().decode(script).includes("dangerouslySetInnerHTML")) preacts++;
  }
  assert(sizeBytes > 0 && sizeBytes <= SCRIPT_BUDGET_BYTES, `Scripts take ${sizeBytes} bytes`);
  assertEquals(preacts, 1, "Expected one copy of Preact");
});

testBuild(
  "Builder.build() leaves one whole build, and the one before it",
  () =>
    withProject(PROJECT, async (root) => {
      const outDir = `${root}/_fresh`;
      const builder = new Builder({ root, outDir });
      for (const text of ["one", "two", "three"]) {
        await Deno.writeTextFile(`${root}/static/a.txt`, text);
        await builder.build();
      }
      const found = await names(outDir);
      assertEquals(found.filter((name) => !name.startsWith("production-")), [
        "build.json",
        "server.js",
        "snapshot.js",
      ]);
      assertEquals(found.length, 5);
      const current = /"\.\/(.*)\/snapshot\.js"/.exec(
        await Deno.readTextFile(`${outDir}/snapshot.js`),
      )?.[1];
      assertEquals(await Deno.readTextFile(`${outDir}/${current}/static/a.txt`), "three");
    }),
);

testBuild("Builder.build() can run twice at once", () =>
  withProject(PROJECT, async (root) => {
    const options = { root, outDir: `${root}/_fresh` };
    await Promise.all([new Builder(options).build(), new Builder(options).build()]);
    assertEquals((await names(options.outDir)).length, 4);
  }));

const CHANGES: { name: string; path: string; text: string }[] = [
  { name: "a static file", path: "static/a.txt", text: "other" },
  { name: "a new static file", path: "static/b.txt", text: "new" },
  { name: "an island", path: "islands/Hello.tsx", text: "export default () => <i>hi</i>;" },
  { name: "a new route", path: "routes/index.tsx", text: "export default () => <p>new</p>;" },
];
for (const { name, path, text } of CHANGES) {
  testBuild(
    `isUpToDate() is true after a build and false after a change of ${name}`,
    () =>
      withProject(PROJECT, async (root) => {
        const builder = new Builder({ root });
        const settings = builder.settings("production");
        assertEquals(await isUpToDate(settings, builder.outDir), false);
        await builder.build();
        assertEquals(await isUpToDate(settings, builder.outDir), true);
        assertEquals(await isUpToDate(builder.settings("development"), builder.outDir), false);
        await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
        await Deno.writeTextFile(`${root}/${path}`, text);
        assertEquals(await isUpToDate(settings, builder.outDir), false);
      }),
  );
}

testBuild(
  "Builder.build() changes nothing if an island cannot be bundled",
  () =>
    withProject(PROJECT, async (root) => {
      const builder = new Builder({ root });
      await builder.build();
      const before = await names(`${root}/_fresh`);
      await Deno.writeTextFile(`${root}/islands/Hello.tsx`, "export default () => <b>;");
      await assertRejects(() => builder.build());
      assertEquals(await names(`${root}/_fresh`), before);
    }),
);

testBuild("Builder makes chunks of components only", () =>
  withProject(PROJECT, async (root) => {
    const app = new App().use(staticFiles());
    const builder = new Builder({ root });
    await builder.build();
    const record = await Deno.readTextFile(`${root}/_fresh/snapshot.js`);
    const folder = /"\.\/(.*)\/snapshot\.js"/.exec(record)?.[1];
    const snapshot = await Deno.readTextFile(`${root}/_fresh/${folder}/snapshot.js`);
    assertMatch(snapshot, /island-Hello\.js/);
    assert(!snapshot.includes("island-text"));
    assertEquals((await get(app.handler(), "/a.txt")).status, 404);
  }));

testBuild("Builder serves each worker as one script, and builds anew when it changed", () => {
  const files = {
    "lib/answer.ts": "export const answer = 'forty-two';",
    "lib/worker.ts": 'import { answer } from "./answer.ts";\npostMessage(answer);',
  };
  return withProject(files, async (root) => {
    const workers = { "/workers/answer.js": "lib/worker.ts" };
    const builder = new Builder({ root, workers });
    const app = new App().use(staticFiles());
    (await builder.build({ snapshot: "memory" }))(app);
    const response = await get(app.handler(), "/workers/answer.js");
    assertMatch(response.headers.get("content-type") ?? "", /^text\/javascript/);
    const script = await response.text();
    assertMatch(script, /forty-two/);
    assert(!/\b(import|export)\b/.test(script), "Expected a classic script");
    await builder.build();
    const isCurrent = () => isUpToDate(builder.settings("production"), builder.outDir);
    assertEquals(await isCurrent(), true);
    await Deno.writeTextFile(`${root}/lib/answer.ts`, "export const answer = 'none';");
    assertEquals(await isCurrent(), false);
    await builder.build();
    assertEquals(
      await isUpToDate(new Builder({ root }).settings("production"), `${root}/_fresh`),
      false,
    );
  });
});

testBuild(
  "Builder.onTransformStaticFile() changes the files it is for",
  () =>
    withProject({ "static/a.css": "p {}", "static/a.txt": "p {}" }, async (root) => {
      const builder = new Builder({ root });
      builder.onTransformStaticFile(
        { pluginName: "prefix", filter: /\.css$/ },
        ({ text }) => ({ content: `body {} ${text}` }),
      );
      const app = new App().use(staticFiles());
      (await builder.build({ snapshot: "memory" }))(app);
      const handler = app.handler();
      assertEquals(await (await get(handler, "/a.css")).text(), "body {} p {}");
      assertEquals(await (await get(handler, "/a.txt")).text(), "p {}");
    }),
);

testBuild("Builder inlines FRESH_PUBLIC_ variables and no others", async () => {
  Deno.env.set("FRESH_PUBLIC_COLOR", 'teal "1"');
  try {
    const app = new App().use(staticFiles()).fsRoutes();
    (await new Builder({ root: FIXTURE_ROOT }).build({ snapshot: "memory" }))(app);
    const handler = app.handler();
    const link = (await get(handler, "/setting")).headers.get("link") ?? "";
    const path = /<([^>]*island-PublicSetting\.js)>/.exec(link)?.[1] ?? "";
    const script = await (await get(handler, path)).text();
    assertMatch(script, /teal "1"/);
    assert(!script.includes("Deno.env"));
  } finally {
    Deno.env.delete("FRESH_PUBLIC_COLOR");
  }
});

testBuild(
  "Builder's development builds reload pages, production builds have no such script",
  async () => {
    const development = new App().use(staticFiles()).fsRoutes();
    const builder = new Builder({ root: FIXTURE_ROOT });
    (await builder.build({ mode: "development", snapshot: "memory" }))(development);
    const handler = development.handler();
    assertEquals(development.config.mode, "development");
    assertMatch(await (await get(handler, "/blog")).text(), /EventSource\("\/_fresh\/alive"\)/);
    const events = (await get(handler, "/_fresh/alive")).body?.getReader();
    const first = new TextDecoder().decode((await events?.read())?.value);
    assertMatch(first, /^retry: \d+\ndata: [0-9a-f-]{36}\n\n$/);
    await events?.cancel();
    const production = await applyFixture(new App<never>().fsRoutes() as never);
    assert(!(await (await get(production.handler(), "/blog")).text()).includes("EventSource"));
  },
);
