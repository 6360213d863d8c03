import { HttpError } from "fresh";
import { AppError } from "../services/kernel/errors.ts";
import { statusOfCode } from "./(_api)/errors.ts";

/**
 * The error to throw instead: a refusal becomes the `HttpError` that has a page of its own, where a
 * name that means several things is a missing page, which lists them. Others stay what they are.
 */
export function asHttpError(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const status = error.code === "CONFLICT" ? 404 : statusOfCode(error.code);
  return new HttpError(status, error.message, { cause: error });
}
