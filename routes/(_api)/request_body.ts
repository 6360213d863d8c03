import { AppError } from "../../services/kernel/errors.ts";
import { textFault } from "../../services/kernel/text_fault.ts";

/** Bytes of a body; controls and forms are far below. */
export const MAX_BODY_BYTES = 64 * 1024;

/** The JSON value of a request's body. Throws `AppError` for any other, and for one too large. */
export async function readJson(request: Request): Promise<unknown> {
  checkMediaType(request, { isRequired: true });
  const bytes = await readBytes(request);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return JSON.parse(text, ESCAPED_FAULT.test(text) ? refuseFaults : undefined);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const message = "Cannot read the body: expected JSON in UTF-8";
    throw new AppError("BAD_REQUEST", message, { cause: error });
  }
}

/** What alone can bring a fault into a text of JSON, as its bytes are UTF-8 already. */
const ESCAPED_FAULT = /\\u(?:0000|d[89a-f])/i;

function refuseFaults(key: string, value: unknown): unknown {
  const name = key || "body";
  const fault = textFault(key) ?? (typeof value === "string" ? textFault(value) : null);
  if (fault === null) return value;
  throw new AppError("VALIDATION_FAILED", `Cannot read ${name}: it ${fault}`, {
    details: { fields: [{ name, message: `It ${fault}` }] },
  });
}

/** Refuses a body that is said to be anything but JSON: forms of other sites are not. */
export function checkMediaType(
  { headers }: Request,
  { isRequired }: { readonly isRequired: boolean },
): void {
  const given = headers.get("content-type");
  if (given === null && !isRequired) return;
  if (given !== null && /^application\/json\s*(;|$)/i.test(given)) return;
  throw new AppError(
    "UNSUPPORTED_MEDIA_TYPE",
    `Cannot read a body of ${given ?? "no type"}: expected application/json`,
  );
}

/**
 * The bytes of a file that is the body of a request, as they come. Throws for a form around it: its
 * parts would have to be taken apart first.
 */
export function openUpload({ headers, body }: Request): AsyncIterable<Uint8Array> {
  const type = headers.get("content-type") ?? "";
  if (/^multipart\//i.test(type)) {
    throw new AppError(
      "UNSUPPORTED_MEDIA_TYPE",
      "Cannot read a form: expected the file itself as the body",
    );
  }
  return readBody(body);
}

/** A body as it comes; one whose sender leaves in its middle is nobody's mistake here. */
async function* readBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  try {
    // Leaving the loop cancels what was not read.
    for await (const chunk of body ?? []) yield chunk;
  } catch (error) {
    throw new AppError("BAD_REQUEST", "Cannot read the body: its sender broke off", {
      cause: error,
    });
  }
}

/** Reads no further than the limit, whatever the request says of its length. */
async function readBytes({ headers, body }: Request): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(headers.get("content-length")) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let sizeBytes = 0;
  for await (const chunk of readBody(body)) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function tooLarge(): AppError {
  return new AppError(
    "PAYLOAD_TOO_LARGE",
    `Cannot read the body: expected at most ${MAX_BODY_BYTES} bytes`,
    { details: { max_bytes: MAX_BODY_BYTES } },
  );
}
