import { toColumn } from "@/services/analytics/column.ts";
import type { BarColumns, IndicatorColumns } from "@/services/analytics/indicator.ts";
import { computeIndicators, parseIndicatorSpec } from "@/services/analytics/indicators.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";

interface Vector {
  readonly id: string;
  readonly indicator: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly inputs: Readonly<Record<string, (number | null)[] | string>>;
  readonly expected: Readonly<Record<string, (number | null)[]>>;
  readonly tolerance: number;
  readonly convention: string;
}

const VECTORS = sharedData("indicators/golden_vectors.json");

/** The sources whose figures are checked here and there only: `null` says "not checked". */
const isSparse = ({ convention }: Vector) => convention.includes("sparse");

/** The name of the line under which a vector's figures appear in the answer. */
const LINES: Readonly<Record<string, string>> = { true_range: "tr" };

function nameOf({ indicator, params }: Vector): string {
  switch (indicator) {
    case "MACD": {
      const seed = params.seed === "first price" ? "@first" : "";
      return `macd:${params.fast}-${params.slow}-${params.signal}${seed}`;
    }
    case "BOLLINGER":
      return `bb:${params.period}-${params.multiplier}`;
    default:
      return `${indicator.toLowerCase()}:${params.period}`;
  }
}

async function barsOf({ inputs }: Vector): Promise<BarColumns> {
  const { ref } = inputs;
  if (typeof ref !== "string") {
    const column = (name: string) => toColumn(inputs[name] as (number | null)[]);
    return "high" in inputs
      ? { close: column("close"), high: column("high"), low: column("low") }
      : { close: column("close") };
  }
  const url = sharedData(`indicators/${ref}`);
  assert(url, `${ref} is missing beside the vectors`);
  const [header = "", ...rows] = (await readSharedText(url)).trim().split(/\r?\n/);
  const names = header.split(",");
  const column = (name: string) =>
    Float64Array.from(rows, (row) => Number(row.split(",")[names.indexOf(name)]));
  return { close: column("close"), high: column("high"), low: column("low") };
}

function lineOf(columns: IndicatorColumns | undefined, line: string): Float64Array {
  const column = columns instanceof Float64Array ? columns : columns?.[line];
  assert(column, `There is no line ${line}`);
  return column;
}

Deno.test({
  name: "computeIndicators() reproduces every published reference series",
  ignore: VECTORS === null,
  async fn(t) {
    assert(VECTORS);
    const vectors: readonly Vector[] = JSON.parse(await readSharedText(VECTORS));
    assert(vectors.length > 0);
    for (const vector of vectors) {
      await t.step(vector.id, async () => {
        const bars = await barsOf(vector);
        for (const [line, expected] of Object.entries(vector.expected)) {
          const name = LINES[line] ?? nameOf(vector);
          const { series } = computeIndicators([parseIndicatorSpec(name)], bars);
          const actual = lineOf(series[name], line);
          assertEquals(actual.length, expected.length);
          expected.forEach((value, i) => {
            const point = actual[i] ?? NaN;
            if (value === null) {
              assert(
                isSparse(vector) || Number.isNaN(point),
                `${name}[${i}] is ${point}, not null`,
              );
            } else {
              const gap = Math.abs(point - value) / Math.max(1, Math.abs(value));
              assert(gap <= vector.tolerance, `${name}[${i}] is ${point}, not ${value}`);
            }
          });
        }
      });
    }
  },
});
