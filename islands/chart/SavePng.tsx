import { Icon } from "../../components/Icon.tsx";

/** The button that saves a chart as a picture. */
export function SavePng({ onSave }: { readonly onSave: () => void }) {
  return (
    <button
      type="button"
      class="btn"
      data-kind="quiet"
      data-icon
      data-size="s"
      aria-label="Download PNG"
      title="Download PNG"
      onClick={onSave}
    >
      <Icon name="image" />
    </button>
  );
}
