import { render } from "preact-render-to-string";
import { assertEquals } from "@/tests/assert.ts";
import { Gain, InCurrency, Money } from "@/components/figures/Amounts.tsx";

/** What is read aloud of an element. */
function textOf(html: string): string {
  return html.replace(/<[^>]+>/g, "");
}

const cases = [
  { currency: "USD", value: 1234.5, money: "1,234.50", gain: "+1,234.50, gain" },
  { currency: "EUR", value: 0.004, money: "0.00", gain: "0.00, unchanged" },
  { currency: "JPY", value: 1234.5, money: "1,235", gain: "+1,235, gain" },
  { currency: "ETH", value: 0.00123, money: "0.00123", gain: "+0.00123, gain" },
  { currency: "BTC", value: 0.9712346, money: "0.971235", gain: "+0.971235, gain" },
  { currency: "BTC", value: -0.000004, money: "\u22120.000004", gain: "\u22120.000004, loss" },
  { currency: "BTC", value: 12_345_678, money: "12.3M", gain: "+12.3M, gain" },
] as const;

for (const { currency, value, money, gain } of cases) {
  Deno.test(`an amount of ${value} ${currency} has the decimals of its currency`, () => {
    const shown = (amount: "money" | "gain") =>
      textOf(render(
        <InCurrency currency={currency}>
          {amount === "money" ? <Money value={value} /> : <Gain value={value} />}
        </InCurrency>,
      ));
    assertEquals([shown("money"), shown("gain")], [money, gain]);
  });
}

Deno.test("an amount that is told in no currency is shown to the cent", () => {
  assertEquals(textOf(render(<Money value={0.9712346} />)), "0.97");
});
