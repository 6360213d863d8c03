import { asset } from "fresh/runtime";

/** The symbols of `static/icons.svg` that pages use. */
export const ICON_NAMES = [
  "analytics",
  "autopilot",
  "calendar",
  "chain",
  "check",
  "chevron-down",
  "clock",
  "close",
  "code",
  "columns",
  "copy",
  "database",
  "docs",
  "edit",
  "error",
  "export",
  "eye",
  "eye-off",
  "filter",
  "flask",
  "image",
  "import",
  "info",
  "keyboard",
  "link",
  "lock",
  "more",
  "offline",
  "ops",
  "overview",
  "plus",
  "portfolio",
  "pool",
  "refresh",
  "score",
  "search",
  "settings",
  "table",
  "theme",
  "trash",
  "undo",
  "warn",
  "watch",
  "zoom",
] as const;
export type IconName = typeof ICON_NAMES[number];

/**
 * A 16 px icon; decoration only, so the control around it carries the words. Browsers keep the file
 * of all icons, so that one which first shows when the server is gone is drawn as well.
 */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="i" viewBox="0 0 16 16" aria-hidden="true">
      <use href={asset(`/icons.svg#i-${name}`)} />
    </svg>
  );
}
