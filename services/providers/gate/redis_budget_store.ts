import { z } from "zod";
import { DAY_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { RedisCommands } from "../../ports/redis.ts";
import { bucketOf, type BudgetCount, windowStartOf } from "./budget.ts";
import type { BudgetOwner, BudgetStore, BudgetTake } from "./budget_store.ts";

/** Longer than a month, so that no count is forgotten while it matters. */
const FORGOTTEN_AFTER_MS = 62 * DAY_MS;

/**
 * `spendBudget` as one step inside Redis, on a hash with four fields a window. ARGV: now, cost,
 * part of a bucket that a missing key starts with, time to live, 1 to take what is not there; then
 * four of each window: name, capacity, inflow per ms, start of the calendar's window. Replies with
 * 1 or 0, when to ask again, and what was spent in each window.
 */
const SPEND = `
local now, cost, seed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local isForced = ARGV[5] == '1'
local retryAt, windows = now, {}
for i = 6, #ARGV, 4 do
  local name, capacity, inflow = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local kept = redis.call('HMGET', KEYS[1], name .. ':tokens', name .. ':at', name .. ':spent',
    name .. ':since')
  local isNew = not kept[1]
  local since = isNew and now or tonumber(kept[2])
  local at = math.max(now, since)
  local tokens = isNew and capacity * seed or tonumber(kept[1])
  tokens = math.min(capacity, tokens + (at - since) * inflow)
  local spent = kept[4] == ARGV[i + 3] and tonumber(kept[3]) or 0
  if tokens < cost and not isForced then
    retryAt = math.max(retryAt, at + math.max(1, math.ceil((cost - tokens) / inflow)))
  end
  windows[#windows + 1] = { name, tokens, at, spent, ARGV[i + 3], isNew }
end
local isGranted = retryAt == now
local reply = { isGranted and 1 or 0, retryAt }
for _, window in ipairs(windows) do
  local name, tokens, at, spent, since, isNew = unpack(window)
  if isGranted then
    tokens, spent = tokens - cost, spent + cost
  end
  if isGranted or isNew then
    redis.call('HSET', KEYS[1], name .. ':tokens', string.format('%.17g', tokens),
      name .. ':at', string.format('%.0f', at), name .. ':spent', spent, name .. ':since', since)
  end
  reply[#reply + 1] = spent
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return reply
`;

interface RedisSpend {
  readonly cost: number;
  readonly share: number;
  readonly now: UtcMs;
}

const Reply = z.tuple([z.number(), z.number()], z.number());

/** Budgets that all instances with the same Redis share. Rejects while Redis does not answer. */
export class RedisBudgetStore implements BudgetStore {
  readonly countedBy = "redis";
  readonly #redis: RedisCommands;
  readonly #counts = new Map<string, readonly BudgetCount[]>();

  constructor(redis: RedisCommands) {
    this.#redis = redis;
  }

  take(owner: BudgetOwner, spend: RedisSpend): Promise<BudgetTake> {
    return this.#spend(owner, { ...spend, isForced: false });
  }

  /** Counts what was already spent, even where that leaves a budget in debt. */
  async charge(owner: BudgetOwner, { cost, now }: { cost: number; now: UtcMs }): Promise<void> {
    await this.#spend(owner, { cost, share: 1, now, isForced: true });
  }

  async #spend(
    { provider, limits }: BudgetOwner,
    { cost, share, now, isForced }: RedisSpend & { isForced: boolean },
  ): Promise<BudgetTake> {
    // A key that is missing though this process has seen it was lost: it starts empty, so that
    // what was spent before is not spent again.
    const seed = this.#counts.has(provider) ? 0 : 1;
    const windows = limits.flatMap((limit) => {
      const { capacity, refillPerMs } = bucketOf(limit, { share, cost: isForced ? 1 : cost });
      return [limit.window, capacity, refillPerMs, windowStartOf(limit.window, now)];
    });
    const key = `tokenlysis:budget:${provider}`;
    const values = [now, cost, seed, FORGOTTEN_AFTER_MS, isForced ? 1 : 0, ...windows];
    const reply = await this.#redis.send(["EVAL", SPEND, 1, key, ...values]);
    const [granted, retryAt, ...spent] = Reply.parse(reply);
    this.#counts.set(
      provider,
      limits.map(({ window }, index) => ({
        bucket: { tokens: 0, at: now },
        spent: spent[index] ?? 0,
        windowStart: windowStartOf(window, now),
      })),
    );
    return { isGranted: granted === 1, retryAt: utcMsOf(retryAt) };
  }

  counts(provider: string): readonly BudgetCount[] {
    return this.#counts.get(provider) ?? [];
  }

  /** Rejects while Redis does not answer. */
  async ping(): Promise<void> {
    await this.#redis.send(["PING"]);
  }
}
