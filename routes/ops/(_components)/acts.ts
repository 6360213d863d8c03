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

/** Every act is audited, and its question says so. */
function actAt(
  path: readonly string[],
  { ask, ...words }: Omit<OperatorAct, "path">,
): OperatorAct {
  return {
    path: ["/api/ops", ...path.map(encodeURIComponent)].join("/"),
    ...words,
    ask: `${ask} This is written to the audit log.`,
  };
}

interface Named {
  readonly name: string;
  readonly label: string;
}

/** Lets a frozen provider be called again. */
export function thawAct({ name, label }: Named): OperatorAct {
  return actAt(["providers", name, "thaw"], {
    subject: label,
    title: `Thaw ${label}?`,
    ask: "The next call goes out within a second. If it is refused again, the provider freezes " +
      "again.",
    done: `${label} is thawed`,
  });
}

/** Keeps every call from a provider until an operator closes the breaker. */
export function openBreakerAct({ name, label }: Named): OperatorAct {
  return actAt(["providers", name, "open"], {
    subject: label,
    title: `Open the breaker of ${label}?`,
    ask: "No call goes out to it until the breaker is closed by hand. Other sources stand in " +
      "where there are any.",
    done: `The breaker of ${label} is open`,
  });
}

/** Lets calls through again. */
export function closeBreakerAct({ name, label }: Named): OperatorAct {
  return actAt(["providers", name, "close"], {
    subject: label,
    title: `Close the breaker of ${label}?`,
    ask: "Calls go out again at once; failures open it again.",
    done: `The breaker of ${label} is closed`,
  });
}

interface Work {
  readonly id: string;
  readonly name: string;
  readonly key: string;
}

/** Gives a dead job all its attempts again. */
export function retryJobAct({ id, name, key }: Work): OperatorAct {
  return actAt(["jobs", id, "retry"], {
    subject: `${name} ${key}`,
    title: `Retry ${name}?`,
    ask: `The job "${key}" is queued again with all its attempts. Running a job twice writes ` +
      "nothing twice.",
    done: `${name} is queued`,
  });
}

/** Deletes a dead job. */
export function discardJobAct({ id, name, key }: Work): OperatorAct {
  return actAt(["jobs", id, "discard"], {
    subject: `${name} ${key}`,
    title: `Discard ${name}?`,
    ask: `The dead job "${key}" is deleted for good; its work stays undone.`,
    done: `${name} is discarded`,
  });
}

/** Ends a job that waits or runs. */
export function cancelJobAct({ id, name, key }: Work): OperatorAct {
  return actAt(["jobs", id, "cancel"], {
    subject: `${name} ${key}`,
    title: `Cancel ${name}?`,
    ask: `The job "${key}" ends before its next step. What it has written stays.`,
    done: `${name} is asked to end`,
  });
}

interface Held {
  readonly id: string;
  readonly assetId: string;
}

/** Believes a price that was held back. */
export function acceptHeldAct({ id, assetId }: Held): OperatorAct {
  return actAt(["held", id, "accept"], {
    subject: assetId,
    title: `Accept this price of ${assetId}?`,
    ask: "It becomes the last price believed, and trades near it count from now on.",
    done: `The price of ${assetId} counts in a moment`,
  });
}

/** Leaves a held price out for good. */
export function dropHeldAct({ id, assetId }: Held): OperatorAct {
  return actAt(["held", id, "drop"], {
    subject: assetId,
    title: `Drop this price of ${assetId}?`,
    ask: "It never counts; the raw row stays.",
    done: `The price of ${assetId} stays out`,
  });
}

/** Names a reading of a pool by one source, in words and by its instant. */
interface PoolReading {
  readonly poolId: string;
  readonly source: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Lets a held reading of a pool count. */
export function acceptReadingAct({ poolId, source, at }: PoolReading): OperatorAct {
  return actAt(["pools", poolId, "held", source, at, "accept"], {
    subject: `${poolId} at ${at}`,
    title: "Accept this reading?",
    ask: `The reading of ${poolId} by ${source} at ${at} counts from now on; days before stay ` +
      "as they were. Later ones are compared with it.",
    done: `The reading of ${poolId} counts`,
  });
}

/** Leaves a held reading of a pool out for good. */
export function discardReadingAct({ poolId, source, at }: PoolReading): OperatorAct {
  return actAt(["pools", poolId, "held", source, at, "discard"], {
    subject: `${poolId} at ${at}`,
    title: "Discard this reading?",
    ask: `The reading of ${poolId} by ${source} at ${at} never counts and confirms no other, ` +
      "unless its source revises it. The answer that it came in stays.",
    done: `The reading of ${poolId} stays out`,
  });
}

/** Lets values use the end-of-day rate of a currency for a while. */
export function useEodAct(currency: string): OperatorAct {
  return actAt(["fx", currency, "use-eod"], {
    subject: currency,
    title: `Use the end-of-day rate of ${currency} once?`,
    ask: `For 30 minutes values in ${currency} stand on the end-of-day rate, though it has ` +
      "drifted from the last intraday one; they say so.",
    done: `Values in ${currency} use the end-of-day rate for 30 minutes`,
  });
}
