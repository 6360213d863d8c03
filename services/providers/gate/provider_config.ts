import { z } from "zod";
import { StartupError } from "../../kernel/errors.ts";
import { BUDGET_WINDOWS, type BudgetLimit, defaultBurst } from "./budget.ts";

/** How an outside source is reached and what it allows. */
export interface ProviderConfig {
  readonly name: string;
  readonly label: string;
  /** The lower, the sooner it is asked where several know the same. */
  readonly priority: number;
  /** Base addresses in the order to try them, without a trailing slash. */
  readonly restUrls: readonly string[];
  readonly streamUrls: readonly string[];
  /** The setting that its key stands in, where nothing calls it without; `null` where it needs none. */
  readonly keySetting: string | null;
  /** Path below the base address that costs little and says whether the source works. */
  readonly probePath: string;
  readonly budgets: readonly BudgetLimit[];
  /** Where the source states its limits. */
  readonly limitsSource: string;
  /** Calls under way at once. */
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** Largest answer. */
  readonly maxBytes: number;
}

/** Addresses by provider that stand in for the registry's. */
export interface UrlOverrides {
  readonly restUrls?: Readonly<Partial<Record<string, readonly string[]>>>;
  readonly streamUrls?: Readonly<Partial<Record<string, readonly string[]>>>;
}

function urlOf(protocol: RegExp, expected: string) {
  return z.string().refine(
    (text) => {
      const url = URL.parse(text);
      return url !== null && protocol.test(url.protocol) && !url.search && !url.hash;
    },
    `expected an address with ${expected}, without query`,
  ).transform((text) => text.replace(/\/+$/, ""));
}

const RestUrl = urlOf(/^https?:$/, "http(s)");
const StreamUrl = urlOf(/^wss?:$/, "ws(s)");

const Budget = z.strictObject({
  window: z.enum(BUDGET_WINDOWS),
  limit: z.number().int().positive(),
  burst: z.number().min(1).optional(),
}).refine(({ limit, burst }) => burst === undefined || burst <= limit, "expected burst <= limit")
  .transform(({ window, limit, burst }): BudgetLimit => ({
    window,
    limit,
    burst: burst ?? defaultBurst(window, limit),
  }));

const NetworkProvider = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, "expected a name such as binance"),
  label: z.string().min(1),
  network: z.literal(true),
  key_setting: z.string().regex(/^[A-Z][A-Z_]+$/, "expected a setting").nullable().default(null),
  priority: z.number().int(),
  rest_urls: z.array(RestUrl).min(1),
  stream_urls: z.array(StreamUrl),
  probe_path: z.string().startsWith("/"),
  budgets: z.array(Budget).min(1).refine(
    (budgets) => new Set(budgets.map(({ window }) => window)).size === budgets.length,
    "expected each window once",
  ),
  limits_source: RestUrl,
  concurrency: z.number().int().positive(),
  timeout_ms: z.number().int().positive(),
  max_bytes: z.number().int().positive(),
});

const LocalProvider = z.object({ network: z.literal(false) });
const Registry = z.object({
  providers: z.array(z.discriminatedUnion("network", [NetworkProvider, LocalProvider])),
});

/**
 * The sources of `registry/providers.json` that are reached over the network, by priority.
 * Addresses in `overrides` stand in for the registry's. Throws `StartupError` that names every
 * problem.
 */
export function loadProviders(
  text: string,
  { restUrls = {}, streamUrls = {} }: UrlOverrides = {},
): readonly ProviderConfig[] {
  const parsed = Registry.safeParse(readJson(text));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) =>
      `${path.join(".")}: ${message}`
    );
    throw new StartupError(`Cannot read registry/providers.json: ${problems.join("; ")}`);
  }
  return parsed.data.providers.flatMap((row): readonly ProviderConfig[] =>
    row.network
      ? [{
        name: row.name,
        label: row.label,
        priority: row.priority,
        restUrls: (restUrls[row.name] ?? row.rest_urls).map((url) => url.replace(/\/+$/, "")),
        streamUrls: streamUrls[row.name] ?? row.stream_urls,
        keySetting: row.key_setting,
        probePath: row.probe_path,
        budgets: row.budgets,
        limitsSource: row.limits_source,
        concurrency: row.concurrency,
        timeoutMs: row.timeout_ms,
        maxBytes: row.max_bytes,
      }]
      : []
  ).sort((a, b) => a.priority - b.priority);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartupError("Cannot read registry/providers.json: expected JSON", { cause: error });
  }
}
