/// <reference lib="deno.worker" />
import { Secret } from "../kernel/secret.ts";
import { SECOND_MS, utcMsOf } from "../kernel/time.ts";
import type { Clock } from "../ports/mod.ts";
import { SystemClock } from "../platform/clock.ts";
import { type LedgerImportReport, ToldLog } from "../portfolio/mod.ts";
import { openDatabase, SqlLedgerStore } from "../storage/mod.ts";
import { type FromImportThread, toFailure, type ToImportThread } from "./import_messages.ts";
import { openImports, readNames } from "./import_parts.ts";

const PROGRESS_EVERY_MS = SECOND_MS / 4;

type Start = Extract<ToImportThread, { kind: "start" }>;

const stopping = new AbortController();
let arrived = Promise.withResolvers<Uint8Array | null>();

/** Runs in a thread of its own: imports one file, whose bytes it asks for piece by piece. */
self.onmessage = ({ data }: MessageEvent<ToImportThread>) => {
  switch (data.kind) {
    case "start":
      importOne(data).then(
        (report) => tell({ kind: "done", report }),
        (error) => tell({ kind: "failed", failure: toFailure(error) }),
      );
      return;
    case "bytes":
      arrived.resolve(data.bytes);
      return;
    case "stop":
      stopping.abort(new Error("The import was told to stop"));
  }
};

async function importOne({ url, dataDir, now, request }: Start): Promise<LedgerImportReport> {
  const clock = clockFrom(now);
  await using database = await openDatabase({
    ...{ dataDir, clock, migrationUrl: null, isThread: true },
    log: new ToldLog(tell, { thread: "import_ledger" }),
    url: url === null ? null : new Secret(url),
  });
  const store = new SqlLedgerStore(database, clock);
  const imports = await openImports({ store, names: await readNames(), clock });
  let toldAt = 0;
  return await imports.importFile({
    ...request,
    bytes: incoming(),
    signal: stopping.signal,
    onProgress(progress) {
      if (clock.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = clock.now();
      tell({ kind: "progress", progress });
    },
  });
}

async function* incoming(): AsyncGenerator<Uint8Array> {
  while (true) {
    arrived = Promise.withResolvers();
    tell({ kind: "pull" });
    const bytes = await arrived.promise;
    if (bytes === null) return;
    yield bytes;
  }
}

/** The process's clock, which in tests is not the system's. */
function clockFrom(now: number): Clock {
  const system = new SystemClock();
  const aheadMs = now - system.now();
  return { now: () => utcMsOf(system.now() + aheadMs) };
}

function tell(message: FromImportThread): void {
  self.postMessage(message);
}
