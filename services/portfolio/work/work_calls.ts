import { AppError, type ErrorCode, type ErrorDetails, errorMessage } from "../../kernel/errors.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { LogFields, LogLevel } from "../../ports/mod.ts";
import type { LedgerChange, LedgerScope } from "../ports.ts";
import type { RebuildOptions } from "../snapshots/snapshot_rebuild.ts";
import type { PortfolioWork } from "./portfolio_work.ts";

/** What of a rebuild is told before it begins. */
export type RebuildQuery = Omit<RebuildOptions, "signal" | "onProgress">;

type CallName = Exclude<keyof PortfolioWork, "note">;
interface Call<Name extends CallName> {
  readonly name: Name;
  readonly scope: LedgerScope;
  readonly query: Name extends "rebuild" ? RebuildQuery : Parameters<PortfolioWork[Name]>[1];
}

/** A question to the thread. */
export type WorkCall = { readonly [Name in CallName]: Call<Name> }[CallName];

/** What the thread is told; `now` is the time by which it computes. */
export type ToWorker =
  | { readonly kind: "call"; readonly id: number; readonly now: UtcMs; readonly call: WorkCall }
  | { readonly kind: "abort"; readonly id: number }
  | { readonly kind: "note"; readonly scope: LedgerScope; readonly change: LedgerChange }
  | { readonly kind: "close" };

/** What the thread tells. */
export type FromWorker =
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly failure: SentError }
  | {
    readonly kind: "progress";
    readonly id: number;
    readonly done: number;
    readonly total: number;
  }
  /** Snapshots of a portfolio are behind. */
  | { readonly kind: "ask"; readonly scope: LedgerScope }
  | {
    readonly kind: "log";
    readonly level: LogLevel;
    readonly message: string;
    readonly fields: LogFields;
  }
  | { readonly kind: "closed" };

/** An error as it crosses between threads, which keep neither its class nor its code. */
export interface SentError {
  readonly message: string;
  /** Of a refusal. */
  readonly code: ErrorCode | null;
  readonly details: ErrorDetails | undefined;
  readonly stack: string | undefined;
}

export function sentError(error: unknown): SentError {
  return {
    message: errorMessage(error),
    code: error instanceof AppError ? error.code : null,
    details: error instanceof AppError ? error.details : undefined,
    stack: error instanceof Error ? error.stack : undefined,
  };
}

/** The error again: a refusal is one on either side. */
export function receivedError({ message, code, details, stack }: SentError): Error {
  if (code !== null) return new AppError(code, message, { ...details && { details } });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
