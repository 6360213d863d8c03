import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import type { Environment } from "@/services/config.ts";
import { AppError, ProviderError, StartupError } from "@/services/kernel/errors.ts";

/** What a script sees of the process; tests give their own. */
export interface CliIo {
  readonly args: readonly string[];
  readonly env: Environment;
  /** Opened when first read. */
  readonly stdin: () => ReadableStream<Uint8Array>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Whether standard error is a terminal, which alone shows progress. */
  readonly isTerminal: boolean;
  /** Milliseconds that only go forward, for progress. */
  readonly elapsedMs: () => number;
  /** Aborted by Ctrl-C; a script stops at the next safe point. */
  readonly signal: AbortSignal;
}

const COMMON_FLAGS = {
  help: { type: "boolean", short: "h" },
  json: { type: "boolean" },
} as const satisfies ParseArgsOptionsConfig;

type FlagValues<Flags extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Flags; allowPositionals: true }>
>["values"];

/** An operator script. */
export interface Script<Flags extends ParseArgsOptionsConfig = ParseArgsOptionsConfig> {
  /** As in `deno task NAME`. */
  readonly name: string;
  /** The text of `--help` after the first line `Usage: deno task NAME …`. */
  readonly usage: string;
  readonly flags: Flags;
  /** How many arguments besides flags it takes; none by default. */
  readonly positionals?: { readonly min: number; readonly max: number };
  /** Does the work. Its number is the exit code: 0 (also for nothing) or 1. */
  readonly main: (context: ScriptContext<FlagValues<Flags>>) => Promise<number | void>;
}

export interface ScriptContext<Values = unknown> {
  readonly io: CliIo;
  readonly flags: Values;
  readonly positionals: readonly string[];
  readonly isJson: boolean;
  /** Prints the outcome: the object with `--json`, else the text. Call it once. */
  readonly report: (outcome: object, text: string) => void;
  /** A progress bar on a terminal, from one second on. End it before `report`. */
  readonly progress: (label: string) => Progress;
}

/** The script was called wrongly: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** `1 file`, `2 files`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** What a flag chooses among `names`. Throws `UsageError` for any other text. */
export function choiceOf<Name extends string>(
  text: string,
  { flag, names }: { readonly flag: string; readonly names: readonly Name[] },
): Name {
  const name = names.find((one) => one === text);
  if (name !== undefined) return name;
  throw new UsageError(`${flag} "${text}": expected one of ${names.join(", ")}`);
}

/** Runs a script to its exit code: 0 done, 1 failed, 2 called wrongly. Never throws. */
export async function runScript<const Flags extends ParseArgsOptionsConfig>(
  script: Script<Flags>,
  io: CliIo,
): Promise<number> {
  try {
    const { values, positionals } = readArgs(script, io.args);
    if (values.help) {
      io.stdout(`Usage: deno task ${script.name} ${script.usage.trim()}\n`);
      return 0;
    }
    const isJson = values.json === true;
    const code = await script.main({
      io,
      flags: values as FlagValues<Flags>,
      positionals,
      isJson,
      report: (outcome, text) => io.stdout(isJson ? `${JSON.stringify(outcome)}\n` : `${text}\n`),
      progress: (label) => new Progress(label, io),
    });
    return code ?? 0;
  } catch (error) {
    io.stderr(`${script.name}: ${describe(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    io.stderr(`Run deno task ${script.name} --help for its flags\n`);
    return 2;
  }
}

/** Runs a script as this process and ends it with the script's exit code. */
export async function runAsProcess<const Flags extends ParseArgsOptionsConfig>(
  script: Script<Flags>,
): Promise<never> {
  const interrupt = new AbortController();
  const onInterrupt = () => {
    // A second Ctrl-C ends the process at once.
    Deno.removeSignalListener("SIGINT", onInterrupt);
    interrupt.abort(new StartupError("Interrupted"));
  };
  Deno.addSignalListener("SIGINT", onInterrupt);
  const code = await runScript(script, {
    args: Deno.args,
    env: Deno.env.toObject(),
    stdin: () => Deno.stdin.readable,
    stdout: (text) => writeAll(Deno.stdout, text),
    stderr: (text) => writeAll(Deno.stderr, text),
    isTerminal: Deno.stderr.isTerminal(),
    elapsedMs: () => performance.now(),
    signal: interrupt.signal,
  });
  Deno.exit(code);
}

function writeAll(file: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest: Uint8Array = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
  } catch (error) {
    // Whoever reads may stop early, as `head` does.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function readArgs(script: Script<ParseArgsOptionsConfig>, args: readonly string[]) {
  const { min, max } = script.positionals ?? { min: 0, max: 0 };
  const { values, positionals } = parseStrictly(args, { ...script.flags, ...COMMON_FLAGS });
  if (!values.help && (positionals.length < min || positionals.length > max)) {
    const expected = min === max ? `${min}` : max === Infinity ? `${min} or more` : `${min}-${max}`;
    throw new UsageError(`Got ${positionals.length} arguments: expected ${expected}`);
  }
  return { values: values as Readonly<Record<string, unknown>>, positionals };
}

function parseStrictly(args: readonly string[], options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The first sentence says what is wrong; the rest is advice on parseArgs itself.
    throw new UsageError(error.message.split(". ")[0] ?? error.message, { cause: error });
  }
}

/** Expected failures are one sentence; anything else is our mistake and shows where it is. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = error instanceof UsageError || error instanceof StartupError ||
    error instanceof AppError || error instanceof ProviderError ||
    error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied;
  return isExpected ? error.message : error.stack ?? error.message;
}

const SHOWN_AFTER_MS = 1_000;
const REDRAWN_EVERY_MS = 100;
const BAR_WIDTH = 24;

/** A line on a terminal that is drawn over; silent elsewhere and in the first second. */
export class Progress {
  readonly #label: string;
  readonly #io: CliIo;
  readonly #startedMs: number;
  #drawnMs: number;
  #isDrawn = false;

  constructor(label: string, io: CliIo) {
    this.#label = label;
    this.#io = io;
    this.#startedMs = io.elapsedMs();
    this.#drawnMs = this.#startedMs + SHOWN_AFTER_MS - REDRAWN_EVERY_MS;
  }

  /** Tells how far it is: `done` of `total` in any one unit, and a word on it. */
  update(done: number, total: number, note = ""): void {
    if (!this.#io.isTerminal) return;
    const now = this.#io.elapsedMs();
    if (now - this.#drawnMs < REDRAWN_EVERY_MS) return;
    this.#drawnMs = now;
    this.#isDrawn = true;
    const part = total > 0 ? Math.min(1, done / total) : 0;
    const filled = Math.round(part * BAR_WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
    const percent = `${Math.floor(part * 100)}`.padStart(3);
    this.#io.stderr(`\r\x1b[2K${this.#label} ${bar} ${percent} % ${note}`.trimEnd());
  }

  /** Clears the line. */
  end(): void {
    if (this.#isDrawn) this.#io.stderr("\r\x1b[2K");
    this.#isDrawn = false;
  }
}

/** All of standard input as text, refused beyond `maxBytes`. */
export async function readStdin(io: CliIo, { maxBytes }: { maxBytes: number }): Promise<string> {
  const decoder = new TextDecoder();
  let sizeBytes = 0;
  let text = "";
  for await (const chunk of io.stdin()) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      throw new UsageError(`Standard input is too long: expected at most ${maxBytes} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
