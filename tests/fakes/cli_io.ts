import type { CliIo } from "@/tools/cli.ts";

/** What a script printed. */
export interface Printed {
  stdout: string;
  stderr: string;
}

/** A process for a script under test: its input is given, its output is kept in `printed`. */
export function fakeCliIo(
  args: readonly string[],
  { stdin = "", ...overrides }: Partial<Omit<CliIo, "stdin">> & { stdin?: string } = {},
): { io: CliIo; printed: Printed } {
  const printed: Printed = { stdout: "", stderr: "" };
  const io: CliIo = {
    args,
    env: {},
    stdin: () => new Response(stdin).body ?? new ReadableStream(),
    stdout: (text) => printed.stdout += text,
    stderr: (text) => printed.stderr += text,
    isTerminal: false,
    elapsedMs: () => 0,
    signal: new AbortController().signal,
    ...overrides,
  };
  return { io, printed };
}
