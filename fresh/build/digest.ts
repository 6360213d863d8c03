const DIGEST_CHARACTERS = 16;

/** The start of a SHA-256 digest in hexadecimal: enough to tell builds and files apart. */
export async function digest(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()
    .slice(0, DIGEST_CHARACTERS);
}
