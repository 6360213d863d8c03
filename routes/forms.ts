import { HttpError } from "fresh";
import { AppError } from "../services/kernel/errors.ts";
import { textFault } from "../services/kernel/text_fault.ts";
import { checkSameSite } from "./(_api)/middleware/same_site.ts";
import { asHttpError } from "./refusals.ts";

/** Fields of a page's own form are short; files have their own way. */
const MAX_FORM_BYTES = 64 * 1024;

/** What a page of ours posted. Throws a page for what comes from elsewhere, or is too long. */
export async function readForm(request: Request): Promise<FormData> {
  try {
    checkSameSite(request);
  } catch (error) {
    throw asHttpError(error);
  }
  if (Number(request.headers.get("content-length") ?? Infinity) > MAX_FORM_BYTES) {
    throw new HttpError(413, "Cannot read the form: it is too long");
  }
  return await readFields(request, "expected fields");
}

/** The fields of a form, all of whose texts can be kept. Throws a page that says what is `wanted`. */
export async function readFields(request: Request, wanted: string): Promise<FormData> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch (cause) {
    throw new HttpError(400, `Cannot read the form: ${wanted}`, { cause });
  }
  for (const [name, value] of form) {
    const fault = textFault(typeof value === "string" ? value : value.name);
    if (fault !== null) throw new HttpError(400, `Cannot read the form: ${name} ${fault}`);
  }
  return form;
}

/** A field as text without blanks around it; empty where it is absent or a file. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** Leads on after a form was accepted, so that reloading the next page sends nothing again. */
export function seeOther(href: string): Response {
  return new Response(null, { status: 303, headers: { location: href } });
}

/** Why a form was refused, in words; other errors are thrown on, as pages of their own. */
export function refusalOf(error: unknown): AppError {
  const isShown = error instanceof AppError && error.code !== "RESOURCE_NOT_FOUND";
  if (isShown) return error;
  throw asHttpError(error);
}
