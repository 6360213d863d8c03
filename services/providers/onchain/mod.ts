export { ETHERSCAN_KEY, EtherscanGas } from "./etherscan.ts";
export { GAUGE_EXAMPLES } from "./gauge_examples.ts";
export { MempoolSpace } from "./mempool_space.ts";
