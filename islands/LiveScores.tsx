import { useEffect } from "preact/hooks";
import { watchScores } from "../components/api/live.ts";
import { refreshRegions } from "./page/refresh_regions.ts";

export interface LiveScoresProps {
  readonly method: string;
  /** The scores on the page, by asset: all that there are. */
  readonly known: readonly (readonly [assetId: string, score: number | null])[];
}

/** All scores of a run come at once: the page is read again after the last of them. */
const GATHER_MS = 400;

/** Reads the page's scores again when others are told than those that stand on it. */
export default function LiveScores({ method, known }: LiveScoresProps) {
  useEffect(() => {
    const shown = new Map(known);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = watchScores((ticks) => {
      const news = ticks.filter((tick) =>
        tick.method === method && shown.get(tick.coinId) !== tick.score
      );
      if (news.length === 0) return;
      for (const { coinId, score } of news) shown.set(coinId, score);
      clearTimeout(timer);
      timer = setTimeout(() => void refreshRegions(), GATHER_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
  return null;
}
