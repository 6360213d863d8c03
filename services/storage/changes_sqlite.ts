import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Listeners } from "../kernel/listeners.ts";
import type { RefreshableFeed } from "./database.ts";

const POLL_EVERY_MS = 250;

/**
 * Changes of a SQLite file, whichever process makes them. SQLite tells a connection for a
 * microsecond whether another one committed; only then the stored versions are read again.
 */
export class SqliteChangeFeed implements RefreshableFeed {
  readonly #fileVersion: StatementSync;
  readonly #storedVersion: StatementSync;
  readonly #listeners = new Listeners(reportError);
  #seenFileVersion = NaN;
  #version = 0;
  #toldVersion = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** The connection should write nothing itself: SQLite does not tell it of its own commits. */
  constructor(connection: DatabaseSync) {
    this.#fileVersion = connection.prepare("pragma data_version");
    this.#storedVersion = connection.prepare(
      "select coalesce(sum(version), 0) as version from data_version",
    );
    this.#toldVersion = this.current();
  }

  current(): number {
    const seen = this.#fileVersion.get()?.data_version as number;
    if (seen !== this.#seenFileVersion) {
      this.#seenFileVersion = seen;
      this.#read();
    }
    return this.#version;
  }

  subscribe(listener: () => void): () => void {
    const remove = this.#listeners.add(listener);
    this.#timer ??= this.#startPolling();
    return () => {
      remove();
      if (this.#listeners.size === 0) this.#stopPolling();
    };
  }

  refresh(): Promise<void> {
    this.#read();
    this.#tell();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#stopPolling();
    this.#listeners.clear();
    return Promise.resolve();
  }

  #read(): void {
    this.#version = this.#storedVersion.get()?.version as number;
  }

  #tell(): void {
    if (this.#version === this.#toldVersion) return;
    this.#toldVersion = this.#version;
    this.#listeners.tell();
  }

  #startPolling(): ReturnType<typeof setInterval> {
    const timer = setInterval(() => {
      this.current();
      this.#tell();
    }, POLL_EVERY_MS);
    // Waiting for changes is no reason for a process to live on.
    Deno.unrefTimer(Number(timer));
    return timer;
  }

  #stopPolling(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
