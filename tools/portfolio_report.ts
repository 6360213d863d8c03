import { Decimal } from "@/services/kernel/decimal.ts";
import { AppError } from "@/services/kernel/errors.ts";
import { formatUtcMs, parseUtcMs, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { type AssetId, AssetRegistry, loadRegistry } from "@/services/market/mod.ts";
import { cashIdOf } from "@/services/portfolio/cash.ts";
import { type LotBook, type LotRow, matchLots } from "@/services/portfolio/lots.ts";
import { returnOnAverageInvestment } from "@/services/portfolio/performance/average_investment.ts";
import { bookTotals, lotTotals } from "@/services/portfolio/performance/book_totals.ts";
import { gridOfInstants } from "@/services/portfolio/performance/grid.ts";
import { portfolioHistory } from "@/services/portfolio/performance/history.ts";
import {
  measurePortfolio,
  type PortfolioPerformance,
} from "@/services/portfolio/performance/measure.ts";
import { BASE_CURRENCIES, LOT_METHODS, type LotRule } from "@/services/portfolio/portfolio.ts";
import { readText, REGISTRY_FILE } from "./assets_files.ts";
import { choiceOf, counted, runAsProcess, type Script, UsageError } from "./cli.ts";
import { type LedgerFile, readLedgerFile, type ReportProblem } from "./ledger_file.ts";
import { lotBookJson } from "./lots_json.ts";
import { PriceFile, readPriceFile } from "./price_file.ts";
import { convertRows, CurrencyPrices } from "./report_currency.ts";

const SCOPES = { wallet: "account", account: "account", universal: "universal" } as const;

const FLAGS = {
  csv: { type: "string" },
  format: { type: "string" },
  account: { type: "string" },
  method: { type: "string" },
  scope: { type: "string" },
  prices: { type: "string" },
  currency: { type: "string" },
  asof: { type: "string" },
} as const;

/** Reports lots, gains and returns of a file of transactions, without a server or a database. */
export const PORTFOLIO_REPORT = {
  name: "portfolio:report",
  usage: `--csv FILE [--method fifo] [--scope wallet] [--prices FILE] [--json]

Reports open lots, disposals, income, fees and returns of a file of transactions; keeps nothing and
asks nobody.

  --csv FILE      Transactions CSV v1.1, or an export of Binance, Coinbase, Kraken, Koinly or
                  ghostfolio, told by its header; plain or gzip
  --format F      v1.1 or the exporter; told by the header otherwise
  --account NAME  the account of rows that name none
  --method M      fifo (default), lifo, hifo, lofo, acb or specid
  --scope S       wallet (default): lots per account; universal: one pool of all accounts
  --prices FILE   CSV timestamp,asset_id,price_usd: values what is held, and rows without a price
  --currency C    ${BASE_CURRENCIES.join(", ")}; other than USD it needs prices of the currency
                  (asset_id eur, btc …) at the day of each row
  --asof ISO      only what happened by then; the newest row or price otherwise
  --json          print one object: method, scope, currency, lots, disposals, income, fees, summary,
                  problems
  --help          show this text

Returns count the money of a purchase as a deposit and that of a sale as a withdrawal, as no row
holds cash; at one instant they are set off. ROI is gain / money put in; "on average" is gain / cost
of open lots over the time that any was open. At each row, and at each
price, what is held is valued at the prices of that UTC day; where one is missing, nothing is
filled in.`,
  flags: FLAGS,
  async main({ flags, report }) {
    if (flags.csv === undefined) throw new UsageError("Expected --csv FILE");
    const rule = readRule(flags);
    const currency = readCurrency(flags.currency);
    const asked = readAsof(flags.asof);
    const names = new AssetRegistry(loadRegistry(await readText(REGISTRY_FILE)));
    const ledger = await readLedgerFile(flags.csv, {
      names,
      now: asked ?? LATEST,
      format: flags.format,
      account: flags.account,
    });
    const prices = flags.prices === undefined
      ? new PriceFile()
      : await readPriceFile(flags.prices, assetFinder(names));
    const outcome = reportOf(ledger, { rule, currency, asked, prices });
    report(outcome, toText(outcome));
  },
} as const satisfies Script<typeof FLAGS>;

/** Nothing in a file is refused for lying ahead, as no clock is asked. */
const LATEST = utcMsOf(Date.UTC(2200, 0, 1));

interface ReportOptions {
  readonly rule: LotRule;
  readonly currency: AssetId;
  readonly asked: UtcMs | null;
  readonly prices: PriceFile;
}

function reportOf(ledger: LedgerFile, { rule, currency, asked, prices: file }: ReportOptions) {
  const asof = asked ?? newestOf(ledger, file);
  const prices = new CurrencyPrices(file, currency);
  const past = ledger.rows.filter(({ at }) => asof !== null && at <= asof);
  const { rows, problems: unconverted } = convertRows(past, prices);
  const book = matchLots(rows, {
    ...{ rule, moneyId: currency },
    priceOf: (assetId, at) => prices.ofDay(assetId, at),
  });
  const measured = asof === null ? null : measure(rows, { rule, prices, asof, moneyId: currency });
  const valued = valueOf(book, { prices, asof });
  const names = new Map(ledger.rows.map(({ id }) => [id, id]));
  const { problems, realized, ...lots } = lotBookJson(book, { names, lines: ledger.lines });
  return {
    method: rule.method,
    scope: rule.pools === "account" ? "wallet" : "universal",
    currency: prices.code,
    asof: asof === null ? null : formatUtcMs(asof),
    format: ledger.format,
    ...lots,
    realized,
    summary: { ...valued.summary, ...returnsJson(measured) },
    problems: [
      ...ledger.problems,
      ...unconverted.map(({ rowId, ...problem }) => ({
        line: ledger.lines.get(rowId) ?? null,
        ...problem,
      })),
      ...problems,
      ...valued.problems,
    ],
  };
}

/** The newest instant of the files; `null` where both are empty. */
function newestOf({ rows }: LedgerFile, prices: PriceFile): UtcMs | null {
  let newest: UtcMs | null = null;
  for (const { at } of rows) if (newest === null || at > newest) newest = at;
  for (const at of prices.instants()) if (newest === null || at > newest) newest = at;
  return newest;
}

interface Valuation {
  readonly prices: CurrencyPrices;
  readonly asof: UtcMs | null;
}

function valueOf(book: LotBook, { prices, asof }: Valuation) {
  const priceOf = (assetId: AssetId) => asof === null ? null : prices.latest(assetId, asof);
  const totals = bookTotals(book);
  // What left and arrived nowhere was taken out, as the flows of the returns have it.
  const open = book.lots.filter(({ isInTransit }) => !isInTransit);
  const lots = lotTotals(open, (assetId) => priceOf(assetId)?.price ?? null);
  const held = new Set(open.map(({ assetId }) => assetId));
  const problems = [...held].sort().flatMap((assetId): readonly ReportProblem[] => {
    const price = priceOf(assetId);
    if (price === null) {
      const message = `${assetId} has no price: it is left out of value and unrealized`;
      return [{ line: null, code: "UNPRICED", message }];
    }
    if (asof !== null && !price.isStale) return [];
    const message = `${assetId} is valued at its price of ${formatUtcMs(price.at)}`;
    return [{ line: null, code: "PRICE_STALE", message }];
  });
  const summary = {
    realized: totals.realized.sum,
    unrealized: lots.unrealized?.toString() ?? null,
    cost: lots.cost?.toString() ?? null,
    value: lots.value?.toString() ?? null,
    income: totals.income.sum,
    fees: totals.fees.sum,
    ...averageInvestmentOf(book, { asof, unrealized: lots.unrealized?.toNumber() ?? null }),
  };
  return { summary, problems };
}

/** The gain on what was invested on average; without a value there is no gain to tell. */
function averageInvestmentOf(
  book: LotBook,
  { asof, unrealized }: { readonly asof: UtcMs | null; readonly unrealized: number | null },
) {
  const { averageInvestment, return: gain } = asof === null || unrealized === null
    ? { averageInvestment: null, return: null }
    : returnOnAverageInvestment(book, { asof, unrealized });
  return { average_investment: averageInvestment, return_on_average_investment: gain };
}

/** Measures between the instants of rows and prices, up to the report's own instant. */
function measure(
  rows: readonly LotRow[],
  { rule, prices, asof, moneyId }: Valuation & {
    readonly rule: LotRule;
    readonly asof: UtcMs;
    readonly moneyId: AssetId;
  },
): PortfolioPerformance | null {
  const instants = rows.map(({ at }) => at);
  const first = instants.reduce((earliest, at) => Math.min(earliest, at), Infinity);
  if (first === Infinity) return null;
  // A row counts from its instant on: what happens at the last one is in the bucket after it.
  const end = utcMsOf(instants.includes(asof) ? asof + 1 : asof);
  const between = prices.instants().filter((at) => at > first && at < end);
  const grid = gridOfInstants(utcMsOf(first - 1), [...instants, ...between, end]);
  const history = portfolioHistory(rows, {
    grid,
    pools: rule.pools,
    moneyId,
    maxGap: Infinity,
    cashPriceUsd: (cashId, at) => Number(prices.ofDay(cashId, at) ?? NaN) || null,
    closesOf(assetId) {
      const closes = prices.columnOf(assetId, grid.ends);
      closes[closes.length - 1] = prices.latest(assetId, asof)?.price.toNumber() ?? NaN;
      return closes;
    },
  });
  return measurePortfolio(history);
}

function returnsJson(measured: PortfolioPerformance | null) {
  return {
    twr: measured?.twr ?? null,
    xirr: measured?.xirr ?? null,
    modified_dietz: measured?.modifiedDietz ?? null,
    roi: measured?.roi ?? null,
    max_drawdown: measured?.risk.maxDrawdown ?? null,
    gain: measured?.gain ?? null,
    deposited: measured?.deposited ?? null,
    withdrawn: measured?.withdrawn ?? null,
    unvalued_fees: measured?.unvaluedFees.reduce((sum, { count }) => sum + count, 0) ?? null,
    contributions: (measured?.contributions ?? []).map(({ assetId, gain, toReturn }) => ({
      asset_id: assetId,
      gain,
      to_return: toReturn,
    })),
    convention: "purchases count as deposits and sales as withdrawals, set off at one instant",
  };
}

function readRule({ method = "fifo", scope = "wallet" }: {
  readonly method?: string | undefined;
  readonly scope?: string | undefined;
}): LotRule {
  const chosen = choiceOf(method.toLowerCase(), { flag: "--method", names: LOT_METHODS });
  if (!Object.hasOwn(SCOPES, scope)) {
    throw new UsageError(`--scope "${scope}": expected wallet or universal`);
  }
  return { method: chosen, pools: SCOPES[scope as keyof typeof SCOPES] };
}

/** The asset whose prices convert: `usd`, other money, or a coin. */
function readCurrency(text = "USD"): AssetId {
  const currency = choiceOf(text.toUpperCase(), { flag: "--currency", names: BASE_CURRENCIES });
  if (currency === "BTC") return "bitcoin" as AssetId;
  if (currency === "ETH") return "ethereum" as AssetId;
  return cashIdOf(currency) ?? currency.toLowerCase() as AssetId;
}

function readAsof(text: string | undefined): UtcMs | null {
  if (text === undefined) return null;
  const at = parseUtcMs(text);
  if (at === null) throw new UsageError(`--asof "${text}": expected ISO 8601`);
  return at;
}

/** Ids of names in a file of prices; money, and what the registry does not know, keep their own. */
function assetFinder(names: AssetRegistry): (name: string) => AssetId {
  const known = new Map<string, AssetId>();
  return (name) => {
    const found = known.get(name) ?? cashIdOf(name) ?? registeredId(names, name) ??
      (name.toLowerCase() as AssetId);
    known.set(name, found);
    return found;
  };
}

function registeredId(names: AssetRegistry, name: string): AssetId | null {
  try {
    return names.resolve(name, { pairs: false }).id;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function toText({ summary, problems, lots, disposals, currency, ...rest }: Report): string {
  const percent = (value: number | null) =>
    value === null ? "n/a" : `${new Decimal(value).times(100).toFixed(2)} %`;
  const money = (value: string | null) => value === null ? "n/a" : `${value} ${currency}`;
  return [
    `${rest.method.toUpperCase()}, ${rest.scope}, as of ${rest.asof ?? "never"}`,
    `${counted(lots.length, "open lot")}, ${counted(disposals.length, "disposal")}`,
    `Value        ${money(summary.value)}`,
    `Cost         ${money(summary.cost)}`,
    `Unrealized   ${money(summary.unrealized)}`,
    `Realized     ${money(summary.realized)}`,
    `Income       ${money(summary.income)}`,
    `Fees         ${money(summary.fees)}`,
    `TWR          ${percent(summary.twr)}`,
    `XIRR         ${percent(summary.xirr)}`,
    `ROI          ${percent(summary.roi)}`,
    `On average   ${percent(summary.return_on_average_investment)} of ` +
    (summary.average_investment === null
      ? "n/a"
      : `${summary.average_investment.toFixed(2)} ${currency} invested`),
    `Max drawdown ${percent(summary.max_drawdown)}`,
    ...problems.map(({ line, message }) => line === null ? message : `line ${line}: ${message}`),
  ].join("\n");
}

type Report = ReturnType<typeof reportOf>;

if (import.meta.main) await runAsProcess(PORTFOLIO_REPORT);
