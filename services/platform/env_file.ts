/** The text of `.env` in the working folder, or `null` where there is none. */
export async function readEnvText(): Promise<string | null> {
  try {
    return await Deno.readTextFile(".env");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
