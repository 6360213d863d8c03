// deno-lint-ignore-file no-console -- a benchmark prints what it measured
import * as esbuild from "esbuild";
import { assert } from "@/tests/assert.ts";
import { launchChromium } from "@/tests/chromium.ts";
import { Goals } from "@/tests/load/goals.ts";

/** What is measured in the page: milliseconds, medians of the runs given. */
interface Timing {
  readonly bars: number;
  readonly firstMs: number;
  readonly renderMs: number;
  readonly zoomMs: number;
  readonly crosshairMs: number;
}

const SIZES = [1_000, 10_000, 100_000];
/** Targets: 1,000 candles within 100 ms; a step of the hand within a frame of 60 a second. */
const RENDER_LIMIT_MS = 100;
const STEP_LIMIT_MS = 16;

/** Runs in the page: draws a random walk of each size and works on it as a reader would. */
const PAGE_SCRIPT = `
import { CandleChart } from "./islands/chart/candle_chart.ts";
import { readPalette } from "./islands/chart/palette.ts";
import { readSeries } from "./components/charts/candles_data.ts";
import { packChart } from "./components/charts/candles_view.ts";

function walk(bars) {
  let seed = 1, price = 100;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const rows = Array.from({ length: bars }, (_, at) => {
    const open = price;
    price *= 1 + (random() - 0.5) * 0.02;
    return { t: at * 60000, open, close: price, high: Math.max(open, price) * 1.004,
      low: Math.min(open, price) * 0.996, v: random() * 1e6 };
  });
  const column = (name) => rows.map((row) => row[name]);
  const line = (factor) => rows.map((row) => row.close * factor);
  return readSeries(packChart({ interval: "1m", openTime: column("t"), open: column("open"),
    high: column("high"), low: column("low"), close: column("close"), volume: column("v"),
    volumeUsd: column("v"), isProvisional: true, rangeEnd: null,
    lines: { "sma:20": line(0.99), "ema:50": line(0.98),
      "bb:20-2.upper": line(1.03), "bb:20-2.lower": line(0.97), "rsi:14": rows.map(() => 50),
      "macd:12-26-9.macd": line(0.01), "macd:12-26-9.signal": line(0.011),
      "macd:12-26-9.histogram": line(-0.001) } }));
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
// Reading a pixel waits for what was drawn, so that painting is in the time.
function timed(canvas, run) {
  const start = performance.now();
  run();
  canvas.getContext("2d").getImageData(0, 0, 1, 1);
  return performance.now() - start;
}

globalThis.measure = (bars) => {
  const series = walk(bars), times = [];
  let chart, canvas;
  for (let run = 0; run < 6; run++) {
    chart?.destroy();
    canvas?.remove();
    canvas = document.body.appendChild(document.createElement("canvas"));
    times.push(timed(canvas, () => {
      chart = new CandleChart(canvas, { series, mode: "linear", width: 1200,
        palette: readPalette(document.body) });
    }));
  }
  const zoom = Array.from({ length: 30 }, (_, at) => timed(canvas, () =>
    chart.setWindow({ from: at * bars / 200, to: bars - at * bars / 100 })));
  const crosshair = Array.from({ length: 30 }, (_, at) => timed(canvas, () =>
    chart.setCrosshair({ at: chart.frame.start + at, y: 120 })));
  const [firstMs, ...later] = times;
  return { bars, firstMs, renderMs: median(later), zoomMs: median(zoom),
    crosshairMs: median(crosshair) };
};
`;

async function bundle(): Promise<string> {
  const result = await esbuild.build({
    stdin: { contents: PAGE_SCRIPT, resolveDir: Deno.cwd(), loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    minify: true,
  });
  await esbuild.stop();
  const [file] = result.outputFiles;
  assert(file !== undefined, "esbuild gave no bundle");
  return file.text;
}

async function gzipSize(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).bytes()).length;
}

const script = await bundle();
const goals = new Goals();
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1240, height: 900 } });
  await page.setContent("<!doctype html><body></body>");
  await page.addScriptTag({ content: script, type: "module" });
  const timings: Timing[] = [];
  for (const bars of SIZES) timings.push(await page.evaluate(`measure(${bars})`));
  console.log(`Chart code with chart.js: ${(await gzipSize(script) / 1000).toFixed(1)} kB gzip`);
  console.table(timings.map(({ bars, ...times }) => ({
    bars,
    ...Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, ms.toFixed(1)])),
  })));
  for (const { bars, renderMs, zoomMs, crosshairMs } of timings) {
    if (bars === SIZES[0]) {
      goals.atMost(`drawing ${bars} bars, ms`, { actual: renderMs, goal: RENDER_LIMIT_MS });
    }
    goals.atMost(`zooming ${bars} bars, ms`, { actual: zoomMs, goal: STEP_LIMIT_MS });
    goals.atMost(`moving over ${bars} bars, ms`, { actual: crosshairMs, goal: STEP_LIMIT_MS });
  }
} finally {
  await browser.close();
}
// A quick run shows that it runs: where it does, other work may share the processor.
if (goals.missed.length > 0 && !Deno.args.includes("--quick")) Deno.exitCode = 1;
