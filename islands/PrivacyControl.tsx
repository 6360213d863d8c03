import { togglePrivacy } from "../components/keys/preferences.ts";
import { Icon } from "../components/Icon.tsx";
import { usePrivacy } from "./page/use_privacy.ts";

/** Hides amounts of money and holdings on every page; the choice stays in this browser. */
export default function PrivacyControl() {
  const isHidden = usePrivacy();
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
