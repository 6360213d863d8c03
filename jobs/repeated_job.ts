/** What a run did, for the log. */
export type JobReport = Readonly<Record<string, number | string | boolean>>;

/** Work that runs again and again. Running it twice does nothing twice. */
export interface RepeatedJob {
  /** Stable name in `snake_case`, for the log and the operator. */
  readonly name: string;
  readonly everyMs: number;
  run(signal: AbortSignal): Promise<JobReport>;
}
