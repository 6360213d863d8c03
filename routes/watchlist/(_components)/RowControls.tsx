import { Icon, type IconName } from "../../../components/Icon.tsx";

/** Characters of a note. */
export const MAX_NOTE = 500;

export interface RowControlsProps {
  readonly listId: string;
  readonly assetId: string;
  readonly name: string;
  readonly note: string | null;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** What can be done with an asset of a list: its place, its note, its end there. */
export function RowControls(props: RowControlsProps) {
  const { name, isFirst, isLast } = props;
  return (
    <span class="watch-controls">
      <form method="post" action="/watchlist" data-inline>
        <Ids {...props} />
        <Act act="up" icon="chevron-down" label={`Move ${name} up`} isOff={isFirst} />
        <Act act="down" icon="chevron-down" label={`Move ${name} down`} isOff={isLast} />
      </form>
      <NoteForm {...props} />
      <form method="post" action="/watchlist" data-inline>
        <Ids {...props} />
        <Act act="remove" icon="close" label={`Remove ${name}`} />
      </form>
    </span>
  );
}

function Ids({ listId, assetId }: Pick<RowControlsProps, "listId" | "assetId">) {
  return (
    <>
      <input type="hidden" name="list" value={listId} />
      <input type="hidden" name="asset" value={assetId} />
    </>
  );
}

interface ActProps {
  readonly act: string;
  readonly icon: IconName;
  readonly label: string;
  readonly isOff?: boolean;
}

function Act({ act, icon, label, isOff = false }: ActProps) {
  return (
    <button
      type="submit"
      class="btn"
      data-kind="quiet"
      data-icon
      data-size="s"
      data-act-of={act}
      name="act"
      value={act}
      aria-label={label}
      title={label}
      disabled={isOff}
    >
      <Icon name={icon} />
    </button>
  );
}

function NoteForm(props: RowControlsProps) {
  const { name, note } = props;
  const label = note === null ? `Add a note on ${name}` : `Change the note on ${name}`;
  return (
    <details class="menu" name="menu">
      <summary
        class="btn"
        data-kind="quiet"
        data-icon
        data-size="s"
        role="button"
        aria-label={label}
        title={label}
      >
        <Icon name="edit" />
      </summary>
      <form method="post" action="/watchlist" class="menu-list watch-note-form" data-inline>
        <Ids {...props} />
        <label class="field">
          <span>Note on {name}</span>
          <textarea class="input" name="note" rows={3} maxLength={MAX_NOTE}>{note ?? ""}</textarea>
        </label>
        <button type="submit" class="btn" data-size="s" name="act" value="note">Keep note</button>
      </form>
    </details>
  );
}
