import type { ChartPalette } from "./palette.ts";

/** What a saved picture says about itself. */
export interface PngCaption {
  readonly title: string;
  readonly note: string;
  readonly fileName: string;
}

/** A chart as drawn, with the size that it has on the page; its pixels may be finer. */
export interface Picture {
  readonly canvas: HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
}

/** An empty canvas in the colour of the page, so many pixels of the screen to one of the page. */
export function groundCanvas(
  { width, height }: Pick<Picture, "width" | "height">,
  { scale, palette }: { readonly scale: number; readonly palette: ChartPalette },
): { readonly canvas: HTMLCanvasElement; readonly context: CanvasRenderingContext2D } {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (context === null) throw new TypeError("Cannot draw: the browser gives no 2D canvas");
  context.scale(scale, scale);
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, width, height);
  return { canvas, context };
}

const MARGIN_PX = 16;
const TITLE_PX = 40;
const NOTE_PX = 32;

/** The chart with its title above and its source below, as a canvas of its own. */
function captioned(
  chart: Picture,
  { caption, palette }: { caption: PngCaption; palette: ChartPalette },
): HTMLCanvasElement {
  const scale = chart.canvas.width / chart.width;
  const width = chart.width + 2 * MARGIN_PX;
  const height = chart.height + TITLE_PX + NOTE_PX;
  const { canvas, context } = groundCanvas({ width, height }, { scale, palette });
  context.fillStyle = palette.ink;
  context.font = `600 14px ${palette.font}`;
  context.fillText(fitted(context, caption.title, chart.width), MARGIN_PX, 25);
  context.drawImage(chart.canvas, MARGIN_PX, TITLE_PX, chart.width, chart.height);
  context.fillStyle = palette.inkMuted;
  context.font = `400 11px ${palette.font}`;
  context.fillText(fitted(context, caption.note, chart.width), MARGIN_PX, height - 12);
  return canvas;
}

/** A text cut to a width, its end told by dots. */
function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 0 && context.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return `${text.slice(0, end).trimEnd()}…`;
}

/** Saves a chart as a PNG file. */
export async function downloadPng(
  chart: Picture,
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
