import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";
import { CANDLE_STATES, type CandlePage, intervalMs } from "../../services/market/mod.ts";

/**
 * A page of candles as a JSON array, written column by column: at a thousand rows `JSON.stringify`
 * over row objects takes several times as long.
 *
 * `v` is in units of the asset where the source counts those, else in dollars; `v_unit` says which.
 */
export function candlesToJson({ candles, partsMissing, provenance, interval }: CandlePage): string {
  if (provenance === null || candles.length === 0) return "[]";
  const size = intervalMs(interval);
  const { openTime, open, high, low, close, volume, volumeUsd, marketCapUsd, state } = candles;
  const { source, derivedFrom, isDemo } = provenance;
  const tail = `,"source":${JSON.stringify(source)}` +
    `${derivedFrom === null ? "" : `,"derived_from":"${derivedFrom}"`}${
      isDemo ? `,"demo":true` : ""
    }`;
  const states = CANDLE_STATES.map((name) => `,"state":"${name}"`);
  const last = candles.length - 1;
  let text = "[";
  for (let at = 0; at <= last; at++) {
    const t = openTime[at] ?? 0;
    const units = volume[at] ?? NaN;
    const dollars = volumeUsd[at] ?? NaN;
    const marketCap = marketCapUsd[at] ?? NaN;
    const asof = formatUtcMs(at === last ? provenance.asof : t + size as UtcMs);
    text += `${at === 0 ? "" : ","}{"t":${t},"o":${number(open[at])},"h":${number(high[at])}` +
      `,"l":${number(low[at])},"c":${number(close[at])}${volumeFields(units, dollars)}` +
      `,"resolution":"${interval}","asof":"${asof}"${tail}${states[state[at] ?? 0]}`;
    if (Number.isFinite(marketCap)) text += `,"market_cap_usd":${marketCap}`;
    if (partsMissing !== null) text += `,"parts_missing":${partsMissing[at] ?? 0}`;
    text += "}";
  }
  return text + "]";
}

function number(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? "null" : String(value);
}

function volumeFields(units: number, dollars: number): string {
  const given = Number.isFinite(dollars) ? `,"v_usd":${dollars}` : "";
  if (Number.isFinite(units)) return `,"v":${units},"v_unit":"asset"${given}`;
  return given === "" ? `,"v":null,"v_unit":null` : `,"v":${dollars},"v_unit":"usd"${given}`;
}
