import { z } from "zod";
import { fromColumns, toColumn } from "@/services/analytics/column.ts";
import {
  computeIndicators,
  INDICATOR_SYNTAX,
  parseIndicatorSpecs,
} from "@/services/analytics/indicators.ts";
import { StartupError } from "@/services/kernel/errors.ts";
import { runAsProcess, type Script } from "./cli.ts";
import { NullableSeries, readJsonInput } from "./json_input.ts";

const Input = z.object({
  names: z.array(z.string()),
  close: NullableSeries,
  high: NullableSeries.optional(),
  low: NullableSeries.optional(),
});

/** Computes indicators of a series on standard input. */
export const INDICATORS_COMPUTE: Script = {
  name: "indicators:compute",
  usage: `[--json] < INPUT

Computes indicators of a series. Reads one JSON object from standard input, oldest bar first, null
where a value is missing:
  {"names": ["rsi:14", "bb:20-2"], "close": [100, 101.5, null], "high": [...], "low": [...]}
and prints one: {"series": {"rsi:14": [...], "bb:20-2": {"upper": [...], ...}}, "missing": n}, each
line as long as close, null where there is no value; missing counts the bars without a value that
an indicator reads. high and low are needed by tr and atr only.

Names: ${INDICATOR_SYNTAX.join(", ")}

  --json   print JSON, which it does anyway
  --help   show this text`,
  flags: {},
  async main({ io, report }) {
    const { names, close, high, low } = await readJsonInput(io, Input);
    const specs = parseIndicatorSpecs(names);
    for (const [name, column] of Object.entries({ high, low })) {
      if (column !== undefined && column.length !== close.length) {
        throw new StartupError(
          `Cannot align ${name} with close: expected ${close.length} values, got ${column.length}`,
        );
      }
    }
    const { series, missing } = computeIndicators(specs, {
      close: toColumn(close),
      high: high && toColumn(high),
      low: low && toColumn(low),
    });
    const lines = Object.entries(series).map(([name, columns]) => [name, fromColumns(columns)]);
    const outcome = { series: Object.fromEntries(lines), missing };
    report(outcome, JSON.stringify(outcome));
  },
};

if (import.meta.main) await runAsProcess(INDICATORS_COMPUTE);
