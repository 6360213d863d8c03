import type { SimulatedAutopilot, SimulationQuery } from "../../../services/defi/mod.ts";
import { AppError } from "../../../services/kernel/errors.ts";
import { DAY_MS, formatUtcMs, HOUR_MS } from "../../../services/kernel/time.ts";
import {
  SIMULATION_QUERY,
  type SimulationParam,
  simulationQuery,
} from "../../(_api)/simulation_query.ts";

/** Where the page stands. */
export const SIMULATION_PATH = "/simulations/autopilot";

/** Panels that can be shown as a table in place of their chart. */
const TABLES = ["growth", "allocation"] as const;
export type SimulationTable = typeof TABLES[number];

/** Decisions that can be shown alone. */
export const DECISION_FILTERS = ["all", "done", "put_off"] as const;
export type DecisionFilter = typeof DECISION_FILTERS[number];

type Texts = Readonly<Partial<Record<SimulationParam, string>>>;

/** What an address asks of the page. */
export interface SimulationView {
  /** Parameters as they were typed, without those left blank. */
  readonly values: Texts;
  /** What is wrong with them, by name. */
  readonly problems: Texts;
  /** `null` where one of them can't be read. */
  readonly query: SimulationQuery | null;
  readonly table: SimulationTable | null;
  readonly shown: DecisionFilter;
  /** Page of the decisions, from 1. */
  readonly page: number;
  /** Whether the run was stopped, and waits to be asked for again. */
  readonly isStopped: boolean;
}

const PARAMS = Object.keys(SIMULATION_QUERY.shape) as readonly SimulationParam[];
/** Parameters that are lists: given several times they are one list. */
const LISTS: ReadonlySet<SimulationParam> = new Set(["assets", "chain", "protocol"]);
const DAYS: ReadonlySet<SimulationParam> = new Set(["start", "end"]);
const DAY_WORDS = "Expected a day such as 2026-01-31";
const MAX_TEXT = 400;

/** Reads an address; a field left blank has its default. */
export function parseSimulationView({ searchParams }: URL): SimulationView {
  const values: Partial<Record<SimulationParam, string>> = {};
  const problems: Partial<Record<SimulationParam, string>> = {};
  for (const name of PARAMS) {
    const given = searchParams.getAll(name).map((text) => text.trim()).filter(Boolean);
    if (given.length === 0) continue;
    values[name] = given.join(",").slice(0, MAX_TEXT);
    if (given.length > 1 && !LISTS.has(name)) problems[name] = "Given more than once";
  }
  const read = SIMULATION_QUERY.safeParse(values);
  for (const { path, message } of read.error?.issues ?? []) {
    const name = PARAMS.find((one) => one === path[0]);
    if (name !== undefined) problems[name] ??= DAYS.has(name) ? DAY_WORDS : message;
  }
  const isGood = read.success && Object.keys(problems).length === 0;
  const page = Number(searchParams.get("page") ?? "1");
  return {
    ...{ values, problems },
    query: isGood ? simulationQuery(read.data) : null,
    table: TABLES.find((name) => name === searchParams.get("table")) ?? null,
    shown: DECISION_FILTERS.find((name) => name === searchParams.get("shown")) ?? "all",
    page: Number.isInteger(page) && page >= 1 && page <= 10_000 ? page : 1,
    isStopped: searchParams.get("run") === "no",
  };
}

/** Whether the address of a form holds fields left blank, or a list in parts. */
export function isUntidy({ searchParams }: URL): boolean {
  const names = [...searchParams.keys()];
  return [...searchParams.values()].some((value) => value.trim() === "") ||
    (new Set(names).size < names.length &&
      names.every((name) =>
        LISTS.has(name as SimulationParam) || searchParams.getAll(name).length === 1
      ));
}

/** The fields that a refusal names, by parameter; `null` of another error. */
export function problemsOf(error: unknown): Texts | null {
  if (!(error instanceof AppError) || error.code !== "VALIDATION_FAILED") return null;
  const fields = error.details?.["fields"];
  if (!Array.isArray(fields)) return null;
  const named = fields.flatMap(({ name, message }): readonly (readonly [string, string])[] => {
    const param = PARAMS.find((one) => one === name);
    return param === undefined ? [] : [[param, String(message)]];
  });
  return named.length === 0 ? null : Object.fromEntries(named);
}

interface Place {
  /** What follows the page's path: `/csv/values`. */
  readonly path?: string;
  readonly hash?: string;
}

/** The address of a view, without what is a default. */
export function simulationHref(
  { values, table, shown, page }: Pick<SimulationView, "values" | "table" | "shown" | "page">,
  { path = "", hash = "" }: Place = {},
): string {
  const query = new URLSearchParams(values);
  if (table !== null) query.set("table", table);
  if (shown !== "all") query.set("shown", shown);
  if (page !== 1) query.set("page", String(page));
  const search = query.size === 0 ? "" : `?${query}`;
  return `${SIMULATION_PATH}${path}${search}${hash === "" ? "" : `#${hash}`}`;
}

/** The same simulation elsewhere: its file, its explanation, its answer of the API. */
export function resultHref({ values }: Pick<SimulationView, "values">, path: string): string {
  return simulationHref({ values, table: null, shown: "all", page: 1 }, { path });
}

/** An address that spells every rule out, so that it says the same whatever the settings become. */
export function shareHref({ constraints: rules, scope }: SimulatedAutopilot): string {
  const query = new URLSearchParams({
    start: dayOrInstant(rules.start),
    end: dayOrInstant(rules.end),
    capital: String(rules.capitalUsd),
    max_weight: String(rules.maxWeight),
    min_tvl: String(rules.minTvlUsd),
    cooldown_hours: String(rules.cooldownMs / HOUR_MS),
    fee_bps: String(rules.feeBps),
    gas_usd: String(rules.gasUsd),
    method: rules.method,
    step_hours: String(rules.stepMs / HOUR_MS),
    keep_factor: String(rules.keepFactor),
    vanish_days: String(rules.vanishMs / DAY_MS),
    vanish_penalty: String(rules.vanishPenalty),
  });
  const lists = { assets: scope.assets, chain: scope.chains, protocol: scope.protocols };
  for (const [name, list] of Object.entries(lists)) if (list) query.set(name, list.join(","));
  return `${SIMULATION_PATH}?${query}`;
}

function dayOrInstant(at: SimulatedAutopilot["constraints"]["start"]): string {
  const text = formatUtcMs(at);
  return at % DAY_MS === 0 ? text.slice(0, "2026-01-01".length) : text;
}
