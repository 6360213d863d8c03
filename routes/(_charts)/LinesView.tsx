import type { LineSet } from "../../components/charts/lines.ts";
import { LinesSvg } from "../../components/charts/LinesSvg.tsx";
import { LinesTable } from "../../components/charts/LinesTable.tsx";
import LineChart from "../../islands/LineChart.tsx";

export interface LinesViewProps {
  /** Unique on the page. */
  readonly id: string;
  readonly set: LineSet;
  readonly height: number;
  /** What the lines show, in a sentence. */
  readonly words: string;
  readonly isTable: boolean;
  /** Whether the sentence also stands below the drawing, for all to read. */
  readonly hasWords?: boolean;
}

/** Lines as a drawing, or as the numbers that they are made of, with their sum in words. */
export function LinesView({ id, set, height, words, isTable, hasWords = true }: LinesViewProps) {
  return (
    <>
      {isTable
        ? <LinesTable set={set} caption={words} />
        : (
          <LineChart id={`${id}-chart`} set={set} height={height} label={words}>
            <LinesSvg set={set} height={height} />
          </LineChart>
        )}
      {hasWords ? <p class="lede chart-summary">{words}</p> : null}
    </>
  );
}
