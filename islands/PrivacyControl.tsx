import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../components/Icon.tsx";
import { readPreference, togglePrivacy } from "../components/keys/preferences.ts";

/** Hides amounts of money and holdings on every page; the choice stays in this browser. */
export default function PrivacyControl() {
  const isHidden = useSignal(false);

  useEffect(() => {
    // The key `.` does the same, so the page itself says how it stands.
    const read = () => isHidden.value = readPreference("privacy", "off") === "on";
    read();
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributeFilter: ["data-privacy"] });
    return () => observer.disconnect();
  }, []);

  return (
    <button
      type="button"
      class="btn needs-js"
      data-kind="quiet"
      data-icon
      aria-label="Hide amounts"
      aria-pressed={isHidden.value}
      aria-keyshortcuts="."
      title={isHidden.value ? "Show amounts (.)" : "Hide amounts (.)"}
      onClick={() => togglePrivacy()}
    >
      <Icon name={isHidden.value ? "eye-off" : "eye"} />
    </button>
  );
}
