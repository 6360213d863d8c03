import type { Duplex } from "node:stream";
import type { VenueSpeech } from "./venue_speech.ts";
import {
  encodeClose,
  encodeFrame,
  encodeTexts,
  FrameReader,
  OPCODES,
} from "./web_socket_frames.ts";

const decoder = new TextDecoder();

/** One client's connection to the local exchange. */
export class ExchangeSocket {
  readonly speech: VenueSpeech;
  readonly markets: Set<string>;
  pongs = 0;
  /** A frozen peer: its TCP connection stands, and nothing comes of it. */
  isFrozen = false;
  readonly #stream: Duplex;
  readonly #reader = new FrameReader();
  readonly #onAsked: () => void;
  readonly #onPong: () => void;

  constructor(
    stream: Duplex,
    { speech, url, onAsked, onPong, onEnd }: {
      readonly speech: VenueSpeech;
      readonly url: URL;
      readonly onAsked: () => void;
      readonly onPong: () => void;
      readonly onEnd: () => void;
    },
  ) {
    this.speech = speech;
    this.markets = new Set(speech.marketsOf(url));
    this.#stream = stream;
    this.#onAsked = onAsked;
    this.#onPong = onPong;
    stream.on("data", (chunk: Uint8Array) => this.#heard(chunk));
    stream.on("error", () => stream.destroy());
    stream.on("end", () => stream.destroy());
    stream.on("close", onEnd);
  }

  say(texts: readonly string[]): void {
    if (texts.length > 0) this.#write(encodeTexts(texts));
  }

  ping(): void {
    this.#write(encodeFrame(OPCODES.ping, new Uint8Array(0)));
  }

  close(code: number, reason: string): void {
    this.#write(encodeClose(code, reason));
  }

  /** Breaks the connection in the middle of a frame. */
  tear(text: string): void {
    const frame = encodeTexts([text]);
    if (this.isFrozen || !this.#stream.writable) return;
    this.#stream.end(frame.subarray(0, frame.length >> 1), () => this.#stream.destroy());
  }

  /** Breaks the connection without a goodbye. */
  drop(): void {
    this.#stream.destroy();
  }

  #write(bytes: Uint8Array): void {
    if (!this.isFrozen && this.#stream.writable) this.#stream.write(bytes);
  }

  #heard(chunk: Uint8Array): void {
    if (this.isFrozen) return;
    for (const { opcode, payload } of this.#reader.read(chunk)) {
      if (opcode === OPCODES.ping) this.#write(encodeFrame(OPCODES.pong, payload));
      else if (opcode === OPCODES.pong) {
        this.pongs++;
        this.#onPong();
      } else if (opcode === OPCODES.close) {
        this.#write(encodeFrame(OPCODES.close, payload));
        this.#stream.end(() => this.#stream.destroy());
      } else if (opcode === OPCODES.text) {
        this.say(this.speech.answer(decoder.decode(payload), this.markets));
        this.#onAsked();
      }
    }
  }
}
