import { editDistance } from "./kernel/edit_distance.ts";
import { StartupError } from "./kernel/errors.ts";
import { Secret } from "./kernel/secret.ts";

/** The environment as given: names to texts. An empty text counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that can't be used: one line per wrong name. */
export class ConfigError extends StartupError {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    // 78 is EX_CONFIG of sysexits.h.
    super(problems.join("\n"), { exitCode: 78 });
    this.problems = problems;
  }
}

/** Each setting's name and the other names it is known by. */
export type SettingNames = Readonly<Record<string, readonly string[]>>;

const PREFIX = "TOKENLYSIS_";
const MAX_PORT = 65_535;

/** Collects problems while it reads, so that all of them can be told at once. */
export class SettingReader<Name extends string> {
  readonly #env: Environment;
  readonly #names: Readonly<Record<Name, readonly string[]>>;
  readonly #problems: string[] = [];

  constructor(env: Environment, names: Readonly<Record<Name, readonly string[]>>) {
    this.#env = env;
    this.#names = names;
  }

  refuseUnknownNames(): void {
    const known = Object.keys(this.#names);
    for (const name of Object.keys(this.#env).sort()) {
      if (!name.startsWith(PREFIX) || known.includes(name)) continue;
      this.#problems.push(`${name}: no such setting; did you mean ${nearest(name, known)}?`);
    }
  }

  choice<const T extends string>(
    name: Name,
    allowed: readonly T[],
    fallback: NoInfer<T>,
    { why }: { why?: string } = {},
  ): T {
    const given = this.#find(name);
    if (!given) return fallback;
    const value = given.value.toLowerCase();
    const chosen = allowed.find((candidate) => candidate === value);
    if (chosen === undefined) {
      const reason = why ? `, as ${why}` : "";
      this.#refuse(given, `${allowed.join(", ")}${reason}`);
    }
    return chosen ?? fallback;
  }

  /** One of `allowed`, `null` where it is not set. */
  optionalChoice<const T extends string>(name: Name, allowed: readonly T[]): T | null {
    const [first] = allowed;
    return first === undefined || this.#find(name) === null
      ? null
      : this.choice(name, allowed, first);
  }

  text(name: Name): string | null {
    return this.#find(name)?.value ?? null;
  }

  port(name: Name, fallback: number): number {
    const given = this.#find(name);
    if (!given) return fallback;
    const port = /^\d{1,5}$/.test(given.value) ? Number(given.value) : Infinity;
    if (port > MAX_PORT) this.#refuse(given, `a whole number from 0 to ${MAX_PORT}`);
    return port;
  }

  count(name: Name, { min, max }: { min: number; max: number }): number | null {
    const given = this.#find(name);
    if (!given) return null;
    const count = /^\d{1,9}$/.test(given.value) ? Number(given.value) : NaN;
    if (!(count >= min && count <= max)) {
      this.#refuse(given, `a whole number from ${min} to ${max}`);
    }
    return count;
  }

  folder(name: Name, fallback: string): string {
    const given = this.#find(name);
    if (given?.value.includes("\0")) this.#refuse(given, "the path of a folder");
    return given?.value ?? fallback;
  }

  databaseUrl(name: Name): Secret | null {
    const given = this.#find(name);
    if (!given) return null;
    if (!isDatabaseUrl(given.value)) {
      // The address may hold a password, so it is not repeated.
      this.#problems.push(
        `${given.name}: expected sqlite:PATH or postgresql://USER:PASSWORD@HOST:PORT/DATABASE`,
      );
    }
    return new Secret(given.value);
  }

  secret(name: Name): Secret | null {
    const given = this.#find(name);
    return given && new Secret(given.value);
  }

  /** An address of the web whose path may hold a secret, so that it is not repeated. */
  webAddress(name: Name): Secret | null {
    const given = this.#find(name);
    if (!given) return null;
    if (!/^https?:\/\//.test(given.value) || !URL.canParse(given.value)) {
      this.#problems.push(`${given.name}: expected an address that starts with https://`);
    }
    return new Secret(given.value);
  }

  /** Texts between commas. */
  list(name: Name): readonly string[] | null {
    const given = this.#find(name);
    return given && given.value.split(",").map((part) => part.trim()).filter((part) => part !== "");
  }

  /** Some of `allowed`, in the order given, or none of them by the word `none`. */
  choices<const T extends string>(name: Name, allowed: readonly T[]): readonly T[] {
    const given = this.list(name);
    if (given === null) return allowed;
    if (given.join() === "none") return [];
    const chosen = allowed.filter((candidate) => given.includes(candidate));
    if (chosen.length !== new Set(given).size) {
      this.refuse(name, `${allowed.join(", ")} between commas, or none`);
    }
    return chosen;
  }

  /**
   * Addresses between commas, each for the owner named before `=`. Without a name the address is
   * that of the owner in its host's name, else of the first.
   */
  addresses<const T extends string>(
    name: Name,
    owners: readonly [T, ...(readonly T[])],
    protocol: RegExp,
  ): Readonly<Partial<Record<T, readonly string[]>>> {
    const found: Partial<Record<T, string[]>> = {};
    for (const entry of this.list(name) ?? []) {
      const [, named, address = ""] = /^(?:([a-z_]+)=)?(.*)$/.exec(entry) ?? [];
      const url = URL.parse(address);
      const owner = named === undefined
        ? owners.find((one) => url?.hostname.includes(one)) ?? owners[0]
        : owners.find((one) => one === named);
      if (!owner || !url || !protocol.test(url.protocol)) {
        this.refuse(name, `NAME=ADDRESS between commas, NAME one of ${owners.join(", ")}`);
        continue;
      }
      (found[owner] ??= []).push(address.replace(/\/+$/, ""));
    }
    return found;
  }

  /** Adds a problem with a setting as it was given. */
  refuse(name: Name, allowed: string): void {
    const given = this.#find(name);
    if (given) this.#refuse(given, allowed);
  }

  /** Adds a problem that is not one setting's. */
  report(problem: string): void {
    this.#problems.push(problem);
  }

  check(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }

  #find(name: Name): { name: string; value: string } | null {
    const given = [name, ...this.#names[name]].flatMap((candidate) => {
      const value = this.#env[candidate]?.trim() ?? "";
      return value === "" ? [] : [{ name: candidate, value }];
    });
    const [first, second] = given;
    if (first && second && first.value !== second.value) {
      this.#problems.push(
        `${first.name}: differs from ${second.name}, another name of it; set one of them`,
      );
    }
    return first ?? null;
  }

  #refuse(given: { name: string; value: string }, allowed: string): void {
    this.#problems.push(`${given.name}: expected ${allowed}, got "${given.value}"`);
  }
}

