export { DemoProvider } from "./demo/demo_provider.ts";
export { DiskCandleFiles } from "./file/candle_file.ts";
export { type AssetResolver, identifyFile } from "./file/file_assets.ts";
export { FileProvider } from "./file/file_provider.ts";
