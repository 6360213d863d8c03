import type { ComponentChildren } from "preact";
import {
  type Direction,
  directionOf,
  formatChange,
  formatFiat,
  formatPrice,
  type FormattedNumber,
  hasCountedZeros,
  NOT_APPLICABLE,
  UNKNOWN,
} from "../format/number.ts";

/** A number or the reason why there is none. */
export interface FigureValue {
  readonly value: number | null;
  readonly reason: string | null;
}

const DIRECTION_WORDS: Readonly<Record<Direction, string>> = {
  up: ", up",
  down: ", down",
  flat: ", unchanged",
};

/** The dash of an unknown value; it takes focus, so that its reason is within reach of keys. */
export function Unknown({ reason }: { readonly reason: string | null }) {
  const words = reason ?? "no reason given";
  return (
    <span class="nil" tabIndex={0} title={words}>
      {UNKNOWN}
      <span class="sr">unknown: {words}</span>
    </span>
  );
}

/** What stands where a figure makes no sense for its subject, which is not the same as unknown. */
export function NotApplicable({ reason }: { readonly reason: string }) {
  return (
    <span class="nil" tabIndex={0} title={reason}>
      {NOT_APPLICABLE}
      <span class="sr">: {reason}</span>
    </span>
  );
}

/** Digits with their unit set smaller; the whole number on hover. */
export function Amount({ shown }: { readonly shown: FormattedNumber }) {
  if (shown.unit === "" && shown.full === shown.text) return <>{shown.text}</>;
  return (
    <span title={shown.full}>
      {shown.text}
      {shown.unit === "" ? null : <span class="unit">{shown.unit}</span>}
    </span>
  );
}

/** A price by its size. Counted zeros are read out, and copied, as the plain number. */
export function Price({ value }: { readonly value: number }) {
  const { text, full } = formatPrice(value);
  if (!hasCountedZeros(text)) return <>{text}</>;
  return (
    <span title={full}>
      <span class="counted" aria-hidden="true">{text}</span>
      <span class="sr">{full}</span>
    </span>
  );
}

/** An amount of money, compact from 100 k. */
export function Fiat({ value }: { readonly value: number }) {
  return <Amount shown={formatFiat(value)} />;
}

/** A change: sign, shape, colour and a word, so that no reader depends on one of them. */
export function Change({ fraction }: { readonly fraction: number }) {
  const direction = directionOf(fraction);
  return (
    <span class="delta" data-dir={direction}>
      {formatChange(fraction)}
      <span class="sr">{DIRECTION_WORDS[direction]}</span>
    </span>
  );
}

/** Where the explanation of a figure stands. */
export function explainHref(figure: string, assetId: string): string {
  return `/explain/${encodeURIComponent(figure)}/${encodeURIComponent(assetId)}`;
}

export interface ExplainedProps {
  readonly figure: string;
  readonly assetId: string;
  readonly children: ComponentChildren;
}

/** A figure that opens its explanation: a page of its own, or the drawer where scripts run. */
export function Explained({ figure, assetId, children }: ExplainedProps) {
  return <a class="explain" href={explainHref(figure, assetId)}>{children}</a>;
}
