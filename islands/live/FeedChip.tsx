import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { retryStream } from "../../components/api/live.ts";
import type { LiveStatus } from "../../components/live/live_status.ts";
import { PoliteSpeech } from "../../components/live/polite_speech.ts";
import { FEED_DOTS } from "./feed_dots.ts";

export interface FeedChipProps {
  /** Keeps the page live and tells how its stream stands, until the function it returns is called. */
  readonly keepLive: (onStatus: (status: LiveStatus) => void) => () => void;
}

const timer = {
  after(ms: number, run: () => void) {
    const id = setTimeout(run, ms);
    return () => clearTimeout(id);
  },
};

/** Says how the stream of a page stands, to eyes and to ears, and tries it again when told to. */
export function FeedChip({ keepLive }: FeedChipProps) {
  const status = useSignal<LiveStatus | null>(null);
  const spoken = useSignal("");

  useEffect(() => {
    const speech = new PoliteSpeech((text) => spoken.value = text, { timer });
    const stop = keepLive((next) => {
      const before = status.value;
      if (before?.label === next.label) return;
      status.value = next;
      // That it connects at first is no news; what breaks or comes back is.
      const isNews = before !== null && before.kind !== next.kind && before.kind !== "connecting";
      if (isNews && next.kind !== "connecting") speech.say(next.sentence);
    });
    return () => {
      stop();
      speech.stop();
    };
  }, []);

  const shown = status.value;
  return (
    <span class="feed-chip" data-kind={shown?.kind ?? "connecting"}>
      {shown === null ? null : (
        <span class="feed" data-kind={shown.kind} title={shown.sentence}>
          <span class="dot" data-state={FEED_DOTS[shown.kind]} />
          {shown.label}
        </span>
      )}
      {shown?.kind === "offline"
        ? <button type="button" class="btn" data-size="s" onClick={retryStream}>Try now</button>
        : null}
      <span class="sr" role="status" aria-live="polite">{spoken.value}</span>
    </span>
  );
}
