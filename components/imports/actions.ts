/** Actions of the ledger in words, by their names in Transactions CSV v1.1. */
export const ACTION_WORDS = {
  BUY: "Buy",
  SELL: "Sell",
  TRANSFER_IN: "Transfer in",
  TRANSFER_OUT: "Transfer out",
  FEE: "Fee",
  STAKING_REWARD: "Staking reward",
  AIRDROP: "Airdrop",
  INCOME: "Income",
} as const;

/** An action in words; its name where there are none. */
export function actionWord(action: string): string {
  return Object.hasOwn(ACTION_WORDS, action)
    ? ACTION_WORDS[action as keyof typeof ACTION_WORDS]
    : action;
}
