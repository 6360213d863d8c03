import { importLedger, importRequest } from "@/jobs/import_ledger.ts";
import { AppError } from "@/services/kernel/errors.ts";
import type { Uuid } from "@/services/kernel/ids.ts";
import type { JsonValue } from "@/services/ports/jobs.ts";
import {
  DIRECT_BYTES,
  ImportDesk,
  LOCAL_OWNER,
  MAX_IMPORT_BYTES,
} from "@/services/portfolio/mod.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { type ApiHarness, openTestApi } from "./api_harness.ts";
import { ask, makePortfolio } from "./portfolio_sample.ts";

const HEADER = "timestamp,action,asset_id,quantity,unit_price_usd,account,external_id";
const ROWS = 30_000;

/** A file above what is imported while its sender waits. */
function longCsv(): string {
  const lines = [HEADER];
  for (let at = 0; at < ROWS; at++) {
    lines.push(`2024-01-01T00:00:00Z,BUY,bitcoin,0.${at + 1},40000,cold,a rather long name ${at}`);
  }
  return lines.join("\n");
}

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** Runs the job of an upload as a worker would. */
async function runTask(harness: ApiHarness, taskId: string, signal = new AbortController().signal) {
  const { payload } = await harness.jobs.get(taskId as Uuid);
  const notes: number[] = [];
  const result = await importLedger({ desk: harness.portfolio.desk }).run({
    ...{ payload: payload as JsonValue, signal, attempt: 1, log: new RecordingLog() },
    reportProgress: ({ done }) => notes.push(done),
  });
  return { result: result as Record<string, unknown>, notes };
}

Deno.test("a large file becomes a task that imports it, with progress", async () => {
  await using harness = await openTestApi();
  const base = await makePortfolio(harness);
  const csv = longCsv();
  assert(csv.length > DIRECT_BYTES, "the file is large");
  const accepted = await ask(harness, ["POST", `${base}/import?file_name=all.csv`], { body: csv });
  assertEquals([accepted.status, accepted.data.name, accepted.data.state], [
    202,
    "import_ledger",
    "queued",
  ]);
  assertEquals((await ask(harness, ["GET", `${base}/transactions`])).data, []);
  const task = `${base}/import/tasks/${accepted.data.id}`;
  assertEquals((await ask(harness, ["GET", task])).data.state, "queued");

  const { result, notes } = await runTask(harness, accepted.data.id);
  assertEquals([result.state, result.read, result.accepted, result.file_name], [
    "committed",
    ROWS,
    ROWS,
    "all.csv",
  ]);
  // Bytes of the file, so that the whole is known from the start.
  assertEquals(notes.at(-1), new TextEncoder().encode(csv).length);
  // The file is gone with its import.
  await assertRejects(() => runTask(harness, accepted.data.id), { pattern: /is gone/ });
  const again = await ask(harness, ["POST", `${base}/import`], { body: csv });
  const second = await runTask(harness, again.data.id);
  assertEquals([second.result.accepted, second.result.duplicate], [0, ROWS]);
});

Deno.test("a small file that unpacks to a large one becomes a task too", async () => {
  await using harness = await openTestApi();
  const base = await makePortfolio(harness);
  const body = await gzip(longCsv());
  assert(body.length < DIRECT_BYTES, "the file is small as it is sent");
  const accepted = await ask(harness, ["POST", `${base}/import`], { body });
  assertEquals([accepted.status, accepted.data.state], [202, "queued"]);
  assertEquals((await runTask(harness, accepted.data.id)).result.accepted, ROWS);

  const order = {
    scope: { ownerId: LOCAL_OWNER, portfolioId: base.split("/").at(-1) as Uuid },
    fileName: "all.csv.gz",
  };
  const { desk } = harness.portfolio;
  const sent = () => desk.receiveSmall(order, ReadableStream.from([body]));
  const error = await assertRejects(sent, { type: AppError, pattern: /holds more than/ });
  assertEquals(error.code, "PAYLOAD_TOO_LARGE");
  const cut = await ask(harness, ["POST", `${base}/import`], { body: body.subarray(0, 200) });
  assertEquals([cut.status, cut.error?.code], [422, "VALIDATION_FAILED"]);
});

