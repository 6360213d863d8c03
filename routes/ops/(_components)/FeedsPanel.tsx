import { Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { formatSpan } from "../../../components/format/time.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import type { FeedState, FeedStatus } from "../../../services/market/mod.ts";
import type { OpsView } from "../../../services/ops/mod.ts";
import { venueLabel } from "./ops_view.ts";

const STATES: Readonly<Record<FeedState, { word: string; dot: string }>> = {
  connecting: { word: "Connecting", dot: "off" },
  live: { word: "Live", dot: "" },
  silent: { word: "Silent", dot: "half" },
  reconnecting: { word: "Reconnecting", dot: "half" },
  unavailable: { word: "Unavailable", dot: "open" },
};

/** The streams of exchanges that prices come from. */
export function FeedsPanel({ view }: { readonly view: OpsView }) {
  const { feeds, now } = view;
  return (
    <Panel id="feeds" title="Exchange streams" note="one socket a venue, over all instances">
      <div data-region="feeds">
        {feeds.length === 0
          ? (
            <EmptyState icon="offline" title="No exchange is streamed">
              Prices come from candles and from providers that are asked now and then.
            </EmptyState>
          )
          : (
            <table class="table two-line">
              <caption class="sr">Streams of exchanges</caption>
              <thead>
                <tr>
                  <th scope="col">Venue</th>
                  <th scope="col">State</th>
                  <th scope="col" data-pri="2">Reason</th>
                  <th scope="col" class="num" data-pri="3">Bad frames</th>
                  <th scope="col" class="num">Last frame</th>
                </tr>
              </thead>
              <tbody>
                {feeds.map((feed) => (
                  <FeedRow
                    key={feed.venue}
                    feed={feed}
                    label={venueLabel(view, feed.venue)}
                    now={now}
                  />
                ))}
              </tbody>
            </table>
          )}
        <SourceLine
          state={feeds.some(({ state }) => state !== "live") ? "partial" : "current"}
          parts={["silent after 30 s without a frame", "gaps are filled by request"]}
        />
      </div>
    </Panel>
  );
}

interface FeedRowProps {
  readonly feed: FeedStatus;
  readonly label: string;
  readonly now: number;
}

function FeedRow({ feed, label, now }: FeedRowProps) {
  const { word, dot } = STATES[feed.state];
  // A stream that is live again forgets them only once it has held for a while.
  const hasTries = feed.attempts > 0 && feed.state !== "live";
  const tries = hasTries ? `${formatCount(feed.attempts)} failed tries` : "";
  return (
    <tr>
      <th scope="row" data-p="name">
        <span title={feed.url}>{label}</span>
      </th>
      <td data-p="change">
        <span class="ops-state">
          <span class="dot" data-state={dot} />
          {word} {formatSpan(now - feed.since)}
        </span>
      </td>
      <td data-pri="2" class="ops-reason">
        <span class="second">{[feed.reason, tries].filter(Boolean).join(", ")}</span>
      </td>
      <td class="num" data-pri="3">{formatCount(feed.badFrames)}</td>
      <td class="num" data-p="value">
        {feed.lastFrameAt === null
          ? <Unknown reason="no frame has come yet" />
          : <Moment at={feed.lastFrameAt} />}
      </td>
    </tr>
  );
}

/** What readers of our own streams get. */
export function StreamsPanel({ view: { streams } }: { readonly view: OpsView }) {
  return (
    <Panel id="streams" title="Streams to readers" note="since the start">
      <div data-region="streams">
        {streams === null
          ? (
            <EmptyState icon="offline" title="No stream hub runs here">
              Another process serves the streams, or none does.
            </EmptyState>
          )
          : (
            <dl class="rows">
              <Row label="Server-sent events" value={streams.sse} unit="open" />
              <Row label="WebSockets" value={streams.websocket} unit="open" />
              <Row label="Encoded" value={streams.encoded} unit="events" />
              <Row label="Delivered" value={streams.delivered} unit="events" />
              <Row label="Skipped for a newer value" value={streams.conflated} unit="events" />
              <Row label="Refused" value={streams.refused} unit="connections" />
            </dl>
          )}
        <SourceLine
          state={streams?.isShedding ? "partial" : "current"}
          parts={[
            streams?.isShedding ? "full: new readers are sent away" : "each event is encoded once",
            "slow readers skip to the newest",
          ]}
        />
      </div>
    </Panel>
  );
}

interface CountRowProps {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
}

function Row({ label, value, unit }: CountRowProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {formatCount(value)}
        <span class="unit">{unit}</span>
      </dd>
    </div>
  );
}
