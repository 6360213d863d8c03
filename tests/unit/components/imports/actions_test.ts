import { ACTION_WORDS, actionWord } from "@/components/imports/actions.ts";
import { ACTIONS } from "@/services/portfolio/mod.ts";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("actionWord() has words for every action of the ledger, and none for others", () => {
  assertEquals(Object.keys(ACTION_WORDS), [...ACTIONS]);
  assertEquals([actionWord("STAKING_REWARD"), actionWord("toString")], [
    "Staking reward",
    "toString",
  ]);
});
