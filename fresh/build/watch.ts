/** Editors save in several steps; changes this close together count as one. */
const SETTLE_MS = 60;

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Calls `onChange` after files or folders changed, one call at a time; returns the stop. */
export function watchPaths(
  paths: readonly string[],
  onChange: (paths: readonly string[]) => Promise<void>,
): () => void {
  const watcher = Deno.watchFs(paths.filter(exists));
  let pending = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = Promise.resolve();

  function settle() {
    const changed = [...pending];
    pending = new Set();
    running = running.then(() => onChange(changed)).catch(reportChange);
  }
  (async () => {
    for await (const { kind, paths: changed } of watcher) {
      if (kind === "access") continue;
      for (const path of changed) pending.add(path);
      clearTimeout(timer);
      timer = setTimeout(settle, SETTLE_MS);
    }
  })();
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

function reportChange(error: unknown): void {
  // deno-lint-ignore no-console -- the developer must see why the change had no effect
  console.error(error);
}
