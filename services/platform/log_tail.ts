import { utcMsOf } from "../kernel/time.ts";
import type { LogLine, LogLineQuery, LogLines } from "../ops/mod.ts";
import type { LogLevel } from "../ports/mod.ts";

const MAX_LINES = 1_000;
/** UTF-16 units of all lines together: errors with long stacks would take ever more. */
const MAX_LENGTH = 4 * 1024 * 1024;

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];
/** Fields that name the part which wrote a line, the most telling first. */
const LOGGER_FIELDS = ["logger", "job", "provider", "venue"];
/** Fields that tie lines together, the most telling first. */
const TRACE_FIELDS = ["trace_id", "request_id", "job_id"];
const DEFAULT_LOGGER = "tokenlysis";

/**
 * The newest lines of the log in memory, as they were written: what `JsonLog` hands to its `write`
 * is redacted already. They are read only when somebody looks.
 */
export class LogTail implements LogLines {
  readonly #lines: string[] = [];
  #length = 0;

  /** Takes one line of `JsonLog`. */
  add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
    while (this.#lines.length > MAX_LINES || this.#length > MAX_LENGTH) {
      this.#length -= this.#lines.shift()?.length ?? 0;
    }
  }

  list({ level, trace, limit }: LogLineQuery): readonly LogLine[] {
    const lowest = LEVELS.indexOf(level);
    const found: LogLine[] = [];
    for (let at = this.#lines.length - 1; at >= 0 && found.length < limit; at--) {
      const line = this.#lines[at] ?? "";
      // Most lines are not of the trace: a look at the text spares reading them.
      if (trace !== undefined && !line.includes(trace)) continue;
      const fields = JSON.parse(line) as Fields;
      if (LEVELS.indexOf(fields.level) < lowest) continue;
      if (trace === undefined || TRACE_FIELDS.some((name) => fields[name] === trace)) {
        found.push(toLogLine(fields));
      }
    }
    return found;
  }
}

interface Fields extends Readonly<Record<string, unknown>> {
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
}

function toLogLine({ time, level, message, ...fields }: Fields): LogLine {
  return {
    at: utcMsOf(Date.parse(time)),
    level: level.toUpperCase() as Uppercase<LogLevel>,
    logger: firstText(fields, LOGGER_FIELDS) ?? DEFAULT_LOGGER,
    message,
    traceId: firstText(fields, TRACE_FIELDS),
    fields,
  };
}

function firstText(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
): string | null {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "string") return value;
  }
  return null;
}
