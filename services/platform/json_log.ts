import { formatUtcMs } from "../kernel/time.ts";
import type { Clock, Log, LogFields, LogLevel } from "../ports/mod.ts";
import { redact, redactText } from "./redact.ts";

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warn: 30, error: 40 };

export interface JsonLogOptions {
  readonly clock: Clock;
  /** Takes one line with its line break. */
  readonly write: (line: string) => void;
  /** The lowest level that is written. */
  readonly level: LogLevel;
}

/**
 * One JSON object a line: `time`, `level`, `message`, then the fields. Secrets are redacted by
 * kind, by name and inside addresses; a field that can't be written says so instead of throwing.
 */
export class JsonLog implements Log {
  readonly #options: JsonLogOptions;
  readonly #fields: LogFields;

  constructor(options: JsonLogOptions, fields: LogFields = {}) {
    this.#options = options;
    this.#fields = fields;
  }

  debug(message: string, fields?: LogFields): void {
    this.#log("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#log("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#log("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#log("error", message, fields);
  }

  with(fields: LogFields): Log {
    return new JsonLog(this.#options, { ...this.#fields, ...fields });
  }

  #log(level: LogLevel, message: string, fields: LogFields = {}): void {
    const { clock, write, level: lowest } = this.#options;
    if (RANKS[level] < RANKS[lowest]) return;
    const head = { time: formatUtcMs(clock.now()), level, message: redactText(message) };
    // The head comes last as well, so that no field can pass for it.
    const fieldsOfLine = redact({ ...this.#fields, ...fields }) as object;
    write(`${JSON.stringify({ ...head, ...fieldsOfLine, ...head })}\n`);
  }
}
