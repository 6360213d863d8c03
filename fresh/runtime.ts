/**
 * What pages and islands may import: it runs on the server and in the browser.
 * @module
 */
export { asset, assetSrcSet } from "./shared/asset.ts";
export { Head, IS_BROWSER } from "./shared/head.ts";
export { HttpError } from "./shared/http_error.ts";
