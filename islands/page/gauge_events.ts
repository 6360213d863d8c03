import type { GaugePath } from "../../components/api/gauges.ts";
import type { GaugeReading } from "../../components/gauges/gauge_lines.ts";

const GAUGE_EVENT = "gaugeread";

interface GaugeRead {
  readonly gauge: GaugePath;
  readonly reading: GaugeReading;
}

/** Tells the charts of the page that a gauge was read. */
export function tellGaugeRead(gauge: GaugePath, reading: GaugeReading): void {
  const detail: GaugeRead = { gauge, reading };
  document.dispatchEvent(new CustomEvent(GAUGE_EVENT, { detail }));
}

/** Hears of readings until the function that it returns is called. */
export function onGaugeRead(
  hear: (gauge: GaugePath, reading: GaugeReading) => void,
): () => void {
  const listener = (event: Event) => {
    if (!(event instanceof CustomEvent)) return;
    const { gauge, reading } = event.detail as GaugeRead;
    hear(gauge, reading);
  };
  document.addEventListener(GAUGE_EVENT, listener);
  return () => document.removeEventListener(GAUGE_EVENT, listener);
}
