import type { Log, LogFields, LogLevel } from "../../ports/mod.ts";
import type { FromWorker } from "./work_calls.ts";

/** A line of a thread's log, as a message. */
export type ToldLine = Extract<FromWorker, { kind: "log" }>;

/** A thread's log: each line is told to whoever began the thread, and stands in its log. */
export class ToldLog implements Log {
  readonly #tell: (line: ToldLine) => void;
  readonly #fields: LogFields;

  constructor(tell: (line: ToldLine) => void, fields: LogFields = {}) {
    this.#tell = tell;
    this.#fields = fields;
  }

  debug(message: string, fields?: LogFields): void {
    this.#line("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#line("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#line("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#line("error", message, fields);
  }

  with(fields: LogFields): Log {
    return new ToldLog(this.#tell, { ...this.#fields, ...fields });
  }

  #line(level: LogLevel, message: string, fields: LogFields = {}): void {
    this.#tell({ kind: "log", level, message, fields: { ...this.#fields, ...fields } });
  }
}
