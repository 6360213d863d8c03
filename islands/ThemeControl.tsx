import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../components/Icon.tsx";
import {
  keepPreference,
  type PreferenceName,
  PREFERENCES,
  readPreference,
} from "../components/keys/preferences.ts";
import { OverlayHead } from "../components/overlays/OverlayHead.tsx";

const GROUPS: readonly {
  readonly name: PreferenceName;
  readonly legend: string;
  readonly labels: Readonly<Record<string, string>>;
}[] = [
  {
    name: "theme",
    legend: "Theme",
    labels: { system: "Like the system", dark: "Dark", light: "Light" },
  },
  {
    name: "palette",
    legend: "Colours of rise and fall",
    labels: { standard: "Green and red", safe: "Blue and orange, told apart by every eye" },
  },
  {
    name: "direction",
    legend: "Which colour rises",
    labels: { "green-up": "The first (green or blue)", "red-up": "The second (red or orange)" },
  },
];

/** Theme, palette and direction: applied at once, kept in this browser. */
export default function ThemeControl() {
  const dialog = useRef<HTMLDialogElement>(null);
  const chosen = useSignal<Readonly<Record<string, string>>>({});

  function readAll() {
    chosen.value = Object.fromEntries(
      GROUPS.map(({ name }) => [name, readPreference(name, PREFERENCES[name][0])]),
    );
  }

  useEffect(readAll, []);

  return (
    <>
      <button
        type="button"
        class="btn needs-js"
        data-kind="quiet"
        data-icon
        aria-label="Appearance"
        title="Appearance"
        onClick={() => {
          readAll();
          dialog.current?.showModal();
        }}
      >
        <Icon name="theme" />
      </button>
      <dialog class="dialog" ref={dialog} aria-labelledby="appearance-title">
        <OverlayHead
          id="appearance-title"
          title="Appearance"
          onClose={() => dialog.current?.close()}
        />
        <div class="overlay-body">
          {GROUPS.map(({ name, legend, labels }) => (
            <fieldset key={name} class="field">
              <legend>{legend}</legend>
              {PREFERENCES[name].map((value) => (
                <label key={value} class="check">
                  <input
                    type="radio"
                    name={name}
                    value={value}
                    checked={chosen.value[name] === value}
                    onChange={() => {
                      keepPreference(name, value, { fallback: PREFERENCES[name][0] });
                      readAll();
                    }}
                  />
                  {labels[value]}
                </label>
              ))}
            </fieldset>
          ))}
        </div>
      </dialog>
    </>
  );
}