function isDatabaseUrl(text: string): boolean {
  if (text.startsWith("sqlite:")) return text.length > "sqlite:".length && !text.includes("\0");
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);
}

/** The candidate with the fewest edits from `name`. */
function nearest(name: string, candidates: readonly string[]): string {
  const byEdits = candidates.map((candidate) => ({
    candidate,
    edits: editDistance(name, candidate),
  }));
  return byEdits.sort((a, b) => a.edits - b.edits)[0]?.candidate ?? name;
}

// `\s` takes the byte order mark of a first line as well.
const ENV_LINE = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/;

/**
 * Reads the text of a `.env` file: `NAME=value` lines, `#` comments, values bare, in single quotes
 * (as they stand) or in double quotes (`\n` and `\"` understood). Throws `ConfigError` otherwise.
 */
export function readEnvFile(text: string): Environment {
  const env: Record<string, string> = {};
  const problems: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, raw] = ENV_LINE.exec(line) ?? [];
    const value = raw === undefined ? null : unquote(raw);
    if (name === undefined || value === null) {
      const expected = name === undefined ? "NAME=value" : "nothing but a comment after the quotes";
      problems.push(`.env line ${index + 1}: expected ${expected}`);
    } else {
      env[name] = value;
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return env;
}

/** The value, or `null` where it starts with a quote that does not end it. */
function unquote(raw: string): string | null {
  const [, single] = /^'([^']*)'\s*(?:#.*)?$/.exec(raw) ?? [];
  if (single !== undefined) return single;
  const [, double] = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/.exec(raw) ?? [];
  if (double === undefined) return /^['"]/.test(raw) ? null : raw.replace(/(^|\s+)#.*$/, "");
  return double.replace(/\\(.)/g, (_, escaped: string) => escaped === "n" ? "\n" : escaped);
}

/** The environment with the file's values for what it does not set. */
export function withEnvFile(env: Environment, fileText: string | null): Environment {
  return fileText === null ? env : { ...readEnvFile(fileText), ...definedOnly(env) };
}

function definedOnly(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => (value ?? "") !== ""));
}
