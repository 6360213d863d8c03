import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { KEY_HELP, type KeyAction, keyAction } from "../components/keys/keymap.ts";
import { localizeMoments } from "../components/keys/moments.ts";
import { togglePrivacy } from "../components/keys/preferences.ts";
import { OverlayHead } from "../components/overlays/OverlayHead.tsx";
import { SITE_PAGES } from "../components/shell/site_map.ts";

/** How long `g` waits for its letter. */
const LETTER_WAIT_MS = 1_200;
/** How often ages are written anew: they count minutes, and seconds only below one. */
const MOMENTS_EVERY_MS = 10_000;

const OWN_KEYS = "input, select, textarea, [contenteditable], dialog, .plot";

/** Moves the focus to the link of the row after or before the focused one. */
function moveRow(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(
    "table[data-keys] tbody tr:not([hidden]) th a",
  )];
  const row = document.activeElement?.closest("tr") ?? null;
  const from = links.findIndex((link) => row !== null && link.closest("tr") === row);
  const next = from < 0 ? 0 : Math.min(links.length - 1, Math.max(0, from + by));
  links[next]?.focus();
}

function focusFirst(selector: string): boolean {
  const target = document.querySelector<HTMLElement>(selector);
  target?.focus();
  return target !== null;
}

/** Acts on the keys of the whole page. */
function usePageKeys(help: RefObject<HTMLDialogElement>): void {
  const letterUntil = useRef(0);

  /** Carries an action out; says whether the key was used up. */
  function perform(action: KeyAction): boolean {
    switch (action.kind) {
      case "palette":
        // The palette listens for its own keys.
        return false;
      case "help":
        help.current?.showModal();
        return true;
      case "filter":
        return focusFirst("[data-filter]");
      case "range":
        return focusFirst("[data-range-control] [aria-current=true], [data-range-control] a");
      case "privacy":
        togglePrivacy();
        return true;
      case "move":
        moveRow(action.by);
        return true;
      case "await_letter":
        letterUntil.current = Date.now() + LETTER_WAIT_MS;
        return true;
      case "go": {
        letterUntil.current = 0;
        const page = SITE_PAGES.find(({ key }) => key === action.letter);
        if (page !== undefined) location.assign(page.href);
        return page !== undefined;
      }
    }
  }

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      const target = event.target instanceof Element ? event.target : document.body;
      const action = keyAction({
        key: event.key,
        ctrlKey: event.ctrlKey,
        metaKey: event.metaKey,
        altKey: event.altKey,
        isTyping: target.closest(OWN_KEYS) !== null,
        isAwaitingLetter: Date.now() < letterUntil.current,
      });
      if (action !== null && perform(action)) event.preventDefault();
    }
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Shows the offline banner of the shell while the browser has no connection. */
function useOfflineBanner(): void {
  useEffect(() => {
    function showConnection() {
      const banner = document.getElementById("offline-banner");
      if (banner !== null) banner.hidden = navigator.onLine;
    }
    showConnection();
    addEventListener("online", showConnection);
    addEventListener("offline", showConnection);
    return () => {
      removeEventListener("online", showConnection);
      removeEventListener("offline", showConnection);
    };
  }, []);
}

/** Closes an open menu when the reader turns to something else, or presses Escape. */
function useMenus(): void {
  useEffect(() => {
    function openMenu(): HTMLDetailsElement | null {
      return document.querySelector<HTMLDetailsElement>("details.menu[open]");
    }
    function onClick({ target }: MouseEvent) {
      const menu = openMenu();
      if (menu !== null && target instanceof Node && !menu.contains(target)) menu.open = false;
    }
    function onKeyDown({ key }: KeyboardEvent) {
      const menu = key === "Escape" ? openMenu() : null;
      if (menu === null) return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("click", onClick);
      document.removeEventListener("keydown", onKeyDown);
    };
  }, []);
}

/** Keeps the instants of the page in the reader's time. */
function useLocalMoments(): void {
  useEffect(() => {
    const write = () => localizeMoments(document, Date.now());
    write();
    const timer = setInterval(write, MOMENTS_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
}

/** What every page does by itself: keys and the help on them, menus, offline banner, local time. */
export default function Shortcuts() {
  const help = useRef<HTMLDialogElement>(null);
  usePageKeys(help);
  useOfflineBanner();
  useLocalMoments();
  useMenus();

  return (
    <dialog class="dialog" ref={help} aria-labelledby="keys-title">
      <OverlayHead id="keys-title" title="Keys" onClose={() => help.current?.close()} />
      <div class="overlay-body">
        <dl class="rows keys">
          {KEY_HELP.map(([keys, does]) => (
            <div key={does}>
              <dt class="flex">{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </div>
    </dialog>
  );
}
