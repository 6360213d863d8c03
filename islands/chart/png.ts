import type { ChartPalette } from "./palette.ts";

/** What a saved picture says about itself. */
export interface PngCaption {
  readonly title: string;
  readonly note: string;
  readonly fileName: string;
}

const MARGIN_PX = 16;
const TITLE_PX = 40;
const NOTE_PX = 32;

/** The chart with its title above and its source below, as a canvas of its own. */
function captioned(
  chart: HTMLCanvasElement,
  { caption, palette }: { caption: PngCaption; palette: ChartPalette },
): HTMLCanvasElement {
  const scale = chart.width / chart.clientWidth;
  const width = chart.clientWidth + 2 * MARGIN_PX;
  const height = chart.clientHeight + TITLE_PX + NOTE_PX;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (context === null) throw new TypeError("Cannot draw: the browser gives no 2D canvas");
  context.scale(scale, scale);
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, width, height);
  context.fillStyle = palette.ink;
  context.font = `600 14px ${palette.font}`;
  context.fillText(caption.title, MARGIN_PX, 25, width - 2 * MARGIN_PX);
  context.drawImage(chart, MARGIN_PX, TITLE_PX, chart.clientWidth, chart.clientHeight);
  context.fillStyle = palette.inkMuted;
  context.font = `400 11px ${palette.font}`;
  context.fillText(caption.note, MARGIN_PX, height - 12, width - 2 * MARGIN_PX);
  return canvas;
}

/** Saves a chart as a PNG file. */
export async function downloadPng(
  chart: HTMLCanvasElement,
  options: { caption: PngCaption; palette: ChartPalette },
): Promise<void> {
  const canvas = captioned(chart, options);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new TypeError("Cannot save the picture: the browser made none");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = options.caption.fileName;
  link.click();
  URL.revokeObjectURL(link.href);
}
