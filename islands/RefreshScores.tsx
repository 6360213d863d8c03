import { useSignal } from "@preact/signals";
import { Icon } from "../components/Icon.tsx";
import { refreshRegions } from "./page/refresh_regions.ts";

/** Reads the scores of the page again, and says what came of it. */
export default function RefreshScores() {
  const isBusy = useSignal(false);
  const outcome = useSignal("");

  async function refresh() {
    isBusy.value = true;
    outcome.value = "";
    const isRead = await refreshRegions();
    outcome.value = isRead ? "Scores are up to date" : "The server could not be reached";
    isBusy.value = false;
  }

  return (
    <>
      <span class="hint" role="status">{outcome.value}</span>
      {/* Without scripts the link loads the page again. */}
      <a
        class="btn"
        data-kind="quiet"
        data-icon
        data-size="s"
        href="/#top-scores"
        aria-current="false"
        aria-label="Refresh scores"
        title="Refresh scores"
        aria-busy={isBusy.value}
        onClick={(event) => {
          event.preventDefault();
          if (!isBusy.value) void refresh();
        }}
      >
        <Icon name="refresh" />
      </a>
    </>
  );
}
