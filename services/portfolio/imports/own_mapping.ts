import { type Field, type Mapping, parseMapping, TRANSACTIONS_V1_1 } from "./mapping.ts";

/**
 * The mapping of a file of rows whose columns and words its owner named: columns by our field,
 * actions by their word. Our own words for actions hold too.
 */
export function ownMapping({ columns, actions }: {
  readonly columns: Readonly<Partial<Record<Field, string>>>;
  readonly actions: Readonly<Record<string, string>>;
}): Mapping {
  const words = Object.entries(actions).map(([word, rule]) => [word.toLowerCase(), rule]);
  return parseMapping({
    format: "custom",
    label: "Own columns",
    layouts: [{
      name: "custom",
      header: Object.values(columns),
      shape: "rows",
      columns,
      actions: { ...TRANSACTIONS_V1_1.layouts[0]?.actions, ...Object.fromEntries(words) },
      keep: "*",
    }],
  }, "custom");
}
