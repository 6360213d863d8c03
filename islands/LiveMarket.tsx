import { useSignal } from "@preact/signals";
import { render, type VNode } from "preact";
import { useEffect } from "preact/hooks";
import { retryStream } from "../components/api/live.ts";
import type { LiveStatus, LiveStatusKind } from "../components/live/live_status.ts";
import { PoliteSpeech } from "../components/live/polite_speech.ts";
import { Banner } from "../components/states/States.tsx";
import { FEED_DOTS } from "./live/feed_dots.ts";
import { LivePage } from "./live/live_page.ts";
import { REGIONS_EVENT } from "./page/regions.ts";

/** The kinds of a page that has heard a live price of its own. */
const KNOWN: ReadonlySet<LiveStatusKind> = new Set(["live", "stale", "stopped", "polling"]);

const timer = {
  after(ms: number, run: () => void) {
    const id = setTimeout(run, ms);
    return () => clearTimeout(id);
  },
};

/**
 * Keeps the page's prices live, and says in the bar how they stand. `isDemo` says whether the page
 * shows the demo market.
 */
export default function LiveMarket({ isDemo }: { readonly isDemo: boolean }) {
  const status = useSignal<LiveStatus | null>(null);
  const spoken = useSignal("");

  useEffect(() => {
    const speech = new PoliteSpeech((text) => spoken.value = text, { timer });
    const show = (next: LiveStatus) => {
      const before = status.value;
      if (before?.label === next.label) return;
      status.value = next;
      if (KNOWN.has(next.kind)) hideServedAges();
      for (const label of document.querySelectorAll("[data-live-label]")) {
        label.textContent = next.label;
      }
      showBanner(next);
      // That it connects at first is no news; what breaks or comes back is.
      const isNews = before !== null && before.kind !== next.kind && next.kind !== "connecting";
      if (isNews && before.kind !== "connecting") speech.say(next.sentence);
    };
    let stop = new LivePage(show, { isDemo }).start();
    // Cells that were read again are others than those that were found before.
    const startAnew = () => {
      stop();
      stop = new LivePage(show, { isDemo }).start();
    };
    document.addEventListener(REGIONS_EVENT, startAnew);
    return () => {
      document.removeEventListener(REGIONS_EVENT, startAnew);
      stop();
      speech.stop();
    };
  }, []);

  return (
    <>
      {/* It keeps its room before it has anything to say. */}
      <span class="feed" data-kind={status.value?.kind} title={status.value?.sentence}>
        {status.value === null ? null : (
          <>
            <span class="dot" data-state={FEED_DOTS[status.value.kind]} />
            {status.value.label}
          </>
        )}
      </span>
      <span class="sr" role="status" aria-live="polite">{spoken.value}</span>
    </>
  );
}

/** Ages that the server wrote stand still: once the page counts its own they would be wrong. */
function hideServedAges(): void {
  for (const mark of document.querySelectorAll<HTMLElement>("[data-as-served]")) mark.hidden = true;
}

/** Tells across the page what is wrong with its prices, and what still holds. */
function showBanner({ kind, sentence }: LiveStatus): void {
  const place = document.getElementById("stream-banner");
  if (place === null) return;
  // A browser without any connection has a banner of its own.
  const isBroken = kind === "stale" || kind === "stopped" ||
    (kind === "offline" && navigator.onLine);
  place.hidden = !isBroken;
  if (isBroken) {
    render(kind === "stopped" ? stoppedBanner(sentence) : brokenBanner(kind, sentence), place);
  }
}

function brokenBanner(kind: LiveStatusKind, sentence: string): VNode {
  const isOffline = kind === "offline";
  return (
    <Banner
      kind="stale"
      icon={isOffline ? "offline" : "clock"}
      actions={isOffline ? <BannerButton label="Try now" onClick={retryStream} /> : undefined}
    >
      <b>{isOffline ? "Prices stand still." : "Prices are stale."}</b> {sentence}{" "}
      They stay as they are until new ones come.
    </Banner>
  );
}

function stoppedBanner(sentence: string): VNode {
  return (
    <Banner
      kind="stale"
      icon="clock"
      actions={<BannerButton label="Load again" onClick={() => location.reload()} />}
    >
      <b>These prices stand still.</b> {sentence}.
    </Banner>
  );
}

function BannerButton(
  { label, onClick }: { readonly label: string; readonly onClick: () => void },
) {
  return <button type="button" class="btn" data-size="s" onClick={onClick}>{label}</button>;
}
