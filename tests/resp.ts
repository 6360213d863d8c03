/** What Redis answers in RESP 2: bytes are bulk strings, a text is a simple status. */
export type RespValue =
  | Uint8Array
  | string
  | number
  | null
  | RespError
  | readonly RespValue[];

/** An error reply; a value, since inside a transaction it stands among other replies. */
export class RespError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const CR = 13;
const READ_BYTES = 65_536;

interface Asked {
  readonly resolve: (value: RespValue) => void;
  readonly reject: (error: Error) => void;
}

/** One connection to Redis; commands may be sent before earlier ones are answered. */
export class RespConnection {
  readonly #connection: Deno.TcpConn;
  readonly #asked: Asked[] = [];
  readonly #reading: Promise<void>;
  #writing: Promise<void> = Promise.resolve();
  #isOpen = true;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#reading = this.#read();
  }

  static async open(address: { hostname: string; port: number }): Promise<RespConnection> {
    return new RespConnection(await Deno.connect(address));
  }

  /** False once the server has gone. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The reply to one command; error replies are values. Rejects if the connection ends. */
  send(command: readonly string[]): Promise<RespValue> {
    if (!this.#isOpen) return Promise.reject(new Error("Cannot ask Redis: not connected"));
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject });
      this.#writing = this.#writing.then(() => this.#write(encodeCommand(command)))
        .catch(() => this.#end());
    });
  }

  async close(): Promise<void> {
    this.#end();
    await this.#reading;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      from += await this.#connection.write(bytes.subarray(from));
    }
  }

  async #read(): Promise<void> {
    const chunk = new Uint8Array(READ_BYTES);
    let rest = new Uint8Array();
    try {
      for (let length; (length = await this.#connection.read(chunk)) !== null;) {
        rest = joined(rest, chunk.subarray(0, length));
        let reply;
        while ((reply = readReply(rest, 0))) {
          rest = rest.slice(reply.end);
          this.#asked.shift()?.resolve(reply.value);
        }
      }
    } catch {
      // A reset connection ends like a closed one.
    }
    this.#end();
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#connection.close();
    for (const { reject } of this.#asked.splice(0)) reject(new Error("Redis has gone"));
  }
}

function encodeCommand(command: readonly string[]): Uint8Array {
  const parts = command.map((part) => `$${encoder.encode(part).length}\r\n${part}\r\n`);
  return encoder.encode(`*${command.length}\r\n${parts.join("")}`);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

interface Reply {
  readonly value: RespValue;
  /** Where the next reply begins. */
  readonly end: number;
}

/** The reply that begins at `from`, or `null` while it is incomplete. */
function readReply(bytes: Uint8Array, from: number): Reply | null {
  const lineEnd = bytes.indexOf(CR, from);
  if (lineEnd < 0 || lineEnd + 1 >= bytes.length) return null;
  const line = decoder.decode(bytes.subarray(from + 1, lineEnd));
  const end = lineEnd + 2;
  switch (String.fromCharCode(bytes[from] ?? 0)) {
    case "+":
      return { value: line, end };
    case "-":
      return { value: new RespError(line), end };
    case ":":
      return { value: Number(line), end };
    case "$":
      return readBulk(bytes, { at: end, length: Number(line) });
    case "*":
      return readArray(bytes, { at: end, length: Number(line) });
    default:
      throw new Error(`Cannot read Redis' reply "${line}": expected RESP 2`);
  }
}

function readBulk(bytes: Uint8Array, { at, length }: { at: number; length: number }): Reply | null {
  if (length < 0) return { value: null, end: at };
  const end = at + length + 2;
  return end > bytes.length ? null : { value: bytes.slice(at, at + length), end };
}

function readArray(
  bytes: Uint8Array,
  { at, length }: { at: number; length: number },
): Reply | null {
  if (length < 0) return { value: null, end: at };
  const values: RespValue[] = [];
  let end = at;
  for (let index = 0; index < length; index++) {
    const reply = readReply(bytes, end);
    if (!reply) return null;
    values.push(reply.value);
    end = reply.end;
  }
  return { value: values, end };
}
