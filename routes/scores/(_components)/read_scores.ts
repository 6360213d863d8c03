import type { UtcMs } from "../../../services/kernel/time.ts";
import { type AssetLabel, labelOf, type MarketService } from "../../../services/market/mod.ts";
import {
  DEFAULT_METHOD,
  listCards,
  type Scorecard,
  type ScoreChange,
  type ScoreMethod,
  type ScoreRun,
  type ScoreService,
} from "../../../services/scores/mod.ts";
import { AsofParam } from "../../(_api)/params.ts";
import { readScoresView, type ScoresView } from "./scores_view.ts";

/** A card with what it is called. */
export interface ScoreLine {
  readonly card: Scorecard;
  readonly label: AssetLabel;
}

/** Everything that the board shows. */
export interface ScoresData {
  readonly view: ScoresView;
  readonly method: ScoreMethod;
  readonly methods: readonly ScoreMethod[];
  readonly themes: readonly string[];
  /** `null` where nothing is stored up to that day. */
  readonly run: ScoreRun | null;
  /** Members with a rank that fit the view, sorted. */
  readonly ranked: readonly ScoreLine[];
  /** Those that have none, with their reason. */
  readonly unranked: readonly ScoreLine[];
  /** Of all assets, those that moved most first. */
  readonly changes: readonly (ScoreChange & { readonly label: AssetLabel })[];
  /** What of the address was left aside, and why. */
  readonly notes: readonly string[];
}

interface ScoreSources {
  readonly scores: ScoreService;
  readonly market: MarketService;
}

/** The day that an address asks for, without what can't be read; said in `notes`. */
export function readWhen(
  { method, asof }: Pick<ScoresView, "method" | "asof">,
  scores: ScoreService,
): { method: string; asof: UtcMs | undefined; notes: readonly string[] } {
  const isKnown = scores.listMethods().some(({ version }) => version === method);
  const parsed = AsofParam.safeParse(asof ?? undefined);
  return {
    method: isKnown ? method : DEFAULT_METHOD,
    asof: parsed.success ? parsed.data : undefined,
    notes: [
      ...isKnown ? [] : [`There is no method "${method}": ${DEFAULT_METHOD} is shown`],
      ...parsed.success ? [] : [`"${asof}" is no day: the newest scores are shown`],
    ],
  };
}

/** Reads the board that an address asks for. */
export async function readScores(
  { scores, market }: ScoreSources,
  url: URL,
): Promise<ScoresData> {
  const asked = readScoresView(url);
  const { notes, ...when } = readWhen(asked, scores);
  const view = {
    ...asked,
    method: when.method,
    asof: when.asof === undefined ? null : asked.asof,
  };
  const [{ run, method }, changes] = await Promise.all([
    scores.getBoard(when),
    scores.listChanges(when),
  ]);
  const labels = new Map(market.listAssets().map((asset) => [asset.id, labelOf(asset)]));
  const cards = run?.cards ?? [];
  const { theme, query: search, sort, order } = view;
  const lines = listCards(cards, { labels, theme, search, sort, order })
    .flatMap((card): ScoreLine[] => withLabel(card, labels).map((label) => ({ card, label })));
  return {
    view,
    method,
    methods: scores.listMethods(),
    themes: themesOf(cards, labels),
    run,
    ranked: lines.filter(({ card }) => card.rank !== null),
    unranked: lines.filter(({ card }) => card.rank === null),
    changes: changes.flatMap((change) =>
      withLabel(change, labels).map((label) => ({ ...change, label }))
    ),
    notes,
  };
}

function withLabel(
  { assetId }: { readonly assetId: string },
  labels: ReadonlyMap<string, AssetLabel>,
): readonly AssetLabel[] {
  const label = labels.get(assetId);
  return label === undefined ? [] : [label];
}

/** The themes that a scored asset has. */
function themesOf(
  cards: readonly Scorecard[],
  labels: ReadonlyMap<string, AssetLabel>,
): readonly string[] {
  return [...new Set(cards.flatMap(({ assetId }) => labels.get(assetId)?.themes ?? []))].sort();
}
