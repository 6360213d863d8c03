import type { JsonValue } from "../../ports/jobs.ts";
import type { Clock } from "../../ports/mod.ts";
import type { ProviderRecord, ProviderStateStore } from "../../ports/provider_records.ts";
import type { Database } from "../database.ts";

/** What is kept of providers, in either database. */
export class SqlProviderStateStore implements ProviderStateStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async list(): Promise<readonly ProviderRecord[]> {
    const rows = await this.#database.read.selectFrom("provider_state")
      .select(["provider", "budgets", "control"]).orderBy("provider").execute();
    return rows.map(({ provider, budgets, control }) => ({
      provider,
      budgets: readJson(budgets),
      control: readJson(control),
    }));
  }

  async saveBudgets(provider: string, budgets: JsonValue): Promise<void> {
    await this.#save(provider, { budgets: JSON.stringify(budgets) });
  }

  async saveControl(provider: string, control: JsonValue): Promise<void> {
    await this.#save(provider, { control: JSON.stringify(control) });
  }

  #save(
    provider: string,
    change: { readonly budgets: string } | { readonly control: string },
  ): Promise<void> {
    const values = { ...change, updated_at: this.#clock.now() };
    return this.#database.transaction(async ({ db }) => {
      await db.insertInto("provider_state").values({ provider, ...values })
        .onConflict((conflict) => conflict.column("provider").doUpdateSet(values))
        .execute();
    });
  }
}

function readJson(text: string | null): JsonValue {
  return text === null ? null : JSON.parse(text);
}
