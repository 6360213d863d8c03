/** The part of papaparse that tests and benchmarks use; its published types drag Node's in. */
export interface ParseConfig {
  readonly skipEmptyLines?: boolean;
  readonly header?: boolean;
  readonly step?: () => void;
}
export interface ParseResult<Row> {
  readonly data: Row[];
  readonly errors: readonly { readonly code: string; readonly row?: number }[];
}
declare const Papa: {
  parse<Row>(text: string, config?: ParseConfig): ParseResult<Row>;
};
export default Papa;
