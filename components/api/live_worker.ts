import { createBrowserHub } from "./browser_hub.ts";
import { type LivePort, PortDesk } from "./live_messages.ts";

const SWEEP_MS = 60_000;

/** The part of a shared worker's global scope that is used here. */
interface SharedScope {
  onconnect: ((event: { readonly ports: readonly LivePort[] }) => void) | null;
}

/** The shared worker: it holds the streams of all tabs. */
function serveTabs(scope: SharedScope): void {
  const desk = new PortDesk(createBrowserHub(), { now: () => Date.now() });
  setInterval(() => desk.sweep(), SWEEP_MS);
  scope.onconnect = ({ ports: [port] }) => {
    if (port !== undefined) desk.connect(port);
  };
}

serveTabs(globalThis as unknown as SharedScope);
