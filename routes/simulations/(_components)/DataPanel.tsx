import type { ComponentChildren } from "preact";
import { Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import type { SimulatedAutopilot } from "../../../services/defi/mod.ts";

const METHOD_WORDS = {
  v1: "v1, the geometric score of six factors",
  v0: "v0, yield and stability weighed and added",
} as const;

/** What a simulation stands on: sources, readings, how old and how late they were. */
export function DataPanel({ found }: { readonly found: SimulatedAutopilot }) {
  const { constraints, sources, poolsKept, simulation: { data } } = found;
  const share = (part: number) => data.readings === 0 ? 0 : part / data.readings;
  const counted = (part: number) => `${formatCount(part)}, ${formatShare(share(part))}`;
  return (
    <Panel id="data" title="What it ran on">
      <dl class="rows">
        <Row label={sources.length === 1 ? "Source" : "Sources"}>
          {sources.map(({ name, pools }) => `${name}, ${formatCount(pools)} pools`).join("; ")}
        </Row>
        <Row label="Pools with readings">
          {formatCount(data.poolsRead)} of {formatCount(data.pools)}
          {data.pools === poolsKept ? "" : `, chosen of ${formatCount(poolsKept)}`}
        </Row>
        <Row label="Readings in the range">{formatCount(data.readings)}</Row>
        <Row label="First reading">
          {data.firstAt === null
            ? <Unknown reason="No reading lies in the range" />
            : <Moment at={data.firstAt} />}
        </Row>
        <Row label="As of">
          {data.lastAt === null
            ? <Unknown reason="No reading lies in the range" />
            : <Moment at={data.lastAt} />}
        </Row>
        <Row label="Stale readings">{counted(data.staleReadings)}</Row>
        <Row label="Known only after the range">{counted(data.unseenReadings)}</Row>
        <Row label="Filled in afterwards, not used">{formatCount(data.lateReadings)}</Row>
        <Row label="Ranked by">{METHOD_WORDS[constraints.method]}</Row>
      </dl>
      <SourceLine
        state="sim"
        parts={[
          "a row counts from when it was known; kind and tokens of a pool are as of now",
          "yields alone: prices of tokens, taxes and limits of pools are not simulated",
        ]}
      />
    </Panel>
  );
}

function Row(
  { label, children }: { readonly label: string; readonly children: ComponentChildren },
) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
