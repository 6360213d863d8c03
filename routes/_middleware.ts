import { HttpError } from "fresh";
import { AppError } from "../services/kernel/errors.ts";
import { define, statusOf } from "./page_state.ts";

/** Tells every page how the data stands, for the badges of the shell. */
const readStatus = define.middleware(async (ctx) => {
  ctx.state.status = statusOf(await ctx.state.market.getOverview());
  return await ctx.next();
});

/** A name that means nothing, or several things, is a page that is not there. */
const answerUnknownNames = define.middleware(async (ctx) => {
  try {
    return await ctx.next();
  } catch (error) {
    const isUnknown = error instanceof AppError &&
      (error.code === "RESOURCE_NOT_FOUND" || error.code === "CONFLICT");
    if (isUnknown) throw new HttpError(404, error.message, { cause: error });
    throw error;
  }
});

export default [readStatus, answerUnknownNames];
