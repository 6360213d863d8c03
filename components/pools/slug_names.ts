/** A chain or protocol as people write it: `aave-v3` is `Aave v3`, `bnb-chain` is `Bnb chain`. */
export function slugName(slug: string): string {
  const words = slug.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
