import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import type { CandleColumns } from "../market/candle.ts";
import {
  CandleCollector,
  type CandleRows,
  type CandleRowsQuery,
  type CandleRowsToWrite,
  type CandleRowsWriter,
  VALUE_COLUMNS,
  valueArrays,
} from "./candle_rows.ts";
import { Breather } from "./event_loop.ts";

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

/**
 * Candles of one `node:sqlite` connection. Rows do not come back as objects: SQLite calls
 * `take_candle` for each, which is four times as fast.
 */
export class SqliteCandleRows implements CandleRows {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #take: (...values: SQLOutputValue[]) => void = () => {};

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    connection.function(
      "take_candle",
      { varargs: true, directOnly: true },
      (...values) => {
        this.#take(...values);
        return null;
      },
    );
  }

  async read(
    { seriesId, from, to, limit, order, only }: CandleRowsQuery,
  ): Promise<CandleColumns> {
    const isReversed = order === "last";
    const collector = new CandleCollector();
    const [columns, pageRows] = only === "close"
      ? [CLOSE_COLUMNS, CLOSE_PAGE_ROWS]
      : [COLUMNS, PAGE_ROWS];
    const statement = this.#prepare(
      `select count(take_candle(${columns})) from (
        select ${columns} from candles where series_id = ? and open_time >= ? and open_time < ?
        order by open_time ${isReversed ? "desc" : "asc"} limit ?)`,
    );
    const breather = new Breather();
    let [low, high] = [from, to];
    while (collector.length < limit) {
      const wanted = Math.min(pageRows, limit - collector.length);
      const page = collector.addPage(wanted);
      const taker = only === "close" ? new CloseTaker(page) : new PageTaker(page);
      this.#take = taker.take;
      statement.get(seriesId, low, high, wanted);
      if (taker.length < wanted) {
        collector.trim(wanted - taker.length);
        break;
      }
      const last = page.openTime[wanted - 1] ?? NaN;
      if (isReversed) high = last;
      else low = last + 1;
      await breather.restIfDue();
    }
    return await collector.finish({ isReversed });
  }

  /** A statement of the few that there are: to prepare one takes as long as to read 100 closes. */
  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Writes the closes of one row after the other into a page. */
class CloseTaker {
  length = 0;
  readonly take: (...values: SQLOutputValue[]) => void;

  constructor({ openTime, close, state }: CandleColumns) {
    this.take = (at, c, s) => {
      const row = this.length++;
      openTime[row] = at as number;
      close[row] = c as number;
      state[row] = s as number;
    };
  }
}

/** Writes one row after the other into a page. */
class PageTaker {
  length = 0;
  readonly take: (...values: SQLOutputValue[]) => void;

  constructor(page: CandleColumns) {
    const { openTime, open, high, low, close, volume, volumeUsd, marketCapUsd, state } = page;
    this.take = (at, o, h, l, c, v, vUsd, capUsd, s) => {
      const row = this.length++;
      openTime[row] = at as number;
      open[row] = (o ?? NaN) as number;
      high[row] = (h ?? NaN) as number;
      low[row] = (l ?? NaN) as number;
      close[row] = c as number;
      volume[row] = (v ?? NaN) as number;
      volumeUsd[row] = (vUsd ?? NaN) as number;
      marketCapUsd[row] = (capUsd ?? NaN) as number;
      state[row] = s as number;
    };
  }
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
