import { utcMsOf } from "@/services/kernel/time.ts";
import {
  fullShare,
  lowerShare,
  settleShare,
  type ShareState,
} from "@/services/providers/gate/share.ts";
import { assertEquals } from "@/tests/assert.ts";

const at = (seconds: number) => utcMsOf(1_000_000 + seconds * 1_000);

/** The share after refusals at these seconds. */
function after(refusals: readonly number[]): ShareState {
  return refusals.reduce((share, second) => lowerShare(share, at(second)), fullShare(at(0)));
}

const cases: { name: string; refusals: number[]; askedAt: number; expected: number }[] = [
  { name: "is whole without refusals", refusals: [], askedAt: 3_600, expected: 10 },
  { name: "sinks by a tenth with a refusal", refusals: [0], askedAt: 0, expected: 9 },
  {
    name: "sinks once within the cooldown of 60 s",
    refusals: [0, 1, 59],
    askedAt: 59,
    expected: 9,
  },
  { name: "sinks again when it is over", refusals: [0, 60], askedAt: 60, expected: 8 },
  {
    name: "sinks to half and no lower",
    refusals: [0, 60, 120, 180, 240, 300, 360],
    askedAt: 360,
    expected: 5,
  },
  { name: "rises after 120 s of quiet", refusals: [0], askedAt: 120, expected: 10 },
  { name: "does not rise before", refusals: [0], askedAt: 119, expected: 9 },
  {
    name: "counts the quiet from the latest refusal",
    refusals: [0, 59],
    askedAt: 178,
    expected: 9,
  },
  { name: "rises by a tenth for every 120 s", refusals: [0, 60, 120], askedAt: 360, expected: 9 },
];
for (const { name, refusals, askedAt, expected } of cases) {
  Deno.test(`share ${name}`, () => {
    assertEquals(settleShare(after(refusals), at(askedAt)).tenths, expected);
  });
}
