/** Where a phone, whose bar has no room for it, says how the stream of prices stands. */
export function LiveLabel() {
  return <span class="live-label" data-live-label />;
}
