import { type Kysely, sql, type Transaction } from "kysely";
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
import type { Schema } from "./sql/schema.ts";

/** Rows of one answer: 1 MB, decoded in some 2 ms. */
const PAGE_ROWS = 16_384;
/** Rows of one statement. */
const WRITE_ROWS = 8_192;
/** Eight bytes each for the time and the values, two for the state. */
const ROW_BYTES = 8 * (1 + VALUE_COLUMNS.length) + 2;

const COLUMNS = sql.raw(`open_time, ${VALUE_COLUMNS.join(", ")}, state`);
const PACKED = sql.raw([
  "int8send(open_time)",
  ...VALUE_COLUMNS.map((name) => `float8send(coalesce(${name}, 'NaN'))`),
  "int2send(state)",
].join(" || "));

/** Candles of a PostgreSQL database, sent as bytes: reading rows as objects takes thrice as long. */
export class PostgresCandleRows implements CandleRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async read(query: CandleRowsQuery): Promise<CandleColumns> {
    const { seriesId, order } = query;
    const direction = sql.raw(order === "last" ? "desc" : "asc");
    return await readPages(query, {
      pageRows: PAGE_ROWS,
      readPage: async ({ from, to, limit }) => {
        const { rows } = await sql<{ packed: Uint8Array | null }>`
          select string_agg(${PACKED}, ''::bytea order by open_time ${direction}) as packed from (
            select ${COLUMNS} from candles
            where series_id = ${seriesId} and open_time >= ${from} and open_time < ${to}
            order by open_time ${direction} limit ${limit}
          ) as page`.execute(this.#db);
        return unpack(rows[0]?.packed ?? new Uint8Array());
      },
    });
  }
}

function unpack(packed: Uint8Array): CandleColumns {
  const page = emptyColumns(packed.length / ROW_BYTES);
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const values = valueArrays(page);
  let at = 0;
  for (let row = 0; row < page.length; row++) {
    // The two halves of the whole number, which is below 2^53.
    page.openTime[row] = view.getInt32(at) * 2 ** 32 + view.getUint32(at + 4);
    at += 8;
    for (const column of values) {
      column[row] = view.getFloat64(at);
      at += 8;
    }
    page.state[row] = view.getInt16(at);
    at += 2;
  }
  return page;
}

/** The same with writes, inside a transaction. */
export class PostgresCandleRowsWriter extends PostgresCandleRows implements CandleRowsWriter {
  readonly #db: Transaction<Schema>;

  constructor(db: Transaction<Schema>) {
    super(db);
    this.#db = db;
  }

  async insert(write: CandleRowsToWrite): Promise<void> {
    await this.#eachPart(write, async ({ seriesId, at, given }) => {
      await sql`insert into candles (series_id, ${COLUMNS}, ingested_at, revision)
        select ${seriesId}::integer, ${COLUMNS}, ${at}::bigint, 0 from ${given}`.execute(this.#db);
    });
  }

  async replace(write: CandleRowsToWrite): Promise<void> {
    await this.#eachPart(write, (part) => this.#update({ ...part, revisionStep: 0 }));
  }

  async revise(write: CandleRowsToWrite): Promise<void> {
    const kept = sql.raw(
      ["series_id", "open_time", ...VALUE_COLUMNS, "state", "revision", "ingested_at"]
        .map((name) => `candles.${name}`).join(", "),
    );
    await this.#eachPart(write, async (part) => {
      await sql`
        insert into candle_revisions (series_id, ${COLUMNS}, revision, ingested_at, replaced_at)
        select ${kept}, ${part.at}::bigint from candles, ${part.given} where ${isGiven(part)}`
        .execute(this.#db);
      await this.#update({ ...part, revisionStep: 1 });
    });
  }

  async #update(part: Part & { revisionStep: 0 | 1 }): Promise<void> {
    const changes = sql.raw(
      [...VALUE_COLUMNS, "state"].map((name) => `${name} = given.${name}`).join(", "),
    );
    await sql`update candles set ${changes}, ingested_at = ${part.at}::bigint,
        revision = revision + ${sql.lit(part.revisionStep)}
      from ${part.given} where ${isGiven(part)}`.execute(this.#db);
  }

  /** Statement by statement. Whole columns travel as array texts, which the server reads fastest. */
  async #eachPart(
    { seriesId, candles, rows, at }: CandleRowsToWrite,
    run: (part: Part) => Promise<void>,
  ): Promise<void> {
    for (let start = 0; start < rows.length; start += WRITE_ROWS) {
      const part = rows.subarray(start, start + WRITE_ROWS);
      const openTimes = arrayText(candles.openTime, part);
      const values = valueArrays(candles).map((column) =>
        sql`${arrayText(column, part)}::text::double precision[]`
      );
      const given = sql`unnest(${openTimes}::text::bigint[], ${sql.join(values)},
        ${arrayText(candles.state, part)}::text::smallint[]) as given (${COLUMNS})`;
      const from = candles.openTime[part[0] ?? 0] ?? NaN;
      const to = candles.openTime[part.at(-1) ?? 0] ?? NaN;
      await run({ seriesId, at, from, to, given });
    }
  }
}

interface Part {
  readonly seriesId: number;
  readonly at: number;
  /** The first and the last bucket. */
  readonly from: number;
  readonly to: number;
  /** The rows as a table named `given`. */
  readonly given: ReturnType<typeof sql>;
}

/** The stored rows of a part. Without the range the planner may read the whole series each time. */
function isGiven({ seriesId, from, to }: Part) {
  return sql`candles.series_id = ${seriesId} and candles.open_time = given.open_time
    and candles.open_time between ${from} and ${to}`;
}

/** PostgreSQL's text of an array; a missing value is null. */
function arrayText(column: Float64Array | Uint8Array, rows: Uint32Array): string {
  const texts = new Array<string>(rows.length);
  for (let at = 0; at < rows.length; at++) {
    const value = column[rows[at] ?? 0] ?? NaN;
    texts[at] = Number.isNaN(value) ? "null" : String(value);
  }
  return `{${texts.join(",")}}`;
}
