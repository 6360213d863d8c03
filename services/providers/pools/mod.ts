export { DefillamaPoolProvider } from "./defillama_provider.ts";
export { DunePoolProvider } from "./dune_provider.ts";
export { parsePoolFile, POOL_FORMATS } from "./file_parse.ts";
export { FlipsidePoolProvider } from "./flipside_provider.ts";
export { MockPoolProvider } from "./mock_provider.ts";
