const MINUS = "\u2212";
const DECIMALS = 8;

/**
 * A plain decimal as people read it: thousands separated, cut after eight decimals, without zeros
 * at the end. Never by way of a float, so every digit that is shown is one of the ledger.
 */
export function formatQuantity(decimal: string): string {
  const isNegative = decimal.startsWith("-");
  const [whole = "0", fraction = ""] = decimal.replace(/^[+-]/, "").split(".");
  const shown = fraction.slice(0, DECIMALS).replace(/0+$/, "");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${isNegative ? MINUS : ""}${grouped}${shown === "" ? "" : `.${shown}`}`;
}
