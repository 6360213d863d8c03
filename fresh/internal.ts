/**
 * Joins an application to the output of a build. Only the composition root and tools need it.
 * @module
 */
export { setBuildCache, setErrorInterceptor } from "./server/app.ts";
export { ProdBuildCache } from "./server/build_cache.ts";
export { ASSET_CACHE_BUST_KEY } from "./shared/asset.ts";
