import { DatabaseSync } from "node:sqlite";

/** Copies the write-ahead log of a file into the file, beside whoever writes. */
export function checkpoint(path: string): void {
  const connection = new DatabaseSync(path);
  try {
    connection.exec("pragma synchronous = normal");
    connection.prepare("pragma wal_checkpoint(passive)").get();
  } finally {
    connection.close();
  }
}
