import { Moment } from "../../components/figures/Moment.tsx";
import { formatCount } from "../../components/format/number.ts";
import { formatDay, isoInstant } from "../../components/format/time.ts";
import { DAY_MS } from "../../services/kernel/time.ts";
import type { AssetQuote, MarketOverview } from "../../services/market/mod.ts";

/** A line with more names than this is a list; the panel of all assets has it. */
const MAX_NAMED = 2;

/** The sources of an overview by name, or how many they are. */
export function sourceNames({ sources }: Pick<MarketOverview, "sources">): string {
  if (sources.length === 0) return "no source";
  return sources.length > MAX_NAMED ? `${formatCount(sources.length)} sources` : sources.join(", ");
}

/** The oldest and the newest as-of of the assets that have a price; `null` without any. */
export function asofSpan(
  quotes: readonly Pick<AssetQuote, "provenance">[],
): { readonly oldest: number; readonly newest: number } | null {
  let [oldest, newest] = [Infinity, -Infinity];
  for (const { provenance } of quotes) {
    if (provenance === null) continue;
    oldest = Math.min(oldest, provenance.asof);
    newest = Math.max(newest, provenance.asof);
  }
  return oldest <= newest ? { oldest, newest } : null;
}

/** Whether assets stand a day or more apart, so that one as-of would be wrong for some of them. */
export function isMixed(
  span: { readonly oldest: number; readonly newest: number } | null,
): boolean {
  return span !== null && span.newest - span.oldest >= DAY_MS;
}

/** When the assets of a panel stand: one instant, or from which day to which where they differ. */
export function AsofSpan({ quotes }: { readonly quotes: readonly AssetQuote[] }) {
  const span = asofSpan(quotes);
  if (span === null) return <>no as-of</>;
  const { oldest, newest } = span;
  if (!isMixed(span)) return <Moment at={newest} />;
  return (
    <>
      each at its newest close, <time dateTime={isoInstant(oldest)}>{formatDay(oldest)}</time> to
      {" "}
      <time dateTime={isoInstant(newest)}>{formatDay(newest)}</time>
    </>
  );
}
