/** One thing that an operator can do: where it is asked for, and the words around it. */
export interface OperatorAct {
  /** Takes the POST. */
  readonly path: string;
  /** What it is done to. */
  readonly subject: string;
  /** Title of the question, and what follows from a yes. */
  readonly title: string;
  readonly ask: string;
  /** What is said once it is done. */
  readonly done: string;
}

function path(...parts: readonly string[]): string {
  return ["/api/ops", ...parts.map(encodeURIComponent)].join("/");
}

interface Named {
  readonly name: string;
  readonly label: string;
}

/** Lets a frozen provider be called again. */
export function thawAct({ name, label }: Named): OperatorAct {
  return {
    path: path("providers", name, "thaw"),
    subject: label,
    title: `Thaw ${label}?`,
    ask: "The next call goes out within a second. If it is refused again, the provider freezes " +
      "again. This is written to the audit log.",
    done: `${label} is thawed`,
  };
}

/** Keeps every call from a provider until an operator closes the breaker. */
export function openBreakerAct({ name, label }: Named): OperatorAct {
  return {
    path: path("providers", name, "open"),
    subject: label,
    title: `Open the breaker of ${label}?`,
    ask: "No call goes out to it until the breaker is closed by hand. Other sources stand in " +
      "where there are any. This is written to the audit log.",
    done: `The breaker of ${label} is open`,
  };
}

/** Lets calls through again. */
export function closeBreakerAct({ name, label }: Named): OperatorAct {
  return {
    path: path("providers", name, "close"),
    subject: label,
    title: `Close the breaker of ${label}?`,
    ask: "Calls go out again at once; failures open it again. This is written to the audit log.",
    done: `The breaker of ${label} is closed`,
  };
}

interface Work {
  readonly id: string;
  readonly name: string;
  readonly key: string;
}

/** Gives a dead job all its attempts again. */
export function retryJobAct({ id, name, key }: Work): OperatorAct {
  return {
    path: path("jobs", id, "retry"),
    subject: `${name} ${key}`,
    title: `Retry ${name}?`,
    ask: `The job "${key}" is queued again with all its attempts. Running a job twice writes ` +
      "nothing twice. This is written to the audit log.",
    done: `${name} is queued`,
  };
}

/** Deletes a dead job. */
export function discardJobAct({ id, name, key }: Work): OperatorAct {
  return {
    path: path("jobs", id, "discard"),
    subject: `${name} ${key}`,
    title: `Discard ${name}?`,
    ask: `The dead job "${key}" is deleted for good; its work stays undone. This is written to ` +
      "the audit log.",
    done: `${name} is discarded`,
  };
}

/** Ends a job that waits or runs. */
export function cancelJobAct({ id, name, key }: Work): OperatorAct {
  return {
    path: path("jobs", id, "cancel"),
    subject: `${name} ${key}`,
    title: `Cancel ${name}?`,
    ask: `The job "${key}" ends before its next step. What it has written stays. This is written ` +
      "to the audit log.",
    done: `${name} is asked to end`,
  };
}

interface Held {
  readonly id: string;
  readonly assetId: string;
}

/** Believes a price that was held back. */
export function acceptHeldAct({ id, assetId }: Held): OperatorAct {
  return {
    path: path("held", id, "accept"),
    subject: assetId,
    title: `Accept this price of ${assetId}?`,
    ask: "It becomes the last price believed, and trades near it count from now on. This is " +
      "written to the audit log.",
    done: `The price of ${assetId} counts in a moment`,
  };
}

/** Leaves a held price out for good. */
export function dropHeldAct({ id, assetId }: Held): OperatorAct {
  return {
    path: path("held", id, "drop"),
    subject: assetId,
    title: `Drop this price of ${assetId}?`,
    ask: "It never counts; the raw row stays. This is written to the audit log.",
    done: `The price of ${assetId} stays out`,
  };
}

/** Lets values use the end-of-day rate of a currency for a while. */
export function useEodAct(currency: string): OperatorAct {
  return {
    path: path("fx", currency, "use-eod"),
    subject: currency,
    title: `Use the end-of-day rate of ${currency} once?`,
    ask: `For 30 minutes values in ${currency} stand on the end-of-day rate, though it has ` +
      "drifted from the last intraday one; they say so. This is written to the audit log.",
    done: `Values in ${currency} use the end-of-day rate for 30 minutes`,
  };
}
