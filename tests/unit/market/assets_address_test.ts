import { addressKey, addressProblem, toEip55 } from "@/services/market/assets_address.ts";
import { assertEquals, assertThrows } from "@/tests/assert.ts";

// The test cases of EIP-55: all caps, all lower, normal.
const EIP55 = [
  "0x52908400098527886E0F7030069857D2E4169EE7",
  "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
  "0xde709f2102306220921060314715629080e2fb77",
  "0x27b1fdb04752bbc536007a920d24acb045561c26",
  "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
  "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
  "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
  "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
];
for (const address of EIP55) {
  Deno.test(`toEip55() gives ${address} its case back`, () => {
    assertEquals(toEip55(address.toLowerCase()), address);
    assertEquals(toEip55(`0x${address.slice(2).toUpperCase()}`), address);
  });
}

Deno.test("toEip55() refuses what is no EVM address", () => {
  assertThrows(() => toEip55("0x12"), { type: RangeError, pattern: /40 hex digits/ });
});

const SYSTEM_PROGRAM = "1".repeat(32);
const USDC_MINT = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";
const cases = [
  { format: "evm", address: EIP55[4], expected: null },
  {
    format: "evm",
    address: EIP55[4]?.toLowerCase(),
    expected: "expected EIP-55: 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
  },
  { format: "evm", address: "0x5aAeb605", expected: "expected 0x and 40 hex digits" },
  { format: "base58", address: SYSTEM_PROGRAM, expected: null },
  { format: "base58", address: USDC_MINT, expected: null },
  { format: "base58", address: `${SYSTEM_PROGRAM}1`, expected: "expected 32 bytes in base 58" },
  { format: "base58", address: USDC_MINT.slice(4), expected: "expected 32 bytes in base 58" },
  {
    format: "base58",
    address: USDC_MINT.replace("E", "0"),
    expected: "expected 32 bytes in base 58",
  },
  { format: "text", address: "uatom", expected: null },
  { format: "text", address: "u atom", expected: "expected 1 to 128 characters without spaces" },
] as const;
for (const { format, address, expected } of cases) {
  Deno.test(`addressProblem() of ${format} address "${address}" is ${expected}`, () => {
    assertEquals(addressProblem(address ?? "", format), expected);
  });
}

Deno.test("addressKey() forgets the case of EVM addresses only", () => {
  assertEquals(
    addressKey("0x52908400098527886E0F7030069857D2E4169EE7"),
    "0x52908400098527886e0f7030069857d2e4169ee7",
  );
  assertEquals(addressKey(USDC_MINT), USDC_MINT);
});
