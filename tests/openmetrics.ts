/** One sample line of a scrape. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric with its samples. */
export interface ScrapedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ScrapedSample[];
}

const SAMPLE = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/y;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ["_total"],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count"],
};

/**
 * Reads OpenMetrics text as strictly as its grammar allows for what we write: families one after
 * the other with help and type, suffixes by type, no sample twice, cumulative buckets up to +Inf,
 * and the end marked. Throws with the line that breaks a rule.
 */
export function parseOpenMetrics(text: string): ReadonlyMap<string, ScrapedFamily> {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.pop() !== "# EOF") throw new Error("No # EOF at the end");
  const families = new Map<string, ScrapedFamily>();
  const seen = new Set<string>();
  let samples: ScrapedSample[] = [];
  let family: ScrapedFamily | null = null;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const help = /^# HELP ([a-z_][a-z0-9_]*) ([^"]*)$/.exec(line);
    if (help) {
      const [, name = "", words = ""] = help;
      const [, typed, type = ""] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(
        lines[++at] ?? "",
      ) ?? [];
      if (typed !== name || families.has(name)) throw new Error(`No type, or twice: ${line}`);
      samples = [];
      family = { name, type, help: words, samples };
      families.set(name, family);
      continue;
    }
    const sample = readSample(line);
    if (family === null || !belongs(sample, family)) throw new Error(`Not of its family: ${line}`);
    const key = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
    if (seen.has(key)) throw new Error(`Twice: ${line}`);
    seen.add(key);
    samples.push(sample);
  }
  for (const one of families.values()) if (one.type === "histogram") checkBuckets(one);
  return families;
}

function readSample(line: string): ScrapedSample {
  const [, name = "", inner = "", number = ""] = SAMPLE.exec(line) ?? [];
  const value = number === "+Inf" ? Infinity : Number(number);
  if (name === "" || Number.isNaN(value)) throw new Error(`No sample: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inner.length) {
    const [, label = "", text = ""] = LABEL.exec(inner) ?? [];
    if (label === "" || label in labels) throw new Error(`Wrong labels: ${line}`);
    labels[label] = text;
  }
  return { name, labels, value };
}

function belongs({ name, value }: ScrapedSample, family: ScrapedFamily): boolean {
  const isKnown = SUFFIXES[family.type]?.some((suffix) => name === `${family.name}${suffix}`);
  return isKnown === true && (family.type !== "counter" || value >= 0);
}

function checkBuckets({ name, samples }: ScrapedFamily): void {
  const series = Map.groupBy(samples, ({ labels: { le: _, ...own } }) => JSON.stringify(own));
  for (const [key, ofOne] of series) {
    const buckets = ofOne.filter((sample) => sample.name === `${name}_bucket`);
    const count = ofOne.find((sample) => sample.name === `${name}_count`)?.value;
    const isCumulative = buckets.every(({ value, labels }, at) => {
      const before = buckets[at - 1];
      const bound = (le: string | undefined) => le === "+Inf" ? Infinity : Number(le);
      return !before || value >= before.value && bound(labels.le) > bound(before.labels.le);
    });
    const last = buckets.at(-1);
    if (!isCumulative || last?.labels.le !== "+Inf" || last.value !== count) {
      throw new Error(`Buckets of ${name} ${key} are not cumulative up to the count`);
    }
  }
}
