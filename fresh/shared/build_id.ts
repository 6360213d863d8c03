/** Stands in browser bundles for the build id, which is known only once they are bundled. */
export const BUILD_ID_PLACEHOLDER = "fresh_build_id__";

let current = BUILD_ID_PLACEHOLDER;

/** The id of the build whose page is being rendered, or of the build in the browser. */
export function buildId(): string {
  return current;
}

/** Makes `id` the build that `asset()` points to; returns the one before. */
export function setBuildId(id: string): string {
  const previous = current;
  current = id;
  return previous;
}
