import {
  DEFAULT_METHOD,
  defaultScoreOrder,
  SCORE_SORTS,
  type ScoreOrder,
  type ScoreSort,
} from "../../../services/scores/mod.ts";

/** How the reader wants the board; all of it stands in the address, so any view can be sent. */
export interface ScoresView {
  /** Version of a method; one that does not exist is told and left aside. */
  readonly method: string;
  /** A day or instant as it was asked for, `null` for the newest. */
  readonly asof: string | null;
  readonly theme: string | null;
  readonly query: string;
  readonly sort: ScoreSort;
  readonly order: ScoreOrder;
}

const DEFAULT_SORT: ScoreSort = "rank";
const MAX_TEXT = 60;

/** Reads a view from an address. What it does not know is left at its default. */
export function readScoresView({ searchParams }: URL): ScoresView {
  const textOf = (name: string) => (searchParams.get(name) ?? "").trim().slice(0, MAX_TEXT);
  const sort = SCORE_SORTS.find((name) => name === searchParams.get("sort")) ?? DEFAULT_SORT;
  const order = searchParams.get("order");
  return {
    method: textOf("method") || DEFAULT_METHOD,
    asof: textOf("asof") || null,
    theme: textOf("theme") || null,
    query: textOf("q"),
    sort,
    order: order === "asc" || order === "desc" ? order : defaultScoreOrder(sort),
  };
}

/** Name and value of each part of a view that differs from the default, as a form sends them. */
export function scoresFields(view: ScoresView): [name: string, value: string][] {
  const isUsualOrder = view.order === defaultScoreOrder(view.sort);
  const fields: [string, string][] = [
    ["method", view.method === DEFAULT_METHOD ? "" : view.method],
    ["asof", view.asof ?? ""],
    ["theme", view.theme ?? ""],
    ["q", view.query],
    ["sort", view.sort === DEFAULT_SORT ? "" : view.sort],
    ["order", isUsualOrder ? "" : view.order],
  ];
  return fields.filter(([, value]) => value !== "");
}

/** The address of a view under `path`. */
export function scoresHref(view: ScoresView, path = "/scores"): string {
  const query = new URLSearchParams(scoresFields(view)).toString();
  return query === "" ? path : `${path}?${query}`;
}
