import { EmptyState } from "../../../components/states/States.tsx";
import { CsvLink, ViewLink } from "../../../components/table/PanelLinks.tsx";
import { analyticsHref, type AnalyticsView, type LinePanel } from "./analytics_view.ts";

/** The file of a panel's table. */
export function TableCsvLink(
  { view, table }: { readonly view: AnalyticsView; readonly table: string },
) {
  return <CsvLink href={analyticsHref(view, `/analytics/csv/${table}`)} of={table} />;
}

/** Leads from a panel's chart to its table and back. */
export function TableLink(
  { view, panel }: { readonly view: AnalyticsView; readonly panel: LinePanel },
) {
  const isTable = view.table === panel;
  const other = { ...view, table: isTable ? null : panel };
  return <ViewLink href={`${analyticsHref(other)}#${panel}`} of={panel} isTable={isTable} />;
}

/** What a panel says when its figures can't be had as asked. */
export function Refused(
  { refusal, view }: { readonly refusal: string; readonly view: AnalyticsView },
) {
  const usual = { ...view, period: "90d", interval: null, window: 30, asof: "", start: "" };
  return (
    <EmptyState
      icon="info"
      title="Not measured"
      actions={<a class="btn" href={analyticsHref(usual)}>Back to 90 days</a>}
    >
      {refusal}.
    </EmptyState>
  );
}

/** The rest of a view, for a form that sets some of it. */
export function KeptFields(
  { fields, but }: {
    readonly fields: readonly (readonly [name: string, value: string])[];
    readonly but: readonly string[];
  },
) {
  return (
    <>
      {fields.filter(([name]) => !but.includes(name)).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

/** A day to choose; an instant of the address stays the text that it is. */
export function DayField(
  { name, label, value }: { readonly name: string; readonly label: string; readonly value: string },
) {
  const isDay = value === "" || /^\d{4}-\d{2}-\d{2}$/.test(value);
  return (
    <label class="field">
      <span>{label}</span>
      <input class="input" type={isDay ? "date" : "text"} name={name} value={value} />
    </label>
  );
}
