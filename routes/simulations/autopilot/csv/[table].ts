import { HttpError } from "fresh";
import { type CsvValue, formatCsv } from "../../../../components/format/csv.ts";
import { linesCsv } from "../../../../components/charts/lines_csv.ts";
import { isoInstant } from "../../../../components/format/time.ts";
import type { Evidence, SimulatedAutopilot } from "../../../../services/defi/mod.ts";
import { define } from "../../../page_state.ts";
import { simulationOf } from "../../(_components)/read_simulation.ts";
import { heldPools } from "../../(_components)/simulation_series.ts";

const FILES: Readonly<Record<string, (found: SimulatedAutopilot) => string>> = {
  decisions: decisionsCsv,
  values: valuesCsv,
};

/** The decisions row by row, or everything by step, every digit as computed. */
export const handler = define.handlers({
  async GET(ctx) {
    const table = ctx.params["table"] ?? "";
    const write = Object.hasOwn(FILES, table) ? FILES[table] : undefined;
    if (write === undefined) throw new HttpError(404, "There is no such file");
    const { found } = await simulationOf(ctx.state, ctx.url);
    return new Response(write(found), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="tokenlysis-autopilot-${table}.csv"`,
        "cache-control": "no-cache",
      },
    });
  },
});

const DECISION_COLUMNS = [
  ...["decision", "at", "acted_at", "kind", "reason", "eligible", "turnover_usd", "fee_usd"],
  ...["gas_usd", "penalty_usd", "role", "pool_id", "symbol", "chain", "source", "weight", "rank"],
  ...["score", "net_apy", "reading_at", "known_at", "exclusion"],
];

/** A line for each row that a decision rests on. */
function decisionsCsv({ simulation, pools }: SimulatedAutopilot): string {
  const byId = new Map(pools.map((pool) => [pool.id as string, pool]));
  const time = (at: number | null) => at === null ? null : isoInstant(at);
  const rows = simulation.decisions.flatMap((decision, index) => {
    const head: readonly CsvValue[] = [
      ...[index + 1, time(decision.at), time(decision.actedAt), decision.kind, decision.reason],
      ...[decision.eligible, decision.turnoverUsd, decision.feeUsd],
      ...[decision.gasUsd, decision.penaltyUsd],
    ];
    const named = ({ poolId, source }: Evidence): readonly CsvValue[] => {
      const { symbol = "", chain = "" } = byId.get(poolId) ?? {};
      return [poolId, symbol, chain, source];
    };
    return [
      ...decision.targets.map((target): readonly CsvValue[] => [
        ...[...head, target.isNew ? "enter" : "keep", ...named(target), target.weight],
        ...[target.rank, target.score, target.netApy],
        ...[time(target.readingAt), time(target.knownAt), null],
      ]),
      ...decision.departures.map((departure): readonly CsvValue[] => [
        ...[...head, "leave", ...named(departure), 0, departure.rank, departure.score, null],
        ...[time(departure.readingAt), time(departure.knownAt), departure.exclusion],
      ]),
    ];
  });
  return formatCsv(DECISION_COLUMNS, rows);
}

/** A line a step: the value, that of each baseline, and the share of each pool. */
function valuesCsv(found: SimulatedAutopilot): string {
  const { constraints: { start, stepMs }, simulation } = found;
  const columns = [
    { key: "value_usd", label: "", values: Float64Array.from(simulation.valuesUsd) },
    ...simulation.baselines.flatMap(({ name, valuesUsd }) =>
      valuesUsd === null
        ? []
        : [{ key: `${name}_usd`, label: "", values: Float64Array.from(valuesUsd) }]
    ),
    ...heldPools(found).map(({ poolId, weights }) => ({
      ...{ key: `share:${poolId}`, label: "", values: weights },
    })),
  ];
  return linesCsv(columns, { from: start, barMs: stepMs });
}
