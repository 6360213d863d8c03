/** The text of the settings file, by default in the working folder, or `null` without one. */
export async function readEnvText(path = ".env"): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
