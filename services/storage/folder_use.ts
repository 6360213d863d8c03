/** That a process uses a folder; the system ends it with the process, however that ends. */
export type FolderUse = Disposable;

/**
 * Begins to use a folder beside others, after `whenAlone` where nobody else does: then whoever did
 * before is gone. A lock on the folder itself proves that; where the system has no such locks, as
 * on Windows, nobody is ever known to be alone.
 */
export async function useFolder(
  path: string,
  whenAlone: () => Promise<void>,
): Promise<FolderUse> {
  if (Deno.build.os === "windows") return new DisposableStack();
  const folder = await Deno.open(path);
  try {
    const isAlone = await tryLock(folder);
    if (isAlone === null) return folder;
    if (isAlone) await whenAlone();
    // Whoever is alone in between takes nothing from this one, which has begun nothing yet.
    await folder.lock(false);
    return folder;
  } catch (error) {
    folder.close();
    throw error;
  }
}

/** Whether nobody else uses it; `null` on a file system without locks. */
async function tryLock(folder: Deno.FsFile): Promise<boolean | null> {
  try {
    return await folder.tryLock(true);
  } catch {
    return null;
  }
}
