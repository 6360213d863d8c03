import { runScript } from "@/tools/cli.ts";
import { FX_IMPORT } from "@/tools/fx_import.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { fakeCliIo } from "@/tests/fakes/cli_io.ts";
import { sharedData } from "@/tests/shared_data.ts";

const HEADER = "Date,USD,JPY,GBP,";
const HISTORY = sharedData("fx/eurofxref_hist_1999-01-04_2023-12-29.csv.gz");
const SAMPLE = sharedData("fx/eurofxref-hist.sample-original-format.csv");
const DAILY = sharedData("fx/eurofxref.csv");

/** A folder with a store and files of its own. */
class Workplace implements AsyncDisposable {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<Workplace> {
    return new Workplace(await Deno.makeTempDir({ prefix: "tokenlysis-fx-" }));
  }

  async file(name: string, lines: readonly string[]): Promise<string> {
    const path = `${this.#folder}/${name}`;
    await Deno.writeTextFile(path, `${lines.join("\n")}\n`);
    return path;
  }

  async import(...paths: string[]) {
    const env = { TOKENLYSIS_DATA_DIR: `${this.#folder}/store`, TOKENLYSIS_NETWORK: "off" };
    const { io, printed } = fakeCliIo([...paths, "--json"], { env });
    const code = await runScript(FX_IMPORT, io);
    const { files = [], failures = [] } = JSON.parse(printed.stdout || "{}");
    const [first = {}] = files;
    const { import_id: _id, checksum: _checksum, source: _source, origin: _origin, ...sums } =
      first;
    return { code, files, failures, sums, stderr: printed.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

Deno.test("fx:import takes the ECB's layout, and the same file again changes nothing", async () => {
  await using place = await Workplace.open();
  const path = await place.file("hist.csv", [
    HEADER,
    "2024-01-03,1.0919,155.19,0.86280,",
    "2024-01-02,1.0956,N/A,,",
  ]);
  const sums = {
    days: 2,
    read: 6,
    inserted: 4,
    updated: 0,
    unchanged: 0,
    absent: 2,
    quarantined: 0,
    first: "2024-01-02",
    last: "2024-01-03",
    errors: [],
  };
  const first = await place.import(path);
  assertEquals([first.code, first.sums], [0, sums]);
  const second = await place.import(path);
  assertEquals([second.code, second.sums], [0, { ...sums, inserted: 0, unchanged: 4 }]);
});

Deno.test("fx:import sets aside what is no rate, with line and reason, and keeps the rest", async () => {
  await using place = await Workplace.open();
  const path = await place.file("hist.csv", [
    HEADER,
    "2024-01-05,1.0921,0,-0.86,",
    "2024-01-04,1e3,1.0.9,0.8628,",
    "2024-01-05,1.5,150,0.9,",
    "2024-02-30,1.5,150,0.9,",
    "2024-01-03,1.5,150",
    "2024-01-02,1.5,150,0.9,9",
    "2999-01-02,1.5,150,0.9,",
  ]);
  const { code, sums } = await place.import(path);
  assertEquals(code, 0);
  const { errors, ...counts } = sums;
  assertEquals(counts, {
    days: 2,
    read: 11,
    inserted: 2,
    updated: 0,
    unchanged: 0,
    absent: 0,
    quarantined: 9,
    first: "2024-01-04",
    last: "2024-01-05",
  });
  assertEquals(errors.map(({ line, reason }: { line: number; reason: string }) => [line, reason]), [
    [2, 'JPY "0" is no rate: expected a number above 0, or N/A'],
    [2, 'GBP "-0.86" is no rate: expected a number above 0, or N/A'],
    [3, 'USD "1e3" is no rate: expected a number above 0, or N/A'],
    [3, 'JPY "1.0.9" is no rate: expected a number above 0, or N/A'],
    [4, "repeats the day of line 2"],
    [5, '"2024-02-30" is no day'],
    [6, "has 3 fields: expected 5, as the header has"],
    [7, "has a value behind the last currency"],
    [8, "is of a time to come"],
  ]);
});

Deno.test("fx:import refuses whole what is not the ECB's file, and goes on with the next", async () => {
  await using place = await Workplace.open();
  const good = await place.file("good.csv", [HEADER, "2024-01-03,1.0919,155.19,0.8628,"]);
  const bad = [
    await place.file("other.csv", ["timestamp,open,close", "2024-01-03,1,2"]),
    await place.file("twice.csv", ["Date,USD,USD", "2024-01-03,1,2"]),
    await place.file("euro.csv", ["Date,USD,EUR", "2024-01-03,1,2"]),
    await place.file("empty.csv", [HEADER]),
    await place.file("zip.csv", ["PK\x03\x04"]),
  ];
  const { code, files, failures, stderr } = await place.import(...bad, "missing.csv", good);
  assertEquals([code, files.length, failures.length], [1, 1, 6]);
  const reasons = [
    /other.csv: Cannot read the file as rates of the ECB: its first column is "timestamp"/,
    /it has USD twice/,
    /its column "EUR" is no currency beside the euro/,
    /"empty.csv" holds no rates/,
    /ZIP archive/,
    /Cannot find file "missing.csv"/,
  ];
  for (const [at, reason] of reasons.entries()) assertMatch(failures[at], reason);
  assertMatch(stderr, /^fx:import: /);
});

Deno.test("fx:import refuses whole a file with more than 10,000 cells that are no rates", async () => {
  await using place = await Workplace.open();
  const path = await place.file("bad.csv", [
    HEADER,
    "2024-01-05,1.0921,158,0.86,",
    ...Array.from({ length: 10_001 }, () => "x,1,2,3,"),
  ]);
  const { code, files, failures } = await place.import(path);
  assertEquals([code, files], [1, []]);
  assertMatch(failures[0], /more than 10000 of its cells are no rates, the first on line 3/);
});

Deno.test({
  name: "fx:import reads the ECB's own files to the last cell",
  ignore: HISTORY === null || SAMPLE === null || DAILY === null,
  async fn() {
    assert(HISTORY && SAMPLE && DAILY);
    await using place = await Workplace.open();
    const { code, files } = await place.import(
      ...[HISTORY, SAMPLE, DAILY].map(({ pathname }) => pathname),
    );
    assertEquals(code, 0);
    const [history, sample, daily] = files;
    assertEquals([history.days, history.first, history.last], [6_402, "1999-01-04", "2023-12-29"]);
    for (const { read, inserted, updated, unchanged, absent, quarantined, days } of files) {
      assertEquals(read, inserted + updated + unchanged + absent + quarantined);
      assertEquals([updated, quarantined, read % days], [0, 0, 0]);
    }
    assertEquals(history.read, 6_402 * 41);
    assertEquals([sample.days, sample.last], [5, "2026-04-13"]);
    // The file of the day repeats the newest row of the history.
    assertEquals([daily.days, daily.inserted, daily.unchanged], [1, 0, 29]);
  },
});
