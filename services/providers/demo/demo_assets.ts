import type { AssetId } from "../../market/assets.ts";

/** How an asset of the demo market behaves. None of it is a fact about the asset. */
export interface DemoAsset {
  readonly assetId: AssetId;
  /** The dollars that its price wanders around. */
  readonly priceUsd: number;
  /** Units in circulation, for the market value. */
  readonly supply: number;
  /** Share of the market value that changes hands on a calm day. */
  readonly turnover: number;
  /** How much of the whole market's moves it takes part in. */
  readonly beta: number;
  /** Standard deviation of its own moves of a calm day, as a fraction. */
  readonly dailyVolatility: number;
}

type Kind = "major" | "large" | "small" | "meme" | "stable";

const BEHAVIOUR: Readonly<Record<Kind, Pick<DemoAsset, "turnover" | "beta" | "dailyVolatility">>> =
  {
    major: { turnover: 0.03, beta: 1, dailyVolatility: 0.006 },
    large: { turnover: 0.05, beta: 1.2, dailyVolatility: 0.018 },
    small: { turnover: 0.08, beta: 1.3, dailyVolatility: 0.026 },
    meme: { turnover: 0.15, beta: 1.5, dailyVolatility: 0.04 },
    stable: { turnover: 0.3, beta: 0, dailyVolatility: 0.0003 },
  };

type Row = readonly [assetId: string, kind: Kind, priceUsd: number, supply: number];

const ROWS: readonly Row[] = [
  ["bitcoin", "major", 95_000, 19.9e6],
  ["ethereum", "major", 3_300, 120.5e6],
  ["tether", "stable", 1, 180e9],
  ["ripple", "large", 2.2, 60e9],
  ["binancecoin", "large", 720, 138e6],
  ["solana", "large", 165, 550e6],
  ["usd-coin", "stable", 1, 75e9],
  ["dogecoin", "meme", 0.19, 151e9],
  ["tron", "large", 0.28, 94.7e9],
  ["cardano", "large", 0.62, 35.8e9],
  ["chainlink", "large", 16, 697e6],
  ["stellar", "large", 0.29, 32e9],
  ["avalanche-2", "large", 21, 427e6],
  ["bitcoin-cash", "large", 510, 19.9e6],
  ["hedera-hashgraph", "large", 0.18, 42e9],
  ["litecoin", "large", 98, 76.5e6],
  ["sui", "large", 2.6, 3.6e9],
  ["the-open-network", "large", 2.4, 2.5e9],
  ["shiba-inu", "meme", 0.0000105, 589e12],
  ["polkadot", "large", 3.4, 1.6e9],
  ["uniswap", "large", 7.2, 630e6],
  ["dai", "stable", 1, 5.3e9],
  ["aave", "large", 210, 15.2e6],
  ["near", "large", 2.4, 1.27e9],
  ["internet-computer", "small", 5.6, 540e6],
  ["ethereum-classic", "large", 17, 154e6],
  ["aptos", "small", 3.6, 730e6],
  ["monero", "large", 330, 18.4e6],
  ["pepe", "meme", 0.0000065, 420e12],
  ["bittensor", "small", 380, 10.2e6],
  ["ondo-finance", "small", 0.72, 3.16e9],
  ["vechain", "small", 0.019, 86e9],
  ["algorand", "small", 0.18, 8.8e9],
  ["cosmos", "small", 3.3, 480e6],
  ["filecoin", "small", 1.9, 690e6],
  ["arbitrum", "small", 0.31, 5.4e9],
  ["optimism", "small", 0.45, 1.85e9],
  ["render-token", "small", 2.7, 518e6],
  ["kaspa", "small", 0.056, 26.8e9],
  ["fetch-ai", "small", 0.31, 2.36e9],
  ["injective-protocol", "small", 8.1, 99.9e6],
  ["sei-network", "small", 0.19, 6.2e9],
  ["celestia", "small", 1.1, 830e6],
  ["lido-dao", "small", 0.93, 895e6],
  ["maker", "small", 1_600, 850e3],
  ["the-graph", "small", 0.068, 10.6e9],
  ["thorchain", "small", 0.95, 351e6],
  ["immutable-x", "small", 0.41, 1.95e9],
  ["blockstack", "small", 0.44, 1.8e9],
  ["tezos", "small", 0.58, 1.06e9],
  ["iota", "small", 0.15, 4.1e9],
  ["the-sandbox", "small", 0.21, 2.55e9],
  ["decentraland", "small", 0.24, 1.92e9],
  ["gala", "small", 0.011, 46e9],
  ["axie-infinity", "small", 1.4, 167e6],
  ["curve-dao-token", "small", 0.52, 1.41e9],
  ["pancakeswap-token", "small", 2.5, 342e6],
  ["compound-governance-token", "small", 38, 9.6e6],
  ["dogwifcoin", "meme", 0.52, 998e6],
  ["bonk", "meme", 0.0000135, 82e12],
];

/** The assets of the demo market; their prices are invented and only plausible in size. */
export const DEMO_ASSETS: readonly DemoAsset[] = ROWS.map((
  [assetId, kind, priceUsd, supply],
) => ({ assetId: assetId as AssetId, priceUsd, supply, ...BEHAVIOUR[kind] }));
