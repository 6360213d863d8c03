import fc from "fast-check";
import { CANDLES_EXPORT } from "@/tools/candles_export.ts";
import { CANDLES_IMPORT } from "@/tools/candles_import.ts";
import { runScript } from "@/tools/cli.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { sharedData } from "@/tests/shared_data.ts";

const HEADER = "timestamp,open,high,low,close,volume";

/** A folder with a store and files of its own, and the scripts to work on it. */
class Workplace implements AsyncDisposable {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<Workplace> {
    return new Workplace(await Deno.makeTempDir({ prefix: "tokenlysis-" }));
  }

  async file(name: string, content: string | Uint8Array): Promise<string> {
    const path = `${this.#folder}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    return path;
  }

  async import(...args: string[]) {
    const { io, printed } = this.#io([...args, "--json"]);
    const code = await runScript(CANDLES_IMPORT, io);
    return { code, stderr: printed.stderr, ...JSON.parse(printed.stdout || "{}") };
  }

  async export(...args: string[]): Promise<string> {
    const { io, printed } = this.#io(args);
    assertEquals(await runScript(CANDLES_EXPORT, io), 0, printed.stderr);
    return printed.stdout;
  }

  /** Why there is nothing to export. */
  async refusedExport(asset: string): Promise<string> {
    const { io, printed } = this.#io(["--asset", asset, "--interval", "1d"]);
    assertEquals(await runScript(CANDLES_EXPORT, io), 1);
    return printed.stderr;
  }

  #io(args: readonly string[]) {
    const env = { TOKENLYSIS_DATA_DIR: `${this.#folder}/store`, TOKENLYSIS_NETWORK: "off" };
    return fakeCliIo(args, { env });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function gzip(text: string): Promise<Uint8Array> {
  const bytes = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(bytes).arrayBuffer());
}

const day = (number: number) => `2021-01-${String(number).padStart(2, "0")}`;
const row = (number: number, close = 100 + number) => `${day(number)},100,200,50,${close},7`;

Deno.test("candles:import takes each row once and says so the second time", async () => {
  await using place = await Workplace.open();
  const text = [HEADER, row(1), row(2), row(3)].join("\n");
  const plain = await place.file("BTC.csv", text);
  const first = await place.import(plain, "--interval", "1d");
  assertEquals(first.code, 0, first.stderr);
  assertEquals([first.read, first.inserted, first.unchanged], [3, 3, 0]);
  assertEquals([first.first, first.last], ["2021-01-01T00:00:00Z", "2021-01-03T00:00:00Z"]);
  const packed = await place.file("BTC.csv.gz", await gzip(text));
  const second = await place.import(packed, "--interval", "1d");
  assertEquals([second.read, second.inserted, second.updated, second.unchanged], [3, 0, 0, 3]);
});

Deno.test("candles:import reads all members of a gzip file", async () => {
  await using place = await Workplace.open();
  const members = await Promise.all([`${HEADER}\n${row(1)}\n`, `${row(2)}\n`].map(gzip));
  const packed = await place.file("BTC.csv.gz", new Uint8Array(members.flatMap((one) => [...one])));
  const { read, inserted } = await place.import(packed, "--interval", "1d");
  assertEquals([read, inserted], [2, 2]);
});

Deno.test("candles:import replaces a changed value and keeps the rest", async () => {
  await using place = await Workplace.open();
  const file = await place.file("a.csv", [HEADER, row(1), row(2)].join("\n"));
  await place.import(file, "--asset", "bitcoin", "--interval", "1d");
  await place.file("a.csv", [HEADER, row(1), row(2, 150)].join("\n"));
  const changed = await place.import(file, "--asset", "bitcoin", "--interval", "1d");
  assertEquals([changed.inserted, changed.updated, changed.unchanged], [0, 1, 1]);
  const exported = await place.export("--asset", "bitcoin", "--interval", "1d");
  assertMatch(exported, /2021-01-02T00:00:00Z,100,200,50,150,7/);
});

const BAD_ROWS: readonly { name: string; row: string; reason: RegExp }[] = [
  { name: "high below low", row: "2021-01-09,100,50,60,100,1", reason: /high 50 is below low 60/ },
  {
    name: "text for a number",
    row: "2021-01-09,abc,200,50,100,1",
    reason: /"abc" is not a number/,
  },
  { name: "NaN", row: "2021-01-09,NaN,200,50,100,1", reason: /"NaN" is not a number/ },
  { name: "a negative price", row: "2021-01-09,-1,200,50,100,1", reason: /-1/ },
  { name: "a price of zero", row: "2021-01-09,0,200,0,100,1", reason: /0/ },
  { name: "negative volume", row: "2021-01-09,100,200,50,100,-4", reason: /-4/ },
  { name: "a close above the high", row: "2021-01-09,100,110,50,120,1", reason: /120|high/ },
  { name: "a day that does not exist", row: "2021-02-30,100,200,50,100,1", reason: /2021-02-30/ },
  { name: "a future day", row: "2999-01-01,100,200,50,100,1", reason: /future/ },
  { name: "an instant inside a day", row: "2021-01-09T05:00:00Z,100,200,50,100,1", reason: /1d/ },
  { name: "too few fields", row: "2021-01-09,100,200", reason: /field|column|expected/ },
  { name: "a day again with other values", row: row(2, 190), reason: /other values.*line 3/ },
  { name: "a step back in time", row: "2020-12-01,100,200,50,100,1", reason: /out of order/ },
];
for (const { name, row: bad, reason } of BAD_ROWS) {
  Deno.test(`candles:import sets aside a row with ${name}, with line and reason`, async () => {
    await using place = await Workplace.open();
    const lines = [HEADER, row(1), row(2), row(3), bad, row(10)];
    const result = await place.import(
      await place.file("BTC.csv", lines.join("\n")),
      "--interval",
      "1d",
    );
    assertEquals(result.code, 0, result.stderr);
    assertEquals([result.read, result.inserted, result.quarantined], [5, 4, 1]);
    assertEquals(result.errors.length, 1);
    assertEquals(result.errors[0].line, 5);
    assertMatch(result.errors[0].reason, reason);
  });
}

const REFUSED: readonly {
  name: string;
  content: () => Promise<string | Uint8Array>;
  why: RegExp;
}[] = [
  { name: "an empty file", content: () => Promise.resolve(""), why: /empty/ },
  { name: "a header alone", content: () => Promise.resolve(`${HEADER}\n`), why: /no rows/ },
  {
    name: "another header",
    content: () => Promise.resolve("a,b\n1,2\n"),
    why: /expected a header/,
  },
  {
    name: "a cut gzip",
    content: async () => (await gzip([HEADER, row(1), row(2)].join("\n"))).subarray(0, 40),
    why: /cut off or damaged/,
  },
  {
    name: "mostly bad rows",
    content: () =>
      Promise.resolve([HEADER, ...Array.from({ length: 30 }, () => "x,y"), row(1)].join("\n")),
    why: /30 of its 31 rows are bad/,
  },
];
for (const { name, content, why } of REFUSED) {
  Deno.test(`candles:import refuses ${name} whole, says what to do and keeps nothing`, async () => {
    await using place = await Workplace.open();
    const file = await place.file(
      name.includes("gzip") ? "BTC.csv.gz" : "BTC.csv",
      await content(),
    );
    const result = await place.import(file, "--interval", "1d");
    assertEquals(result.code, 1);
    assertMatch(result.stderr, why);
    assertEquals(result.stderr.trim().split("\n").length, 1, "one sentence");
    assertEquals([result.inserted, result.read - result.quarantined], [0, 0]);
    assertMatch(await place.refusedExport("bitcoin"), /no candles stored/);
  });
}

Deno.test("candles:import refuses an interval that the rows contradict", async () => {
  await using place = await Workplace.open();
  const rows = Array.from({ length: 20 }, (_, at) => row(at + 1));
  const file = await place.file("BTC.csv", [HEADER, ...rows].join("\n"));
  const result = await place.import(file, "--interval", "1h");
  assertEquals(result.code, 1);
  assertMatch(result.stderr, /rows 1d apart, but --interval says 1h: use --interval 1d/);
});

Deno.test("candles:import reads a folder: assets by file name, sources by folder", async () => {
  await using place = await Workplace.open();
  const text = [HEADER, row(1), row(2)].join("\n");
  await place.file("in/daily_one/BTCUSDT_1d.csv", text);
  await place.file("in/daily_two/MIOTA.csv.gz", await gzip(text));
  await place.file("in/notes.txt", "not a candle in sight");
  const folder =
    (await place.file("in/daily_two/quotes.csv", "time_ms,bid,bid_size,ask,ask_size\n"))
      .replace("/daily_two/quotes.csv", "");
  const result = await place.import("--dir", folder, "--interval", "1d");
  assertEquals([result.read, result.inserted], [4, 4], JSON.stringify(result));
  assertEquals(
    result.files.map(({ asset_id, source }: { asset_id: string; source: string }) => [
      asset_id,
      source,
    ]),
    [["bitcoin", "daily_one"], ["iota", "daily_two"]],
  );
});

Deno.test("candles:import accounts for every row of any mixture", async () => {
  await using place = await Workplace.open();
  const anyRow = fc.oneof(
    fc.integer({ min: 1, max: 28 }).map((number) => row(number)),
    fc.integer({ min: 1, max: 28 }).map((number) => row(number, 60)),
    fc.string({ maxLength: 30 }).map((text) => text.replace(/[\r\n"]/g, "") || "x"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 19 }), async (rows) => {
      const file = await place.file("BTC.csv", [HEADER, ...rows].join("\n"));
      const result = await place.import(file, "--interval", "1d", "--asset", "bitcoin");
      const { read, inserted, updated, unchanged, quarantined } = result;
      assertEquals(read, inserted + updated + unchanged + quarantined);
      // A line of blanks is none; a file of nothing but bad rows is refused with all of them.
      const filled = rows.filter((text) => text.trim() !== "").length;
      if (result.code === 0) {
        assert(read === filled || read === rows.length, JSON.stringify(result));
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("candles:export round-trips through candles:import", async () => {
  await using place = await Workplace.open();
  const lines = [HEADER, row(1), row(2), row(4)];
  await place.import(await place.file("BTC.csv", lines.join("\n")), "--interval", "1d");
  const exported = await place.export("--asset", "bitcoin", "--interval", "1d");
  const again = await place.import(
    await place.file("again.csv", exported),
    "--asset",
    "bitcoin",
    "--interval",
    "1d",
  );
  assertEquals([again.read, again.unchanged], [3, 3], JSON.stringify(again));
});

const MARKET = sharedData("market");
Deno.test({
  name: "candles:import takes every candle file of the reference data, and the same again",
  ignore: MARKET === null,
  async fn() {
    await using place = await Workplace.open();
    const folder = MARKET?.pathname ?? "";
    const first = await place.import("--dir", folder);
    assertEquals(first.code, 0, first.stderr);
    assertEquals([first.read, first.inserted, first.quarantined], [470_352, 470_352, 0]);
    assertMatch(JSON.stringify(first.skipped), /best_quotes/);
    const second = await place.import("--dir", folder);
    assertEquals([second.read, second.unchanged, second.inserted], [470_352, 470_352, 0]);
    const exported = await place.export(
      ...["--asset", "bitcoin", "--interval", "1d", "--source", "daily_cmc"],
      ...["--start", "2021-01-01", "--end", "2021-01-05"],
    );
    const closes = exported.trim().split("\n").slice(1).map((line) => line.split(",")[4]);
    assertEquals(closes, [
      "29374.15188907",
      "32127.26793922",
      "32782.02446581",
      "31971.91352155",
      "33992.42934365",
    ]);
  },
});
