import { createHash } from "node:crypto";

/** RFC 6455, section 1.3. */
const HANDSHAKE_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const FINAL = 0x80;
export const OPCODES = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** A frame of a client, unmasked. */
export interface ClientFrame {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/** The answer that opens a WebSocket to a client with this `Sec-WebSocket-Key`. */
export function handshakeReply(key: string): string {
  const accept = createHash("sha1").update(key + HANDSHAKE_GUID).digest("base64");
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

const encoder = new TextEncoder();

/** One frame of a server. */
export function encodeFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = new Uint8Array(header + length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, FINAL | opcode);
  view.setUint8(1, header === 2 ? length : header === 4 ? 126 : 127);
  if (header === 4) view.setUint16(2, length);
  if (header === 10) view.setBigUint64(2, BigInt(length));
  frame.set(payload, header);
  return frame;
}

/** Many text frames as one piece, so that they cost one write. */
export function encodeTexts(texts: readonly string[]): Uint8Array {
  const frames = texts.map((text) => encodeFrame(OPCODES.text, encoder.encode(text)));
  const whole = new Uint8Array(frames.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const frame of frames) {
    whole.set(frame, at);
    at += frame.length;
  }
  return whole;
}

/** A goodbye with its code and reason. */
export function encodeClose(code: number, reason: string): Uint8Array {
  const text = encoder.encode(reason);
  const payload = new Uint8Array(2 + text.length);
  new DataView(payload.buffer).setUint16(0, code);
  payload.set(text, 2);
  return encodeFrame(OPCODES.close, payload);
}

/** Reads a client's frames out of the bytes as they come. Clients here send no fragments. */
export class FrameReader {
  #rest = new Uint8Array(0);

  read(chunk: Uint8Array): readonly ClientFrame[] {
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    this.#rest = bytes;
    const frames: ClientFrame[] = [];
    for (let frame = this.#next(); frame !== null; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): ClientFrame | null {
    const bytes = this.#rest;
    if (bytes.length < 6) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const short = view.getUint8(1) & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const maskAt = 2 + lengthBytes;
    if (bytes.length < maskAt + 4) return null;
    const length = lengthBytes === 0
      ? short
      : lengthBytes === 2
      ? view.getUint16(2)
      : Number(view.getBigUint64(2));
    const from = maskAt + 4;
    if (bytes.length < from + length) return null;
    const payload = bytes.slice(from, from + length)
      .map((byte, at) => byte ^ (bytes[maskAt + at % 4] ?? 0));
    this.#rest = bytes.slice(from + length);
    return { opcode: view.getUint8(0) & 0x0f, payload };
  }
}
