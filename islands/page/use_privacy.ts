import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { readPreference } from "../../components/keys/preferences.ts";

/** Whether amounts are hidden, as the page itself says: a key and a button change it. */
export function usePrivacy(): Signal<boolean> {
  const isHidden = useSignal(false);
  useEffect(() => {
    const read = () => isHidden.value = readPreference("privacy", "off") === "on";
    read();
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributeFilter: ["data-privacy"] });
    return () => observer.disconnect();
  }, []);
  return isHidden;
}
