import type { Kysely } from "kysely";

interface Owned {
  readonly portfolios: { readonly owner_id: string };
  readonly watchlists: { readonly owner_id: string };
}

/**
 * Who uses an installation without signing in was once "owner" and is "local": what was made under
 * the former name is theirs, and nobody else could ever reach it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const owned = db as Kysely<Owned>;
  for (const table of ["portfolios", "watchlists"] as const) {
    await owned.updateTable(table).set({ owner_id: "local" }).where("owner_id", "=", "owner")
      .execute();
  }
}
