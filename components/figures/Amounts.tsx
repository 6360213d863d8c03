import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import { CENTS, decimalsOf } from "../format/currency.ts";
import { directionAt, formatGain, formatHolding, formatPrice } from "../format/number.ts";
import { formatQuantity } from "../format/quantity.ts";
import { Amount, Unknown } from "./Figures.tsx";

const Decimals = createContext(CENTS);

/** Says what the amounts inside are in, by its code: bitcoin has more decimals than dollars. */
export function InCurrency(
  { currency, children }: { readonly currency: string; readonly children: ComponentChildren },
) {
  return <Decimals.Provider value={decimalsOf(currency)}>{children}</Decimals.Provider>;
}

export interface MoneyProps {
  /** `null` where it is not known. */
  readonly value: number | null;
  readonly reason?: string | null | undefined;
}

/** What somebody holds in money; privacy mode hides it. */
export function Money({ value, reason }: MoneyProps) {
  const decimals = useContext(Decimals);
  if (value === null) return <Unknown reason={reason ?? null} />;
  return (
    <span class="amt">
      <Amount shown={formatHolding(value, decimals)} />
    </span>
  );
}

/** What one unit cost; privacy mode hides it, as it tells what somebody paid. */
export function UnitCost({ value, reason }: MoneyProps) {
  if (value === null) return <Unknown reason={reason ?? null} />;
  return (
    <span class="amt">
      <Amount shown={formatPrice(value)} />
    </span>
  );
}

const GAIN_WORDS = { up: ", gain", down: ", loss", flat: ", unchanged" } as const;

/** A gain or loss in money: sign, shape, colour and a word. */
export function Gain({ value, reason }: MoneyProps) {
  const decimals = useContext(Decimals);
  if (value === null) return <Unknown reason={reason ?? null} />;
  // Direction by what is shown: less than half a cent is none.
  const direction = directionAt(value, decimals);
  return (
    <span class="delta amt" data-dir={direction}>
      <Amount shown={formatGain(value, decimals)} />
      <span class="sr">{GAIN_WORDS[direction]}</span>
    </span>
  );
}

/** Units of an asset, exact to eight decimals; all of them on hover. */
export function Quantity({ value }: { readonly value: string }) {
  const text = formatQuantity(value);
  return (
    <span class="amt" title={text.replaceAll(",", "") === value ? undefined : value}>{text}</span>
  );
}
