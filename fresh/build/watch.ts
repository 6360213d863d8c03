/** Editors save in several steps; changes this close together count as one. */
const SETTLE_MS = 60;

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Calls `onChange` after files in the folders changed, one call at a time; returns the stop. */
export function watchFolders(
  folders: readonly string[],
  onChange: (paths: readonly string[]) => Promise<void>,
): () => void {
  const watcher = Deno.watchFs(folders.filter(isFolder));
  let pending = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = Promise.resolve();

  function settle() {
    const paths = [...pending];
    pending = new Set();
    running = running.then(() => onChange(paths)).catch(reportChange);
  }
  (async () => {
    for await (const { kind, paths } of watcher) {
      if (kind === "access") continue;
      for (const path of paths) pending.add(path);
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
