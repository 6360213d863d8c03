import type { Middleware } from "./middleware.ts";

/** Settings of the content security policy. */
export interface CSPOptions {
  /** Only report what the policy would block. */
  readonly reportOnly?: boolean;
  /** Address that browsers send reports to. */
  readonly reportTo?: string;
  /** Directives to add; one with the name of a default replaces it. */
  readonly csp?: readonly string[];
  /** Allow inline scripts and styles by the page's nonce instead of `'unsafe-inline'`. */
  readonly useNonce?: boolean;
}

const DEFAULT_DIRECTIVES = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

const NONCE_DIRECTIVES = new Set([
  "default-src",
  "script-src",
  "script-src-elem",
  "style-src",
  "style-src-elem",
  "style-src-attr",
]);

const nonces = new WeakMap<Response, string>();

/** Notes the nonce that a rendered page carries; returns the response. */
export function rememberNonce(response: Response, nonce: string): Response {
  nonces.set(response, nonce);
  return response;
}

function nameOf(directive: string): string {
  return directive.trim().split(/\s+/, 1)[0] ?? "";
}

/** Browsers take the first directive of a name, so overriding means replacing. */
function mergeDirectives(added: readonly string[]): string[] {
  const byName = new Map(DEFAULT_DIRECTIVES.map((directive) => [nameOf(directive), directive]));
  for (const directive of added) byName.set(nameOf(directive), directive.trim());
  return [...byName.values()];
}

/** The policy around the places where the nonce goes. */
function splitAtNonce(directives: readonly string[]): string[] {
  return directives
    .map((directive) =>
      NONCE_DIRECTIVES.has(nameOf(directive))
        ? directive.replace("'unsafe-inline'", "\0")
        : directive
    )
    .join("; ")
    .split("\0");
}

/**
 * Sets a content security policy. With `useNonce`, pages allow exactly the inline scripts and
 * styles that were rendered into them; other responses keep `'unsafe-inline'`, having no nonce.
 */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportOnly = false, reportTo, csp: added = [], useNonce = false } = options;
  const directives = mergeDirectives(added);
  if (reportTo) directives.push("report-to csp-endpoint", `report-uri ${reportTo}`);
  const header = reportOnly ? "content-security-policy-report-only" : "content-security-policy";
  const policy = directives.join("; ");
  const parts = splitAtNonce(directives);
  return async (ctx) => {
    const response = await ctx.next();
    const nonce = useNonce ? nonces.get(response) : undefined;
    response.headers.set(header, nonce ? parts.join(`'nonce-${nonce}'`) : policy);
    if (reportTo) response.headers.set("reporting-endpoints", `csp-endpoint="${reportTo}"`);
    return response;
  };
}
