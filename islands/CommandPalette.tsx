import { useComputed, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { fetchAssets } from "../components/api/client.ts";
import { Icon, type IconName } from "../components/Icon.tsx";
import { keepPreference, readPreference } from "../components/keys/preferences.ts";
import { type PaletteEntry, searchEntries } from "../components/keys/search.ts";
import { SITE_PAGES } from "../components/shell/site_map.ts";

const ICONS: Readonly<Record<PaletteEntry["group"], IconName>> = {
  Assets: "overview",
  Pages: "docs",
  Actions: "settings",
};

const PAGE_ENTRIES: readonly PaletteEntry[] = SITE_PAGES.map(({ href, label, key }) => ({
  id: href,
  label,
  detail: `g ${key}`,
  group: "Pages",
}));

const ACTIONS: Readonly<Record<string, { readonly label: string; readonly run: () => void }>> = {
  dark: {
    label: "Dark theme",
    run: () => keepPreference("theme", "dark", { fallback: "system" }),
  },
  light: {
    label: "Light theme",
    run: () => keepPreference("theme", "light", { fallback: "system" }),
  },
  system: {
    label: "Theme of the system",
    run: () => keepPreference("theme", "system", { fallback: "system" }),
  },
  safe: {
    label: "Switch the colour-safe palette",
    run: () => {
      const isSafe = readPreference("palette", "standard") === "safe";
      keepPreference("palette", isSafe ? "standard" : "safe", { fallback: "standard" });
    },
  },
  link: {
    label: "Copy the link to this view",
    run: () => void navigator.clipboard?.writeText(location.href),
  },
};

const ACTION_ENTRIES: readonly PaletteEntry[] = Object.entries(ACTIONS).map((
  [id, { label }],
) => ({ id, label, detail: "", group: "Actions" }));

function choose(entry: PaletteEntry): void {
  if (entry.group === "Actions") ACTIONS[entry.id]?.run();
  else location.assign(entry.id);
}

/** What the palette knows and does; `dialog` is the element it opens. */
function usePalette(dialog: RefObject<HTMLDialogElement>) {
  const assets = useSignal<readonly PaletteEntry[] | null>(null);
  const problem = useSignal<string | null>(null);
  const query = useSignal("");
  const at = useSignal(0);
  const results = useComputed(() =>
    searchEntries([...assets.value ?? [], ...PAGE_ENTRIES, ...ACTION_ENTRIES], query.value)
  );

  async function loadAssets() {
    problem.value = null;
    try {
      assets.value = (await fetchAssets()).map(({ assetId, name, symbol }) => ({
        id: `/assets/${encodeURIComponent(assetId)}`,
        label: name,
        detail: symbol,
        group: "Assets",
      }));
    } catch (error) {
      problem.value = error instanceof Error ? error.message : "Assets could not be listed";
    }
  }

  function open() {
    if (dialog.current?.open !== false) return;
    query.value = "";
    at.value = 0;
    dialog.current.showModal();
    if (assets.value === null) void loadAssets();
  }

  function pick(entry: PaletteEntry | undefined) {
    if (entry === undefined) return;
    dialog.current?.close();
    choose(entry);
  }

  function onKeyDown(event: KeyboardEvent) {
    const last = results.value.length - 1;
    if (event.key === "ArrowDown") at.value = Math.min(last, at.value + 1);
    else if (event.key === "ArrowUp") at.value = Math.max(0, at.value - 1);
    else if (event.key === "Enter") pick(results.value[at.value]);
    else return;
    event.preventDefault();
  }

  useEffect(() => {
    function onShortcut(event: KeyboardEvent) {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      open();
    }
    document.addEventListener("keydown", onShortcut);
    return () => document.removeEventListener("keydown", onShortcut);
  }, []);

  return { query, at, results, problem, open, pick, onKeyDown };
}

/** Search over assets, pages and actions, opened from the bar or with Ctrl K. */
export default function CommandPalette() {
  const dialog = useRef<HTMLDialogElement>(null);
  const { query, at, results, problem, open, pick, onKeyDown } = usePalette(dialog);

  return (
    <>
      <button
        type="button"
        class="jump needs-js"
        onClick={open}
        aria-label="Search or jump to Ctrl K"
        aria-keyshortcuts="Control+K Meta+K"
      >
        <Icon name="search" />
        <span>Search or jump to</span> <kbd aria-hidden="true">Ctrl K</kbd>
      </button>
      <dialog
        class="palette"
        ref={dialog}
        aria-label="Search"
        onClick={(event) => event.target === dialog.current && dialog.current?.close()}
      >
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={results.value.length > 0 ? `palette-${at.value}` : undefined}
          aria-label="Search assets, pages, actions"
          placeholder="Search assets, pages, actions"
          autocomplete="off"
          spellcheck={false}
          value={query.value}
          onInput={(event) => {
            query.value = event.currentTarget.value;
            at.value = 0;
          }}
          onKeyDown={onKeyDown}
        />
        <p class="palette-note" role="status">
          {problem.value ??
            (results.value.length === 0 ? `Nothing is called "${query.value}"` : "")}
        </p>
        <Results results={results.value} at={at.value} onPick={pick} />
      </dialog>
    </>
  );
}

interface ResultsProps {
  readonly results: readonly PaletteEntry[];
  readonly at: number;
  readonly onPick: (entry: PaletteEntry) => void;
}

function Results({ results, at, onPick }: ResultsProps) {
  return (
    <ul role="listbox" id="palette-list" aria-label="Results">
      {results.map((entry, index) => [
        entry.group === results[index - 1]?.group
          ? null
          : <li key={entry.group} role="presentation">{entry.group}</li>,
        <li
          key={entry.id}
          id={`palette-${index}`}
          role="option"
          aria-selected={index === at}
          ref={(item) => {
            if (index === at) item?.scrollIntoView({ block: "nearest" });
          }}
          onClick={() => onPick(entry)}
        >
          <Icon name={ICONS[entry.group]} />
          <span>{entry.label}</span>
          <small>{entry.detail}</small>
        </li>,
      ])}
    </ul>
  );
}
