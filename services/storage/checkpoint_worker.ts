import { DatabaseSync } from "node:sqlite";

/** Copies the write-ahead log of the file it is sent into the file, beside whoever writes. */
self.onmessage = ({ data: path }: MessageEvent<string>) => {
  const connection = new DatabaseSync(path);
  try {
    connection.exec("pragma synchronous = normal");
    connection.prepare("pragma wal_checkpoint(passive)").get();
    self.postMessage("done");
  } finally {
    connection.close();
  }
};
