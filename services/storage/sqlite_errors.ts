import { AppError, errorMessage, StartupError } from "../kernel/errors.ts";

/** SQLite's primary result codes, the low byte of what errors carry. */
const RESULT = { busy: 5, locked: 6, readOnly: 8, corrupt: 11, full: 13, cantOpen: 14, notADb: 26 };

const UNKNOWN_RESULT = 1;
const FIRST_WAIT_MS = 2;
/**
 * SQLite keeps no queue of writers: who looks seldom while another writes many short transactions
 * finds the lock free by luck alone. A look costs some microseconds.
 */
const LONGEST_WAIT_MS = 10;

/** How long a write waits for another process, such as a large import, to finish its own. */
const MAX_LOCK_WAIT_MS = 60_000;

/** SQLite's own texts, by which an error is known where the runtime leaves the code out. */
const RESULT_TEXTS: readonly (readonly [string, number])[] = [
  ["database is locked", RESULT.busy],
  ["database table is locked", RESULT.locked],
  ["attempt to write a readonly database", RESULT.readOnly],
  ["database disk image is malformed", RESULT.corrupt],
  ["malformed database schema", RESULT.corrupt],
  ["database or disk is full", RESULT.full],
  ["unable to open database file", RESULT.cantOpen],
  ["file is not a database", RESULT.notADb],
];

/** The primary result code of an error of SQLite, or `null` for any other error. */
function resultOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_SQLITE_ERROR") {
    return null;
  }
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode & 0xff;
  return RESULT_TEXTS.find(([text]) => error.message.startsWith(text))?.[1] ?? UNKNOWN_RESULT;
}

/** Whether another connection holds the lock that a statement needed. */
export function isBusy(error: unknown): boolean {
  const result = resultOf(error);
  return result === RESULT.busy || result === RESULT.locked;
}

/**
 * Tries again until the lock is free. SQLite's own busy timeout would hold the event loop for as
 * long as another process writes; this waits between tries instead.
 */
export async function whenFree<T>(
  attempt: () => T,
  { maxWaitMs = MAX_LOCK_WAIT_MS }: { maxWaitMs?: number } = {},
): Promise<T> {
  const startedMs = performance.now();
  for (let waitMs = FIRST_WAIT_MS;; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() - startedMs > maxWaitMs) {
        throw new AppError(
          "UNAVAILABLE",
          `Cannot write to the database: another process has held its lock for ${
            maxWaitMs / 1000
          } s`,
          { cause: error },
        );
      }
    }
  }
}

/** What a statement threw; a full disk is nobody's mistake, and passes once there is space. */
export function statementError(error: unknown): unknown {
  if (resultOf(error) !== RESULT.full) return error;
  return new AppError(
    "UNAVAILABLE",
    "Cannot write to the database: the disk is full; free some space and try again",
    { cause: error },
  );
}

/** What stops the start when the file can't be used, in one sentence that says what to do. */
export function sqliteStartupError(error: unknown, path: string): unknown {
  const file = `the database file ${path}`;
  const sentences: Readonly<Record<number, string>> = {
    [RESULT.busy]:
      `Cannot use ${file}: another process has it locked; end that process and start again`,
    [RESULT.locked]: `Cannot use ${file}: it is locked; end what uses it and start again`,
    [RESULT.readOnly]:
      `Cannot write to ${file}: make the file and its folder writable for this user`,
    [RESULT.corrupt]:
      `Cannot use ${file}: it is damaged; move it away and restore the newest copy from backups`,
    [RESULT.notADb]:
      `Cannot use ${file}: it is not a SQLite database; move it away or choose another path`,
    [RESULT.full]: `Cannot write to ${file}: the disk is full; free some space and start again`,
    [RESULT.cantOpen]:
      `Cannot open ${file}: make its folder exist and writable for this user, or choose another`,
  };
  const result = error instanceof AppError ? RESULT.busy : resultOf(error);
  if (result === null) return error;
  const sentence = sentences[result] ?? `Cannot use ${file}: ${errorMessage(error)}`;
  return new StartupError(sentence, { cause: error });
}
