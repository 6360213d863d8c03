import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { keepPreference, readPreference } from "../components/keys/preferences.ts";

const DENSITIES = ["comfortable", "compact", "dense"] as const;
const LABELS = { comfortable: "Comfortable", compact: "Compact", dense: "Dense" } as const;
const DEFAULT_DENSITY = "compact";

/** Chooses the height of a table's rows, `data-table` on it; kept in this browser. */
export default function RowHeight({ table }: { readonly table: string }) {
  const preference = `density-${table}`;
  const density = useSignal<string>(DEFAULT_DENSITY);

  useEffect(() => {
    density.value = readPreference(preference, DEFAULT_DENSITY);
  }, []);

  return (
    <div class="seg needs-js" role="group" aria-label="Row height">
      {DENSITIES.map((value) => (
        <button
          key={value}
          type="button"
          aria-pressed={density.value === value}
          onClick={() => {
            density.value = value;
            keepPreference(preference, value, { fallback: DEFAULT_DENSITY });
          }}
        >
          {LABELS[value]}
        </button>
      ))}
    </div>
  );
}
