/** Choices of appearance; the first value of each is the default and is not stored. */
export const PREFERENCES = {
  theme: ["system", "dark", "light"],
  palette: ["standard", "safe"],
  direction: ["green-up", "red-up"],
} as const;

export type PreferenceName = keyof typeof PREFERENCES;

/** Hides amounts of money and holdings, on this browser alone. */
export function togglePrivacy(): boolean {
  const isHidden = readPreference("privacy", "off") === "on";
  keepPreference("privacy", isHidden ? "off" : "on", { fallback: "off" });
  return !isHidden;
}

const PREFIX = "tokenlysis.";

/** The choice in force, as the boot script set it on the page. */
export function readPreference(name: string, fallback: string): string {
  return document.documentElement.getAttribute(`data-${name}`) ?? fallback;
}

/** Applies a choice at once and keeps it; the default is kept by forgetting. */
export function keepPreference(
  name: string,
  value: string,
  { fallback }: { readonly fallback: string },
): void {
  const isDefault = value === fallback;
  if (isDefault) document.documentElement.removeAttribute(`data-${name}`);
  else document.documentElement.setAttribute(`data-${name}`, value);
  try {
    if (isDefault) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Storage may be switched off: the choice then lasts as long as the page.
  }
}
