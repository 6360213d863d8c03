/**
 * Why a text can't be kept to the letter: it holds NUL, which PostgreSQL refuses and SQLite cuts
 * texts at, or half a character, which UTF-8 has no bytes for. `null` of every other text.
 */
export function textFault(text: string): string | null {
  if (text.includes("\0")) return "holds a NUL character";
  return text.isWellFormed() ? null : "holds half a character";
}
