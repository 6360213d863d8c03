export { EtherscanGas } from "./etherscan.ts";
export { MempoolSpace } from "./mempool_space.ts";
