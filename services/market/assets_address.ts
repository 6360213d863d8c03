import { keccak_256 } from "@noble/hashes/sha3.js";
import type { AddressFormat } from "./assets.ts";

const EVM_ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const BASE58_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** 32 bytes take 32 characters, all of them "1", to 44. */
const BASE58_ADDRESS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;
const BASE58_ADDRESS_BYTES = 32;

/** Whether a text has the form of an EVM address, whatever its case. */
function isEvmAddress(text: string): boolean {
  return EVM_ADDRESS.test(text);
}

/** An EVM address with the mixed case that EIP-55 makes its checksum. Any case is read. */
export function toEip55(address: string): string {
  if (!isEvmAddress(address)) {
    throw new RangeError(`Cannot read address "${address}": expected 0x and 40 hex digits`);
  }
  const digits = address.slice(2).toLowerCase();
  const hash = keccak_256(new TextEncoder().encode(digits));
  let cased = "0x";
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charAt(at);
    const byte = hash[at >> 1] ?? 0;
    const nibble = at % 2 === 0 ? byte >> 4 : byte & 0xf;
    cased += nibble >= 8 ? digit.toUpperCase() : digit;
  }
  return cased;
}

/** What is wrong with an address for its chain, as "expected …"; `null` when nothing is. */
export function addressProblem(address: string, format: AddressFormat): string | null {
  switch (format) {
    case "evm":
      if (!isEvmAddress(address)) return "expected 0x and 40 hex digits";
      return toEip55(address) === address ? null : `expected EIP-55: ${toEip55(address)}`;
    case "base58":
      return base58Bytes(address) === BASE58_ADDRESS_BYTES ? null : "expected 32 bytes in base 58";
    case "text":
      return /^\S{1,128}$/.test(address) ? null : "expected 1 to 128 characters without spaces";
  }
}

function base58Bytes(text: string): number | null {
  if (!BASE58_ADDRESS.test(text)) return null;
  let value = 0n;
  for (const letter of text) value = value * 58n + BigInt(BASE58_ALPHABET.indexOf(letter));
  const leadingZeros = /^1*/.exec(text)?.[0].length ?? 0;
  const digits = value === 0n ? 0 : Math.ceil(value.toString(16).length / 2);
  return leadingZeros + digits;
}

/** The form under which an address is looked up: EVM addresses count whatever their case. */
export function addressKey(address: string): string {
  return isEvmAddress(address) ? address.toLowerCase() : address;
}
