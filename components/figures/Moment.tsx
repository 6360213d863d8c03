import { formatUtc, isoInstant } from "../format/time.ts";

/**
 * An instant. The server writes it in UTC; where scripts run it turns to the reader's zone, and
 * to an age while it is under an hour old.
 */
export function Moment({ at }: { readonly at: number }) {
  return <time dateTime={isoInstant(at)} data-moment>{formatUtc(at)}</time>;
}
