import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { type CandleColumns, emptyColumns } from "../market/candle.ts";
import {
  type CandleRows,
  type CandleRowsQuery,
  type CandleRowsToWrite,
  type CandleRowsWriter,
  readPages,
  VALUE_COLUMNS,
  valueArrays,
} from "./candle_rows.ts";
import { Breather } from "./breather.ts";

/** Rows of one read; about 2 ms, so that a rest comes in time. */
const PAGE_ROWS = 4_096;
/** Likewise where only closes are read. */
const CLOSE_PAGE_ROWS = 8_192;
/**
 * Rows of one statement; more win nothing. Placeholders are plain question marks, as node:sqlite
 * looks numbered ones up by name, one after the other.
 */
const INSERT_ROWS = 50;
const COLUMNS = `open_time, ${VALUE_COLUMNS.join(", ")}, state`;
const CLOSE_COLUMNS = "open_time, close, state";

/** Has what the runtime's types do not tell of. */
interface ArrayStatement extends StatementSync {
  /** Rows come as arrays instead of objects. */
  setReturnArrays(isEnabled: boolean): void;
}

/**
 * Candles of one `node:sqlite` connection. Rows come as arrays: as objects they take twice as long.
 */
export class SqliteCandleRows implements CandleRows {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  async read(query: CandleRowsQuery): Promise<CandleColumns> {
    const { seriesId, order, only } = query;
    const [columns, pageRows] = only === "close"
      ? [CLOSE_COLUMNS, CLOSE_PAGE_ROWS]
      : [COLUMNS, PAGE_ROWS];
    const statement = this.#prepare(
      `select ${columns} from candles where series_id = ? and open_time >= ? and open_time < ?
       order by open_time ${order === "last" ? "desc" : "asc"} limit ?`,
    );
    return await readPages(query, {
      pageRows,
      readPage({ from, to, limit }) {
        const rows: unknown = statement.all(seriesId, from, to, limit);
        return only === "close"
          ? closesOf(rows as readonly CloseRow[])
          : candlesOf(rows as readonly CandleRow[]);
      },
    });
  }

  /** A statement of the few that there are: to prepare one takes as long as to read 100 closes. */
  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#connection.prepare(sql) as ArrayStatement;
    statement.setReturnArrays(true);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** What the columns of a row hold, in their order. */
type CloseRow = readonly [openTime: number, close: number, state: number];
type Value = number | null;
type CandleRow = readonly [
  ...[openTime: number, open: Value, high: Value, low: Value, close: number],
  ...[volume: Value, volumeUsd: Value, marketCapUsd: Value, state: number],
];

function closesOf(rows: readonly CloseRow[]): CandleColumns {
  const columns = emptyColumns(rows.length);
  const { openTime, close, state } = columns;
  for (const [index, row] of rows.entries()) {
    openTime[index] = row[0];
    close[index] = row[1];
    state[index] = row[2];
  }
  return columns;
}

function candlesOf(rows: readonly CandleRow[]): CandleColumns {
  const columns = emptyColumns(rows.length);
  const { openTime, open, high, low, close, volume, volumeUsd, marketCapUsd, state } = columns;
  for (const [index, row] of rows.entries()) {
    openTime[index] = row[0];
    open[index] = row[1] ?? NaN;
    high[index] = row[2] ?? NaN;
    low[index] = row[3] ?? NaN;
    close[index] = row[4];
    volume[index] = row[5] ?? NaN;
    volumeUsd[index] = row[6] ?? NaN;
    marketCapUsd[index] = row[7] ?? NaN;
    state[index] = row[8];
  }
  return columns;
}

/** The same with prepared writes, for the connection that holds the write transaction. */
export class SqliteCandleRowsWriter extends SqliteCandleRows implements CandleRowsWriter {
  readonly #connection: DatabaseSync;

  constructor(connection: DatabaseSync) {
    super(connection);
    this.#connection = connection;
  }

  async insert(write: CandleRowsToWrite): Promise<void> {
    const breather = new Breather();
    const whole = write.rows.length - write.rows.length % INSERT_ROWS;
    const batch = this.#connection.prepare(insertSql(INSERT_ROWS));
    const values: SQLInputValue[] = [];
    for (let start = 0; start < whole; start += INSERT_ROWS) {
      bindRows(values, write, { start, end: start + INSERT_ROWS });
      batch.run(...values);
      await breather.restIfDue();
    }
    if (whole === write.rows.length) return;
    bindRows(values, write, { start: whole, end: write.rows.length });
    this.#connection.prepare(insertSql(write.rows.length - whole)).run(...values);
  }

  async replace(write: CandleRowsToWrite): Promise<void> {
    await this.#update(write, { isRevision: false });
  }

  async revise(write: CandleRowsToWrite): Promise<void> {
    await this.#update(write, { isRevision: true });
  }

  async #update(
    { seriesId, candles, rows, at }: CandleRowsToWrite,
    { isRevision }: { isRevision: boolean },
  ): Promise<void> {
    const breather = new Breather();
    const keep = this.#connection.prepare(
      `insert into candle_revisions (series_id, ${COLUMNS}, revision, ingested_at, replaced_at)
       select series_id, ${COLUMNS}, revision, ingested_at, ? from candles
       where series_id = ? and open_time = ?`,
    );
    const update = this.#connection.prepare(
      `update candles set ${VALUE_COLUMNS.map((name) => `${name} = ?`).join(", ")}, state = ?,
       ingested_at = ?, revision = revision + ${isRevision ? 1 : 0}
       where series_id = ? and open_time = ?`,
    );
    const arrays = valueArrays(candles);
    for (const row of rows) {
      const key = [seriesId, candles.openTime[row] ?? NaN];
      const values = arrays.map((column) => column[row] ?? NaN);
      if (isRevision) keep.run(at, ...key);
      update.run(...values, candles.state[row] ?? NaN, at, ...key);
      await breather.restIfDue();
    }
  }
}

function insertSql(rows: number): string {
  const row = `(?, ?, ${VALUE_COLUMNS.map(() => "?").join(", ")}, ?, ?, 0)`;
  return `insert into candles (series_id, ${COLUMNS}, ingested_at, revision) values ${
    new Array(rows).fill(row).join(", ")
  }`;
}

/** Lays the rows out in the order of the placeholders. SQLite stores NaN as null. */
function bindRows(
  values: SQLInputValue[],
  { seriesId, candles, rows, at }: CandleRowsToWrite,
  { start, end }: { start: number; end: number },
): void {
  const { openTime, open, high, low, close, volume, volumeUsd, marketCapUsd, state } = candles;
  let next = 0;
  for (let index = start; index < end; index++) {
    const row = rows[index] ?? 0;
    values[next++] = seriesId;
    values[next++] = openTime[row] ?? NaN;
    values[next++] = open[row] ?? NaN;
    values[next++] = high[row] ?? NaN;
    values[next++] = low[row] ?? NaN;
    values[next++] = close[row] ?? NaN;
    values[next++] = volume[row] ?? NaN;
    values[next++] = volumeUsd[row] ?? NaN;
    values[next++] = marketCapUsd[row] ?? NaN;
    values[next++] = state[row] ?? NaN;
    values[next++] = at;
  }
  values.length = next;
}