Deno.test("a task that is told to stop leaves nothing, and may be run again", async () => {
  await using harness = await openTestApi();
  const base = await makePortfolio(harness);
  const { data } = await ask(harness, ["POST", `${base}/import`], { body: longCsv() });
  const abort = new AbortController();
  abort.abort(new Error("stopping"));
  await assertRejects(() => runTask(harness, data.id, abort.signal), { pattern: /stopping/ });
  assertEquals((await ask(harness, ["GET", `${base}/transactions`])).data, []);
  assertEquals((await runTask(harness, data.id)).result.accepted, ROWS);
});

Deno.test("a task is cancelled by its owner before it begins", async () => {
  await using harness = await openTestApi();
  const base = await makePortfolio(harness);
  const { data } = await ask(harness, ["POST", `${base}/import`], { body: longCsv() });
  const cancelled = await ask(harness, ["DELETE", `${base}/import/tasks/${data.id}`]);
  assertEquals([cancelled.status, cancelled.data.state], [200, "cancelled"]);
});

Deno.test("a large file that can't be read is refused by its task, which nothing is left of", async () => {
  await using harness = await openTestApi();
  const base = await makePortfolio(harness);
  const csv = longCsv().replace("action", "verb");
  const { data } = await ask(harness, ["POST", `${base}/import`], { body: csv });
  await assertRejects(() => runTask(harness, data.id), { pattern: /Cannot tell/ });
  await assertRejects(() => runTask(harness, data.id), { pattern: /is gone/ });
});

Deno.test("columns of the user's own are mapped by them", async () => {
  await using harness = await openTestApi();
  const base = await makePortfolio(harness);
  const csv = "When,What,Coin,How much,Each\n2024-01-01,bought,BTC,2,40000\n";
  const unknown = await ask(harness, ["POST", `${base}/import`], { body: csv });
  assertEquals([unknown.status, unknown.error?.code], [422, "VALIDATION_FAILED"]);
  const mapping = JSON.stringify({
    columns: {
      timestamp: "When",
      action: "What",
      asset_id: "Coin",
      quantity: "How much",
      unit_price_usd: "Each",
    },
    actions: { Bought: "BUY" },
  });
  const query = new URLSearchParams({ mapping, account: "cold" });
  const report = await ask(harness, ["POST", `${base}/import?${query}`], { body: csv });
  assertEquals([report.status, report.data.format, report.data.accepted], [200, "custom", 1]);
});

for (
  const [name, body, path, status] of [
    ["a form", new FormData(), "", 415],
    ["an empty file", "", "", 422],
    ["a mapping that is no JSON", HEADER, "?mapping=no", 422],
    ["a mapping of unknown fields", HEADER, '?mapping={"columns":{"colour":"a"}}', 422],
    ["an unknown format", HEADER, "?format=excel", 422],
  ] as const
) {
  Deno.test(`an import refuses ${name}`, async () => {
    await using harness = await openTestApi();
    const base = await makePortfolio(harness);
    const answer = await ask(harness, ["POST", `${base}/import${path}`], { body });
    assertEquals([name, answer.status], [name, status]);
  });
}

Deno.test("ImportDesk keeps no file above the limit, and asks for no job of it", async () => {
  await using harness = await openTestApi();
  const base = await makePortfolio(harness);
  let kept = 0;
  const { portfolios, ledger } = harness.portfolio;
  const desk = new ImportDesk({
    ...{ portfolios, ledger, clock: harness.clock },
    uploads: {
      async keep(_, bytes) {
        for await (const chunk of bytes) kept += chunk.length;
      },
      open: () => Promise.resolve(null),
      remove: () => Promise.resolve(),
    },
    enqueue: (upload) => harness.jobStore.enqueue(importRequest(upload)),
  });
  const chunk = new Uint8Array(1024 ** 2).fill(32);
  async function* endless() {
    while (true) yield await Promise.resolve(chunk);
  }
  const portfolioId = base.split("/").at(-1) as Uuid;
  const order = { scope: { ownerId: "local", portfolioId }, fileName: "endless.csv" };
  await assertRejects(() => desk.receive(order, endless()), {
    pattern: /split it into smaller files/,
  });
  assertEquals(kept, MAX_IMPORT_BYTES);
  assertEquals(await harness.jobs.list({ limit: 10 }), []);
});
