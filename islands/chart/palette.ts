/** The colours of a chart as a canvas takes them: resolved from the page's custom properties. */
export interface ChartPalette {
  readonly ground: string;
  readonly grid: string;
  readonly axis: string;
  readonly ink: string;
  readonly inkSecond: string;
  readonly inkMuted: string;
  readonly up: string;
  readonly down: string;
  readonly upSoft: string;
  readonly downSoft: string;
  readonly tag: string;
  readonly tagInk: string;
  readonly control: string;
  readonly staleTint: string;
  readonly downTint: string;
  readonly band: string;
  readonly bandEdge: string;
  /** Colour of the series numbered from 1. */
  readonly series: readonly string[];
  readonly font: string;
}

const ROLES = {
  ground: "var(--ground)",
  grid: "var(--grid)",
  axis: "var(--rule-strong)",
  ink: "var(--ink)",
  inkSecond: "var(--ink-2)",
  inkMuted: "var(--ink-3)",
  up: "var(--up)",
  down: "var(--down)",
  upSoft: "color-mix(in oklab, var(--up) 46%, var(--ground))",
  downSoft: "color-mix(in oklab, var(--down) 46%, var(--ground))",
  tag: "var(--solid)",
  tagInk: "var(--on-solid)",
  control: "var(--control)",
  staleTint: "var(--stale-tint)",
  downTint: "var(--down-tint)",
  band: "color-mix(in oklab, var(--series-6) 9%, transparent)",
  bandEdge: "color-mix(in oklab, var(--series-6) 70%, transparent)",
} as const;

const SERIES_COUNT = 6;

/**
 * Reads the colours in force at `element`. A custom property answers with its text, `light-dark()`
 * and all, so each colour is put on a probe and read back as the browser resolved it.
 */
export function readPalette(element: HTMLElement): ChartPalette {
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  const computed = getComputedStyle(probe);
  const resolve = (colour: string) => {
    probe.style.color = colour;
    return computed.color;
  };
  const roles = Object.fromEntries(
    Object.entries(ROLES).map(([role, colour]) => [role, resolve(colour)]),
  ) as Record<keyof typeof ROLES, string>;
  const series = Array.from(
    { length: SERIES_COUNT },
    (_, at) => resolve(`var(--series-${at + 1})`),
  );
  const palette = { ...roles, series, font: computed.fontFamily };
  probe.remove();
  return palette;
}

/** Calls back when theme, palette, direction or contrast change, until the signal aborts. */
export function watchPalette(onChange: () => void, signal: AbortSignal): void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-theme", "data-palette", "data-direction"],
  });
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) {
    matchMedia(query).addEventListener("change", onChange, { signal });
  }
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
}
