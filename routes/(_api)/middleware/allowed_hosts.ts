import { isIP } from "node:net";
import { AppError } from "../../../services/kernel/errors.ts";
import { pathOf } from "../dispatcher.ts";
import { refusalResponse } from "../errors.ts";

/** Probes are asked for by whatever name an orchestrator has, and tell nothing of anybody. */
const PROBES: ReadonlySet<string> = new Set(["/health", "/healthz"]);

/**
 * Answers only to names that are ours. A page of somebody else's may have its own name lead to this
 * machine once it is loaded (DNS rebinding), and is then of one origin with whatever answers there:
 * the browser keeps nothing from it, but says in `Host` by which name it came. An address is no
 * such name, so addresses are always ours; `localhost` can't be led elsewhere.
 */
export class HostGuard {
  readonly #names: ReadonlySet<string>;
  readonly #isOpen: boolean;
  /** How the URL of the newest request by a name of ours began; most others begin like it. */
  #knownStart = "?";

  /** `names` are those to answer to beside `localhost` and addresses; `*` is any. */
  constructor(names: readonly string[]) {
    this.#names = new Set(names.map(bareName));
    this.#isOpen = names.includes("*");
  }

  /** The refusal of a request that came by another name; `null` for all others. */
  refuse({ url }: Request): Response | null {
    if (this.#isOpen || url.startsWith(this.#knownStart)) return null;
    // The server makes the URL's authority of `Host`; reading the header again costs more.
    const start = url.indexOf("//") + 2;
    const end = url.indexOf("/", start);
    const name = bareName(withoutPort(url.slice(start, end)));
    if (this.#isOurs(name)) {
      this.#knownStart = url.slice(0, end + 1);
      return null;
    }
    if (PROBES.has(pathOf(url))) return null;
    return refusalResponse(
      new AppError(
        "FORBIDDEN",
        `Cannot answer to the name "${name}": add it to TOKENLYSIS_ALLOWED_HOSTS, or use localhost`,
        { details: { host: name, setting: "TOKENLYSIS_ALLOWED_HOSTS" } },
      ),
    );
  }

  #isOurs(name: string): boolean {
    return name === "localhost" || name.endsWith(".localhost") || this.#names.has(name) ||
      isIP(name.replace(/^\[(.*)\]$/, "$1")) > 0;
  }
}

function withoutPort(authority: string): string {
  return authority.replace(/:\d*$/, "");
}

/** A name as it is compared: in small letters, without the dot of the root at its end. */
function bareName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
