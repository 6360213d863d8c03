import type { ComponentChildren } from "preact";
import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { formatSpan } from "../../../components/format/time.ts";
import type { OpsView } from "../../../services/ops/mod.ts";
import { countJobs, isUnused } from "./ops_view.ts";

/** The console in six figures. */
export function OpsFigures({ view }: { readonly view: OpsView }) {
  const { streams, queue, providers, feeds, held } = view;
  const used = providers.filter((provider) => !isUnused(provider));
  const isClosed = used.filter(({ breaker, frozen }) =>
    breaker.state === "closed" && frozen === null
  );
  const calls = providers.reduce((sum, provider) => sum + provider.calls, 0);
  const limited = providers.reduce((sum, provider) => sum + provider.rateLimited, 0);
  const live = feeds.filter(({ state }) => state === "live");
  const waiting = countJobs(queue, ["queued", "failed"]);
  const dead = countJobs(queue, ["dead"]);
  const open = held.filter(({ state }) => state === "held");
  return (
    <dl class="figs" data-region="figures">
      <Figure label="Readers of streams" isLead note={lagWords(streams?.lagP99Ms ?? null)}>
        {streams === null
          ? <Unknown reason="No stream hub runs in this process" />
          : formatCount(streams.sse + streams.websocket)}
      </Figure>
      <Figure label="Exchange streams" note="one socket a venue">
        {formatCount(live.length)}
        <span class="unit">of {formatCount(feeds.length)} live</span>
      </Figure>
      <Figure label="Providers" note={`${formatCount(calls)} calls since the start`}>
        {formatCount(isClosed.length)}
        <span class="unit">of {formatCount(used.length)} in order</span>
      </Figure>
      <Figure label="Refused with 429" note={`${formatCount(limited)} calls`}>
        {calls === 0 ? <Unknown reason="No call was made yet" /> : formatShare(limited / calls)}
      </Figure>
      <Figure
        label="Queue"
        note={dead === 0 ? "no dead letter" : `${formatCount(dead)} dead`}
      >
        {formatCount(waiting)}
        <span class="unit">waiting</span>
      </Figure>
      <Figure
        label="Held prices"
        note={queue.oldestDueSeconds > 0
          ? `queue is ${formatSpan(queue.oldestDueSeconds * 1000)} late`
          : "queue is on time"}
      >
        {formatCount(open.length)}
        <span class="unit">to settle</span>
      </Figure>
    </dl>
  );
}

function lagWords(lagP99Ms: number | null): string {
  return lagP99Ms === null ? "nothing sent in the last minute" : `p99 ${Math.round(lagP99Ms)} ms`;
}

interface FigureProps {
  readonly label: string;
  readonly note: string;
  readonly isLead?: boolean;
  readonly children: ComponentChildren;
}

function Figure({ label, note, isLead = false, children }: FigureProps) {
  return (
    <div class={isLead ? "fig lead" : "fig"}>
      <dt>{label}</dt>
      <dd>{children}</dd>
      <dd>{note}</dd>
    </div>
  );
}
