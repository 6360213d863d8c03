import { type ComponentChildren, Fragment } from "preact";
import { Breadth } from "../../components/charts/Breadth.tsx";
import { Change, Fiat, Unknown } from "../../components/figures/Figures.tsx";
import type { IconName } from "../../components/Icon.tsx";
import { Moment } from "../../components/figures/Moment.tsx";
import { SourceLine, type SourceState } from "../../components/states/Panel.tsx";
import { Badge, EmptyState, Skeleton } from "../../components/states/States.tsx";
import { MoversTable } from "../../components/table/MoversTable.tsx";
import { breadthItems } from "../(_overview)/breadth_items.ts";
import { SAMPLE_AT, SAMPLE_ROWS } from "./sample.ts";

const KINDS = ["Table", "Chart", "Figures"] as const;

interface StateRowProps {
  readonly title: string;
  readonly words: string;
  /** A table, a chart and figures in this state. */
  readonly samples: readonly ComponentChildren[];
}

function StateRow({ title, words, samples }: StateRowProps) {
  return (
    <section class="seven" aria-label={title}>
      <div class="seven-head">
        <h3>{title}</h3>
        <p class="muted">{words}</p>
      </div>
      {samples.map((sample, at) => (
        <div key={KINDS[at]} class="panel">
          <h4>{KINDS[at]}</h4>
          {sample}
        </div>
      ))}
    </section>
  );
}

interface Message {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly action: string;
}

function Says({ icon, title, text, action }: Message) {
  return (
    <EmptyState
      icon={icon}
      title={title}
      actions={<button type="button" class="btn" data-size="s">{action}</button>}
    >
      {text}
    </EmptyState>
  );
}

/** A table, a chart and figures with values, signed by a source line in the given state. */
function values(
  state: SourceState,
  badge: ComponentChildren,
  note: string,
): StateRowProps["samples"] {
  const rows = SAMPLE_ROWS.slice(0, 3);
  const sign = (
    <SourceLine
      state={state}
      parts={["sample", "1d", <Moment key="asof" at={SAMPLE_AT} />, note]}
    />
  );
  return [
    <Fragment key="table">
      <p>{badge}</p>
      <MoversTable caption={`Sample, ${note}`} rows={rows} newest={SAMPLE_AT} />
      {sign}
    </Fragment>,
    <Fragment key="chart">
      <p>{badge}</p>
      <div class="chart">
        <Breadth items={breadthItems(rows)} />
      </div>
      {sign}
    </Fragment>,
    <Fragment key="figures">
      <p>{badge}</p>
      <dl class="figs">
        <div class="fig">
          <dt>Market value</dt>
          <dd>
            <Fiat value={943_700_000_000} />
          </dd>
          <dd>
            <Change fraction={0.026} /> in 24 h
          </dd>
        </div>
        <div class="fig">
          <dt>Volume 24 h</dt>
          <dd>
            {state === "partial"
              ? <Unknown reason="one source gives none" />
              : <Fiat value={49.3e9} />}
          </dd>
          <dd>3 of 4 assets</dd>
        </div>
      </dl>
      {sign}
    </Fragment>,
  ];
}

const FIRST_USE: readonly Message[] = [
  {
    icon: "database",
    title: "No assets have a price yet",
    text: "Prices stand here once candles are imported.",
    action: "How to import",
  },
  {
    icon: "overview",
    title: "No candles stored",
    text: "A year of days imports in about a second.",
    action: "How to import",
  },
  {
    icon: "table",
    title: "Nothing to sum up",
    text: "Market value and volume follow from prices.",
    action: "How to import",
  },
];

const FILTERED: readonly Message[] = [
  {
    icon: "filter",
    title: "No asset has the theme privacy",
    text: "14 assets are hidden by this filter.",
    action: "Clear the filter",
  },
  {
    icon: "filter",
    title: "No bars in this range",
    text: "The series ends at 6 Jul 2021.",
    action: "Show the last 90 days",
  },
  {
    icon: "filter",
    title: "Nothing is left to sum up",
    text: "The filter leaves no asset with a value.",
    action: "Clear the filter",
  },
];

const FORBIDDEN: readonly Message[] = [
  {
    icon: "lock",
    title: "For operators",
    text: "Provider keys are shown to admins. You are signed in as analyst.",
    action: "Ask for access",
  },
  {
    icon: "lock",
    title: "Private chart",
    text: "Its owner has not shared it with you.",
    action: "Ask for access",
  },
  {
    icon: "lock",
    title: "Amounts are hidden",
    text: "Privacy mode is on in this browser.",
    action: "Show amounts",
  },
];

function says(messages: readonly Message[]): readonly ComponentChildren[] {
  return messages.map((message) => <Says key={message.title} {...message} />);
}

/** The seven states of a panel, each as a table, a chart and figures. */
export function SevenStates() {
  return (
    <>
      <StateRow
        title="Loading"
        words="Nothing before 200 ms, then the shape of what comes."
        samples={[
          <Skeleton key="table" rows={4} label="the table" />,
          <Skeleton key="chart" rows={4} label="the chart" />,
          <Skeleton key="figures" rows={2} label="the figures" />,
        ]}
      />
      <StateRow
        title="Empty on first use"
        words="Says what will stand here and offers one action."
        samples={says(FIRST_USE)}
      />
      <StateRow
        title="Empty by filter"
        words="Names the filter and clears it."
        samples={says(FILTERED)}
      />
      <StateRow
        title="Partial"
        words="How many of how many, and which are missing."
        samples={values("partial", <Badge kind="delayed">3 of 4</Badge>, "missing: Dogecoin")}
      />
      <StateRow
        title="Stale"
        words="The value stays; its age and the cause stand beside it."
        samples={values(
          "stale",
          <Badge kind="stale">18 min old</Badge>,
          "the source does not answer since 23:41",
        )}
      />
      <StateRow
        title="Error"
        words="What failed, what still works, when it tries again, the id to find it by."
        samples={[
          <Failed key="table" title="Prices could not be read" text="Charts still work." />,
          <Failed key="chart" title="Candles could not be read" text="The table is current." />,
          <Failed key="figures" title="Sums could not be made" text="Each price still stands." />,
        ]}
      />
      <StateRow
        title="Forbidden"
        words="Who may see it, and how to ask."
        samples={says(FORBIDDEN)}
      />
    </>
  );
}

function Failed({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <EmptyState
      icon="error"
      title={title}
      actions={
        <>
          <button type="button" class="btn" data-size="s">Try now</button>
          <code>0197f0c2</code>
        </>
      }
    >
      The database did not answer within 2 s. {text} Trying again in 8 s.
    </EmptyState>
  );
}
