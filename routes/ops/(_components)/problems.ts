import { formatCount, formatDecimal } from "../../../components/format/number.ts";
import { formatSpan } from "../../../components/format/time.ts";
import { closeBreakerAct, type OperatorAct, thawAct, useEodAct } from "./acts.ts";
import { FROZEN_BY_OPERATOR, type OpsView } from "../../../services/ops/mod.ts";
import { countJobs, venueLabel } from "./ops_view.ts";

/** Something that is broken: what, what still holds, and what to press. */
export interface Problem {
  readonly kind: "bad" | "stale";
  readonly what: string;
  readonly means: string;
  /** `null` where nothing helps but time. */
  readonly act: { readonly act: OperatorAct; readonly label: string } | null;
}

/** What is broken, the worst first. */
export function problemsOf(view: OpsView): readonly Problem[] {
  const sources = [...frozen(view), ...forced(view), ...failing(view), ...silentFeeds(view)];
  return [...sources, ...poolFetches(view), ...delayedRates(view), ...queue(view)];
}

/** Those that refuse us. */
function frozen({ providers }: OpsView): Problem[] {
  return providers.flatMap((provider) =>
    provider.frozen === null || provider.frozen.status === FROZEN_BY_OPERATOR ? [] : [{
      kind: "bad" as const,
      what: `${provider.label} answers ${provider.frozen.status}.`,
      means: "It is not called until it is thawed; mend its key or its terms first. What it gave " +
        "stays, marked with its age.",
      act: { act: thawAct(provider), label: "Thaw" },
    }]
  );
}

/** Those that an operator keeps from being called. */
function forced({ providers }: OpsView): Problem[] {
  return providers.flatMap((provider): Problem[] => {
    const { label, breaker, frozen } = provider;
    if (frozen?.status === FROZEN_BY_OPERATOR) {
      return [{
        kind: "stale",
        what: `${label} is frozen by hand: ${frozen.reason}.`,
        means: "Nothing is asked of it until it is thawed.",
        act: { act: thawAct(provider), label: "Thaw" },
      }];
    }
    if (!breaker.isForced || breaker.state === "closed") return [];
    return [{
      kind: "stale",
      what: `The breaker of ${label} is held open by hand.`,
      means: "Nothing is asked of it until it is closed.",
      act: { act: closeBreakerAct(provider), label: "Close breaker" },
    }];
  });
}

function failing({ providers, now }: OpsView): Problem[] {
  return providers.flatMap(({ label, breaker, frozen, lastFailure }) => {
    if (frozen !== null || breaker.isForced || breaker.state === "closed") return [];
    const next = breaker.retryAt === null
      ? ""
      : ` Next probe in ${formatSpan(breaker.retryAt - now)}.`;
    const isProbed = breaker.state === "half_open";
    return [{
      kind: isProbed ? "stale" as const : "bad" as const,
      what: isProbed ? `${label} is being tried again.` : `${label} fails.`,
      means: `${lastFailure === null ? "" : `${lastFailure.message}. `}Other sources stand in ` +
        `where there are any; nothing needs to be pressed.${next}`,
      act: null,
    }];
  });
}

function silentFeeds(view: OpsView): Problem[] {
  const { feeds, now } = view;
  return feeds.filter(({ state }) => state !== "live" && state !== "connecting").map((feed) => ({
    kind: "stale" as const,
    what: `The stream of ${venueLabel(view, feed.venue)} is ${feed.state} for ` +
      `${formatSpan(now - feed.since)}.`,
    means: `${feed.reason === null ? "" : `${feed.reason}. `}Its last prices stay and count as ` +
      "stale; gaps are filled by request once it is back.",
    act: null,
  }));
}

function poolFetches({ pools }: OpsView): Problem[] {
  const failed = pools.fetches.filter(({ problem }) => problem !== null);
  const [first] = failed;
  if (!first) return [];
  const more = failed.length === 1 ? "" : ` and ${formatCount(failed.length - 1)} more`;
  return [{
    kind: "stale",
    what: `Pools of ${pools.provider} could not be fetched: ${first.target}${more}.`,
    means: `${first.problem}. The readings that there are stay, with their age; it is fetched ` +
      "again when it is due.",
    act: null,
  }];
}

function delayedRates({ fx }: OpsView): Problem[] {
  return fx.filter(({ state }) => state === "delayed").map(({ currency, driftBps }) => ({
    kind: "stale" as const,
    what: `The end-of-day rate of ${currency} is ` +
      `${driftBps === null ? "too far" : `${formatDecimal(driftBps, 1)} bps`} off.`,
    means: `Values in ${currency} are held at their last good one until an intraday rate is back.`,
    act: { act: useEodAct(currency), label: "Use EOD once" },
  }));
}

function queue({ queue }: OpsView): Problem[] {
  const dead = countJobs(queue, ["dead"]);
  if (dead === 0) return [];
  return [{
    kind: "bad",
    what: `${formatCount(dead)} dead ${dead === 1 ? "letter" : "letters"}.`,
    means: "These jobs gave up after all their attempts and wait for a retry or a discard below.",
    act: null,
  }];
}
