import { stringify, v7 } from "uuid";
import { fingerprint } from "./fingerprint.ts";

declare const uuid: unique symbol;

/**
 * A UUID in its hyphenated, lower-case form, the only form outside the database. Ours are of
 * version 7; those of others may be of any version.
 */
export type Uuid = string & { readonly [uuid]: true };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * Makes ids that sort by the time they were made (RFC 9562, version 7). The clock is given, so that
 * tests have their own; ids of one millisecond stay in order.
 */
export class UuidFactory {
  readonly #now: () => number;
  #lastMs = -1;
  #sequence = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The next id; never lower than the one before, also when the clock steps back. */
  next(): Uuid {
    const now = Math.max(this.#now(), this.#lastMs);
    if (now === this.#lastMs) {
      this.#sequence++;
    } else {
      this.#lastMs = now;
      // A quarter of the 32-bit counter, so that one millisecond has room to count up in.
      const random = new DataView(crypto.getRandomValues(new Uint8Array(4)).buffer);
      this.#sequence = random.getUint32(0) >>> 2;
    }
    return v7({ msecs: this.#lastMs, seq: this.#sequence }) as Uuid;
  }
}

/**
 * The id of what happens once at a moment, the same whoever makes it: version 7, sorted by that
 * moment, with the fingerprint of `what` in place of chance.
 */
export function uuidOfMoment(at: number, what: string): Uuid {
  const random = new Uint8Array(16);
  const view = new DataView(random.buffer);
  view.setBigUint64(0, BigInt(fingerprint(what)));
  view.setBigUint64(8, BigInt(fingerprint(`${at} ${what}`)));
  return v7({ msecs: at, seq: view.getUint32(12), random }) as Uuid;
}

/** Reads a hyphenated UUID of any case, or `null` if it is none. */
export function parseUuid(text: string): Uuid | null {
  const lower = text.toLowerCase();
  return UUID.test(lower) ? lower as Uuid : null;
}

/** The 16 bytes that the database keeps. */
export function uuidToBytes(id: Uuid): Uint8Array {
  return Uint8Array.fromHex(id.replaceAll("-", ""));
}

/** The hyphenated form of 16 bytes from the database. */
export function uuidFromBytes(bytes: Uint8Array): Uuid {
  return stringify(bytes) as Uuid;
}
