import { formatCsv } from "../components/format/csv.ts";
import { isoInstant } from "../components/format/time.ts";
import { PILLARS } from "../services/scores/mod.ts";
import { define } from "./page_state.ts";
import { readScores, type ScoreLine } from "./scores/(_components)/read_scores.ts";

const HEADER = [
  "asset_id",
  "symbol",
  "name",
  "rank",
  "rank_best",
  "rank_worst",
  "score",
  "score_low",
  "score_high",
  "grade",
  "pending_grade",
  ...PILLARS,
  "coverage",
  "outside",
  "method",
  "source",
  "data_asof",
];

function csvRow({ card, label }: ScoreLine, method: string) {
  const { rankInterval, band, grade, pillars } = card;
  return [
    label.assetId,
    label.symbol,
    label.name,
    card.rank,
    rankInterval?.[0] ?? null,
    rankInterval?.[1] ?? null,
    card.score,
    band?.[0] ?? null,
    band?.[1] ?? null,
    grade?.letter ?? null,
    grade?.pending?.letter ?? null,
    ...PILLARS.map((id) => pillars.find((pillar) => pillar.id === id)?.score ?? null),
    card.coverage,
    card.outside,
    method,
    card.source,
    isoInstant(card.asof),
  ];
}

/** The board as CSV, filtered and sorted like the page of the same query, unranked assets last. */
export const handler = define.handlers({
  async GET(ctx) {
    const { ranked, unranked, view } = await readScores(ctx.state, ctx.url);
    const rows = [...ranked, ...unranked].map((line) => csvRow(line, view.method));
    return new Response(formatCsv(HEADER, rows), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="tokenlysis-scores.csv"',
        "cache-control": "no-cache",
      },
    });
  },
});
