import { editDistance } from "./kernel/edit_distance.ts";
import { StartupError } from "./kernel/errors.ts";
import { Secret } from "./kernel/secret.ts";
import type { LogLevel } from "./ports/mod.ts";

/** The environment as given: names to texts. An empty text counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const ENVIRONMENTS = ["development", "production", "test"] as const;
export const DEMO_MODES = ["auto", "on", "off"] as const;
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const satisfies LogLevel[];

/** Every setting of the product, read once at the start. */
export interface Config {
  readonly environment: typeof ENVIRONMENTS[number];
  /** Address to listen on; loopback only, since `auth` is `local`. */
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
  /** Folder of everything that the product keeps on disk. */
  readonly dataDir: string;
  readonly demo: typeof DEMO_MODES[number];
  /** False forbids every outgoing call to providers. */
  readonly isNetworkAllowed: boolean;
  /** One implicit owner. */
  readonly auth: "local";
  readonly logLevel: LogLevel;
  readonly database: {
    /** `sqlite:` or `postgresql:`; `null` is the embedded database in `dataDir`. */
    readonly url: Secret | null;
    /** Where migrations run when that is not `url`, such as past a connection pooler. */
    readonly migrationUrl: Secret | null;
  };
}

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
const NAMES = {
  TOKENLYSIS_AUTH: [],
  TOKENLYSIS_DATABASE_URL: ["DATABASE_URL"],
  TOKENLYSIS_DATA_DIR: [],
  TOKENLYSIS_DEMO: [],
  TOKENLYSIS_ENVIRONMENT: ["ENVIRONMENT"],
  TOKENLYSIS_HOST: [],
  TOKENLYSIS_LOG_LEVEL: ["LOG_LEVEL"],
  TOKENLYSIS_MIGRATION_DATABASE_URL: ["ALEMBIC_DATABASE_URL"],
  TOKENLYSIS_NETWORK: [],
  TOKENLYSIS_PORT: [],
} as const satisfies Record<string, readonly string[]>;
type Name = keyof typeof NAMES;

const PREFIX = "TOKENLYSIS_";
const LOOPBACK_HOSTS = ["127.0.0.1", "::1", "localhost"] as const;
const MAX_PORT = 65_535;

/**
 * Reads the settings. Pure; the result is frozen throughout.
 * Throws one `ConfigError` that names every problem at once.
 */
export function loadConfig(env: Environment): Config {
  const reader = new SettingReader(env);
  reader.refuseUnknownNames();
  const config: Config = {
    environment: reader.choice("TOKENLYSIS_ENVIRONMENT", ENVIRONMENTS, "production"),
    host: reader.choice("TOKENLYSIS_HOST", LOOPBACK_HOSTS, "127.0.0.1", {
      why: "TOKENLYSIS_AUTH=local serves this machine only",
    }),
    port: reader.port("TOKENLYSIS_PORT", 8000),
    dataDir: reader.folder("TOKENLYSIS_DATA_DIR", "./data"),
    demo: reader.choice("TOKENLYSIS_DEMO", DEMO_MODES, "auto"),
    isNetworkAllowed: reader.choice("TOKENLYSIS_NETWORK", ["on", "off"], "on") === "on",
    auth: reader.choice("TOKENLYSIS_AUTH", ["local"], "local", {
      why: "it is the only mode of this version",
    }),
    logLevel: reader.choice("TOKENLYSIS_LOG_LEVEL", LOG_LEVELS, "info"),
    database: {
      url: reader.databaseUrl("TOKENLYSIS_DATABASE_URL"),
      migrationUrl: reader.databaseUrl("TOKENLYSIS_MIGRATION_DATABASE_URL"),
    },
  };
  reader.check();
  Object.freeze(config.database);
  return Object.freeze(config);
}

/** Collects problems while it reads, so that all of them can be told at once. */
class SettingReader {
  readonly #env: Environment;
  readonly #problems: string[] = [];

  constructor(env: Environment) {
    this.#env = env;
  }

  refuseUnknownNames(): void {
    const known = Object.keys(NAMES);
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

  port(name: Name, fallback: number): number {
    const given = this.#find(name);
    if (!given) return fallback;
    const port = /^\d{1,5}$/.test(given.value) ? Number(given.value) : Infinity;
    if (port > MAX_PORT) this.#refuse(given, `a whole number from 0 to ${MAX_PORT}`);
    return port;
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

  check(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }

  #find(name: Name): { name: string; value: string } | null {
    const given = [name, ...NAMES[name]].flatMap((candidate) => {
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
