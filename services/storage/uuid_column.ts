import { type Uuid, uuidFromBytes, uuidToBytes } from "../kernel/ids.ts";

/** What a uuid column holds: 16 bytes in SQLite, PostgreSQL's own hyphenated form there. */
export type UuidValue = Uint8Array | string;

/** The value to store an id as. */
export function toUuidColumn(id: Uuid, dialect: "sqlite" | "postgres"): UuidValue {
  return dialect === "sqlite" ? uuidToBytes(id) : id;
}

/** The id of a stored value. */
export function fromUuidColumn(value: UuidValue): Uuid {
  return typeof value === "string" ? value as Uuid : uuidFromBytes(value);
}
