/** One sample line of a scrape. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: ScrapedExemplar;
}

/** One counted value, with what it was measured on. */
export interface ScrapedExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Seconds since 1970; optional in the grammar, and we always write it. */
  readonly timestamp: number;
}

/** One metric with its samples. */
export interface ScrapedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ScrapedSample[];
}

const SAMPLE = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/;
/** At the end of a line, as no label of ours holds its beginning. */
const EXEMPLAR = / # \{([^{}]*)\} (\S+) (\d+(?:\.\d+)?)$/;
/** Characters of all names and values of an exemplar's labels. */
const MAX_EXEMPLAR_CHARACTERS = 128;
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
  const exemplar = readExemplar(line);
  const [, name = "", inner = "", number = ""] = SAMPLE.exec(line.replace(EXEMPLAR, "")) ?? [];
  const value = number === "+Inf" ? Infinity : Number(number);
  if (name === "" || Number.isNaN(value)) throw new Error(`No sample: ${line}`);
  const mayHaveOne = name.endsWith("_bucket") || name.endsWith("_total");
  if (exemplar && !mayHaveOne) throw new Error(`No place for an exemplar: ${line}`);
  return { name, labels: readLabels(inner, line), value, ...exemplar && { exemplar } };
}

function readExemplar(line: string): ScrapedExemplar | null {
  const [, inner, number = "", at = ""] = EXEMPLAR.exec(line) ?? [];
  if (inner === undefined) return null;
  const labels = readLabels(inner, line);
  const characters = Object.entries(labels).flat().join("");
  if ([...characters].length > MAX_EXEMPLAR_CHARACTERS) throw new Error(`Too long: ${line}`);
  const [value, timestamp] = [Number(number), Number(at)];
  if (Number.isNaN(value)) throw new Error(`No exemplar: ${line}`);
  return { labels, value, timestamp };
}

function readLabels(inner: string, line: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inner.length) {
    const [, label = "", text = ""] = LABEL.exec(inner) ?? [];
    if (label === "" || label in labels) throw new Error(`Wrong labels: ${line}`);
    labels[label] = text;
  }
  return labels;
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
      return !before || value >= before.value && boundOf(labels) > boundOf(before.labels);
    });
    const stray = buckets.find(({ exemplar, labels }, at) => {
      const lower = boundOf(buckets[at - 1]?.labels ?? { le: "-Infinity" });
      return exemplar && !(exemplar.value > lower && exemplar.value <= boundOf(labels));
    });
    if (stray) throw new Error(`The exemplar is of another bucket: ${JSON.stringify(stray)}`);
    const last = buckets.at(-1);
    if (!isCumulative || last?.labels.le !== "+Inf" || last.value !== count) {
      throw new Error(`Buckets of ${name} ${key} are not cumulative up to the count`);
    }
  }
}

function boundOf({ le }: ScrapedSample["labels"]): number {
  return le === "+Inf" ? Infinity : Number(le);
}
