import { Icon } from "../Icon.tsx";

export interface OverlayHeadProps {
  /** Names the dialog. */
  readonly id: string;
  readonly title: string;
  readonly onClose: () => void;
}

/** Title and close button of a dialog or drawer. */
export function OverlayHead({ id, title, onClose }: OverlayHeadProps) {
  return (
    <div class="overlay-head">
      <h2 id={id}>{title}</h2>
      <button
        type="button"
        class="btn"
        data-kind="quiet"
        data-icon
        aria-label="Close"
        onClick={onClose}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
