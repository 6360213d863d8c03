import type { AssetLabels } from "./read_portfolio.ts";

/** What fields for assets offer; each takes any name that the registry knows. */
export function AssetOptions({ labels }: { readonly labels: AssetLabels }) {
  return (
    <datalist id="assets-known">
      {[...labels].map(([id, { name, symbol }]) => (
        <option key={id} value={id}>{name} ({symbol})</option>
      ))}
    </datalist>
  );
}
