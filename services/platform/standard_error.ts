/** Where bytes of a log go; `Deno.stderr` is it. */
export interface ByteSink {
  /** How many of the bytes were taken. */
  writeSync(bytes: Uint8Array): number;
}

const encoder = new TextEncoder();

/**
 * Writes lines to standard error. Whoever read it may be gone, or not keep up: the line is lost
 * then, and the process goes on, as it serves others than its log.
 */
export function lineWriter(sink: ByteSink): (line: string) => void {
  return (line) => {
    let rest = encoder.encode(line);
    try {
      while (rest.length > 0) rest = rest.subarray(sink.writeSync(rest));
    } catch {
      // There is no other place to tell of it.
    }
  };
}
