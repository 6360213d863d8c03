import fc from "fast-check";
import {
  directionOf,
  formatChange,
  formatCompact,
  formatCount,
  formatCounted,
  formatDecimal,
  formatFiat,
  formatGrouped,
  formatPlain,
  formatPoints,
  formatPointsRange,
  formatPrice,
  formatShare,
} from "@/components/format/number.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const prices: readonly [number, string][] = [
  [34235.19, "34,235.19"],
  [1234567.891, "1,234,567.89"],
  [1000, "1,000.00"],
  [999.999, "1,000.00"],
  [138.99, "138.99"],
  [99.9996, "100.00"],
  [20.08, "20.080"],
  [9.99999, "10.000"],
  [3.8823, "3.8823"],
  [1, "1.0000"],
  [0.999996, "1.0000"],
  [0.2344, "0.2344"],
  [0.02344, "0.02344"],
  [0.0012346, "0.001235"],
  [0.001, "0.001000"],
  [0.00099996, "0.001000"],
  [0.00012345678, "0.0₃1235"],
  [0.000001234, "0.0₅1234"],
  [0.00000099999, "0.0₅1000"],
  [0.00000000000012347, "0.0₁₂1235"],
  [0, "0.00"],
  [-0, "0.00"],
  [-12.5, "\u221212.500"],
];
for (const [value, expected] of prices) {
  Deno.test(`formatPrice() shows ${value} as ${expected}`, () => {
    assertEquals(formatPrice(value).text, expected);
  });
}

Deno.test("formatPrice() gives the plain number beside counted zeros", () => {
  assertEquals(formatPrice(0.000001234).full, "0.000001234");
  assertEquals(formatPrice(1e-7).full, "0.0000001");
});

const fiats: readonly [number, string, string][] = [
  [0, "0.00", ""],
  [0.004, "0.00", ""],
  [-0.004, "0.00", ""],
  [12.345, "12.35", ""],
  [99999.99, "99,999.99", ""],
  [99999.996, "100", "k"],
  [100000, "100", "k"],
  [171665.89, "172", "k"],
  [999499, "999", "k"],
  [999500, "1.00", "M"],
  [26_500_000_000, "26.5", "B"],
  [642_103_553_000, "642", "B"],
  [1_155_039_824_417.9, "1.16", "T"],
  [9_996_000_000, "10.0", "B"],
  [-26_500_000_000, "\u221226.5", "B"],
];
for (const [value, text, unit] of fiats) {
  Deno.test(`formatFiat() shows ${value} as ${text}${unit}`, () => {
    const shown = formatFiat(value);
    assertEquals([shown.text, shown.unit], [text, unit]);
  });
}

Deno.test("formatFiat() keeps the full value for the tooltip", () => {
  assertEquals(formatFiat(1_155_039_824_417.9).full, "1,155,039,824,417.90");
});

const changes: readonly [number, string][] = [
  [0.0145, "+1.45%"],
  [-0.0455, "\u22124.55%"],
  [0, "0.00%"],
  [-0, "0.00%"],
  [-0.00001, "0.00%"],
  [0.00001, "0.00%"],
  [88.6258, "+8,862.58%"],
  [123456, "+12.3M%"],
  [-1, "\u2212100.00%"],
];
for (const [value, expected] of changes) {
  Deno.test(`formatChange() shows ${value} as ${expected}`, () => {
    assertEquals(formatChange(value), expected);
  });
}

Deno.test("formatShare() bears a sign only below zero", () => {
  assertEquals(formatShare(0.5557), "55.57%");
  assertEquals(formatShare(-0.5018), "\u221250.18%");
  assertEquals(formatShare(-0.000001), "0.00%");
});

Deno.test("formatPoints() is a signed difference in points", () => {
  assertEquals(formatPoints(0.032), "+3.20 pt");
  assertEquals(formatPoints(-0.0113), "\u22121.13 pt");
});

for (
  const [low, high, shown] of [
    [0.032, 0.0375, "+3.20 pt to +3.75 pt"],
    [0.03231, 0.03234, "+3.231 pt to +3.234 pt"],
    [-0.000_004, 0, "\u22120.0004 pt to 0.0000 pt"],
    [0.04, 0.04 + 1e-12, "+4.00 pt"],
    [0.04, 0.04, "+4.00 pt"],
    [0, 0, "0.00 pt"],
  ] as const
) {
  Deno.test(`formatPointsRange() writes ${low} to ${high} so that both ends are told apart`, () => {
    assertEquals(formatPointsRange([low, high]), shown);
  });
}

Deno.test("formatCounted() has one of a kind, and none or more of its plural", () => {
  assertEquals([0, 1, 2, 1_200].map((count) => formatCounted(count, "asset")), [
    ...["0 assets", "1 asset", "2 assets", "1,200 assets"],
  ]);
});

Deno.test("formatCount() and formatDecimal() separate thousands", () => {
  assertEquals(formatCount(0), "0");
  assertEquals(formatCount(999), "999");
  assertEquals(formatCount(1000), "1,000");
  assertEquals(formatCount(1234567), "1,234,567");
  assertEquals(formatDecimal(-1234.5, 1), "\u22121,234.5");
});

Deno.test("formatCompact() keeps three significant digits below a thousand", () => {
  assertEquals(formatCompact(0.5).text, "0.50");
  assertEquals(formatCompact(12.34).text, "12.3");
  assertEquals(formatCompact(999).text, "999");
  assertEquals(formatCompact(-0.001).text, "0.00");
});

const plains: readonly [number, string][] = [
  [0, "0"],
  [-0, "0"],
  [1.5e-7, "0.00000015"],
  [-1e-10, "-0.0000000001"],
  [1e21, "1000000000000000000000"],
  [1.25e22, "12500000000000000000000"],
  [-12.75, "-12.75"],
  [NaN, ""],
  [Infinity, ""],
];
for (const [value, expected] of plains) {
  Deno.test(`formatPlain() writes ${value} as "${expected}"`, () => {
    assertEquals(formatPlain(value), expected);
  });
}

const grouped: readonly [number, string][] = [
  [0.01, "0.01"],
  [10_000, "10,000"],
  [1_234.5, "1,234.5"],
  [-1e12, "\u22121,000,000,000,000"],
];
for (const [value, expected] of grouped) {
  Deno.test(`formatGrouped() writes ${value} as "${expected}"`, () => {
    assertEquals(formatGrouped(value), expected);
  });
}

Deno.test("formatPlain() reads back as the same number, without an exponent", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
    const text = formatPlain(value);
    assert(!text.includes("e"), text);
    assertEquals(Number(text), value === 0 ? 0 : value);
  }));
});

Deno.test("no formatter ever shows NaN, infinity or minus zero", () => {
  const formatters = [
    (value: number) => formatPrice(value).text,
    (value: number) => formatFiat(value).text,
    (value: number) => formatCompact(value).text,
    formatChange,
    formatShare,
    formatPoints,
    formatCount,
  ];
  fc.assert(fc.property(fc.double(), (value) => {
    for (const format of formatters) {
      const shown = format(value);
      assert(!/NaN|Infinity|undefined|-/.test(shown.replace("e-", "e")), `${value}: ${shown}`);
      assert(!/^\u22120(\.0+)?%?$/.test(shown), `${value}: ${shown}`);
    }
  }));
});

Deno.test("directionOf() follows the value as it is shown", () => {
  assertEquals([0.01, -0.01, 0, 0.00001, -0.00001].map(directionOf), [
    "up",
    "down",
    "flat",
    "flat",
    "flat",
  ]);
});
