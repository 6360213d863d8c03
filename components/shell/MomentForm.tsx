import { Icon } from "../Icon.tsx";

export interface MomentFormProps {
  readonly action: string;
  /** What is shown, as the address has it; `null` is now. */
  readonly asof: string | null;
  /** The rest of the view, which stays. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The same view as it is now. */
  readonly newestHref: string;
}

/** A day of the past to look at. One form, so that it works without scripts. */
export function MomentForm({ action, asof, fields, newestHref }: MomentFormProps) {
  const isDay = asof === null || /^\d{4}-\d{2}-\d{2}$/.test(asof);
  return (
    <form class="day-form" method="get" action={action} aria-label="Day">
      {fields.filter(([name]) => name !== "asof").map(([name, value]) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
      <label>
        <span>As of</span>
        <input class="input" type={isDay ? "date" : "text"} name="asof" value={asof ?? ""} />
      </label>
      <button type="submit" class="btn">Show</button>
      {asof === null ? null : (
        <a class="btn" data-kind="quiet" href={newestHref}>
          <Icon name="close" />Newest
        </a>
      )}
    </form>
  );
}
