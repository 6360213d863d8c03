import { createBrowserHub } from "./browser_hub.ts";
import { type LivePort, PortDesk } from "./live_messages.ts";

const SWEEP_MS = 60_000;

/** What a shared worker is told of a tab that comes. */
interface TabEvent {
  readonly ports: readonly LivePort[];
}

/** The shared worker: it holds the streams of all tabs. */
function serveTabs(): void {
  const desk = new PortDesk(createBrowserHub(), { now: () => Date.now() });
  setInterval(() => desk.sweep(), SWEEP_MS);
  const onconnect = ({ ports: [port] }: TabEvent) => {
    if (port !== undefined) desk.connect(port);
  };
  // No type knows the scope of a shared worker beside that of a page.
  Object.assign(globalThis, { onconnect });
}

serveTabs();
