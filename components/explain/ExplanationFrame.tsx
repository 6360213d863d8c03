import type { ComponentChildren } from "preact";

/** As many inputs stand as they are; more scroll in a frame of their own. */
const MAX_OPEN_INPUTS = 12;

/** An input as it is shown: where it comes from stands under its name. */
export interface ShownInput {
  readonly name: string;
  readonly origin: ComponentChildren;
  readonly value: ComponentChildren;
}

export interface ExplanationFrameProps {
  /** What the explanation is called: `Price of Bitcoin`. */
  readonly title: string;
  /** The figure itself, as its unit is shown. */
  readonly value: ComponentChildren;
  /** Why the figure has no value; `null` where it has one. */
  readonly unknown: string | null;
  /** The line under the figure. */
  readonly source?: ComponentChildren;
  readonly words: string;
  readonly formula: string;
  readonly inputs: readonly ShownInput[];
  readonly rounding: string;
  /** The raw rows behind it. */
  readonly children?: ComponentChildren;
}

/** A figure taken apart, whatever it is of: the drawer and the page alike. */
export function ExplanationFrame(
  { title, value, unknown, source, words, formula, inputs, rounding, children }:
    ExplanationFrameProps,
) {
  return (
    <article class="overlay-body explanation" id="explanation" data-label={title}>
      <div>
        <div class="quote">
          <b>{value}</b>
        </div>
        {unknown === null ? null : <p class="second">Unknown: {unknown}.</p>}
        {source}
      </div>
      <p class="lede">{words}</p>
      <div>
        <h3>Formula</h3>
        <p class="formula">{formula}</p>
      </div>
      {inputs.length === 0 ? null : <Inputs inputs={inputs} />}
      <div>
        <h3>Rounding</h3>
        <p class="second">{rounding}</p>
      </div>
      {children}
    </article>
  );
}

/** Why a figure has no value, `null` where it has one. */
export function unknownOf(
  { value, reason }: { readonly value: unknown; readonly reason: string | null },
): string | null {
  return value === null ? reason ?? "no reason given" : null;
}

function Inputs({ inputs }: { readonly inputs: readonly ShownInput[] }) {
  const list = (
    <dl class="rows">
      {inputs.map(({ name, origin, value }, at) => (
        <div key={at}>
          <dt>
            {name}
            {origin === null ? null : <span class="input-source">{origin}</span>}
          </dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
  return (
    <div>
      <h3>Inputs</h3>
      {inputs.length <= MAX_OPEN_INPUTS
        ? list
        : (
          <div class="scroller" tabIndex={0} role="region" aria-label="Inputs, scrollable">
            {list}
          </div>
        )}
    </div>
  );
}
