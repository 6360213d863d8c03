import { type Browser, chromium } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const FLAGS = [
  "--no-sandbox",
  "--headless",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * The Chromium that browser tests run in: `CHROMIUM_PATH`, or one in the usual places. Null if
 * there is none; tests are then registered with `ignore`.
 */
export function findChromium(): string | null {
  const configured = Deno.env.get("CHROMIUM_PATH");
  const candidates = configured ? [configured, ...PATHS] : PATHS;
  return candidates.find(isFile) ?? null;
}

/** What a page waits for comes on every machine, at last: the limit only ends what never comes. */
const PAGE_LIMIT_MS = 180_000;

/** Starts the Chromium that was found, in English whatever this machine speaks. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) {
    throw new TypeError("Cannot start Chromium: expected it at CHROMIUM_PATH or in /usr/bin");
  }
  // Dates are typed in the order that its language has, which no flag sets.
  const env = { ...Deno.env.toObject(), LANGUAGE: "en_US" };
  const browser = await chromium.launch({ executablePath, args: FLAGS, env });
  browser.on("context", (context) => context.setDefaultTimeout(PAGE_LIMIT_MS));
  return browser;
}
