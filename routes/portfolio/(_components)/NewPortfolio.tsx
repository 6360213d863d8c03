import { Panel } from "../../../components/states/Panel.tsx";
import { FIRST_SETTINGS, type SettingsValues } from "./portfolio_form.ts";
import { Refusal } from "./Refusal.tsx";
import { SettingsFields } from "./SettingsFields.tsx";

export interface NewPortfolioProps {
  /** What was typed before, if that was refused. */
  readonly fields?: SettingsValues | null;
  /** Why it was refused. */
  readonly message?: string | null;
  /** Whether a file is to be imported into it next. */
  readonly isForImport: boolean;
}

/** The form of a new portfolio. */
export function NewPortfolio({ fields, message, isForImport }: NewPortfolioProps) {
  return (
    <Panel
      id="new"
      title="New portfolio"
      note={isForImport ? "rows go into one, and there is none yet" : undefined}
    >
      <form method="post" action="/portfolio" class="stack-form">
        {message ? <Refusal message={message} /> : null}
        {isForImport ? <input type="hidden" name="then" value="import" /> : null}
        <SettingsFields fields={fields ?? FIRST_SETTINGS} />
        <p class="hint">All of it can be changed later: lots are matched anew.</p>
        <div>
          <button type="submit" class="btn" data-kind="primary">
            {isForImport ? "Create it, then choose a file" : "Create portfolio"}
          </button>
        </div>
      </form>
    </Panel>
  );
}
