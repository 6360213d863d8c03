/** Matches a path name: the raw, still encoded parameters, or null. */
export type PathMatcher = (pathname: string) => Record<string, string> | null;

const TOKEN = /\{\/:(\w+)\}\?|\/:(\w+)([*+?]?)|:(\w+)|(\*)|((?:[^:*{}()\\?+/]|\/(?!:))+)/gy;
const SPECIAL = /[.*+?^${}()|[\]\\/]/g;

/** Whether a pattern has parts that match more than themselves. */
export function isDynamic(pattern: string): boolean {
  return /[:*{}()?+\\]/.test(pattern);
}

/** The regular expression of a pattern made of plain tokens; null if it needs all of URLPattern. */
function toRegExp(pattern: string): { readonly source: string; readonly names: string[] } | null {
  const names: string[] = [];
  let source = "";
  let at = 0;
  for (const token of pattern.matchAll(TOKEN)) {
    const [text, optional, segment, modifier, inner, star, literal] = token;
    at += text.length;
    const name = optional ?? segment ?? inner;
    if (name !== undefined) names.push(name);
    if (optional !== undefined || modifier === "?") source += "(?:/([^/]+?))?";
    else if (modifier === "*") source += "(?:/([^/]+(?:/[^/]+)*))?";
    else if (modifier === "+") source += "/([^/]+(?:/[^/]+)*)";
    else if (segment !== undefined) source += "/([^/]+?)";
    else if (inner !== undefined) source += "([^/]+?)";
    else if (star !== undefined) {
      names.push(String(names.filter((known) => /^\d+$/.test(known)).length));
      source += "(.*)";
    } else source += (literal ?? "").replace(SPECIAL, "\\$&");
  }
  return at === pattern.length ? { source, names } : null;
}

/**
 * Compiles a path pattern. The forms that file names give become one regular expression, which is
 * several times faster than `URLPattern`; any other pattern is left to `URLPattern`.
 */
export function compilePathPattern(pattern: string): PathMatcher {
  const compiled = toRegExp(pattern);
  if (compiled) {
    const { names } = compiled;
    const expression = new RegExp(`^${compiled.source}$`);
    return (pathname) => {
      const match = expression.exec(pathname);
      if (!match) return null;
      const params: Record<string, string> = {};
      names.forEach((name, index) => {
        const value = match[index + 1];
        if (value !== undefined) params[name] = value;
      });
      return params;
    };
  }
  const urlPattern = new URLPattern({ pathname: pattern });
  return (pathname) => {
    const match = urlPattern.exec({ pathname });
    if (!match) return null;
    const found = Object.entries(match.pathname.groups).filter(([, value]) => value !== undefined);
    return Object.fromEntries(found) as Record<string, string>;
  };
}
