import { Unknown } from "../../../components/figures/Figures.tsx";
import { ControlsHead } from "../../../components/table/ControlsHead.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import type { JobRecord, JobState } from "../../../services/ports/jobs.ts";
import { ActButton } from "./ActButton.tsx";
import { cancelJobAct, discardJobAct, retryJobAct } from "./acts.ts";
import type { OpsView } from "../../../services/ops/mod.ts";
import { countJobs, tellingJobs } from "./ops_view.ts";

const STATES: Readonly<Record<JobState, { word: string; dot: string }>> = {
  queued: { word: "Waiting", dot: "off" },
  running: { word: "Running", dot: "" },
  failed: { word: "Waits to retry", dot: "half" },
  done: { word: "Done", dot: "" },
  dead: { word: "Dead letter", dot: "open" },
  cancelled: { word: "Cancelled", dot: "off" },
};

/** Background work, with what an operator may do about it. */
export function JobsPanel({ view: { jobs, queue } }: { readonly view: OpsView }) {
  const count = (...states: JobState[]) => formatCount(countJobs(queue, states));
  const note = `${count("running")} running, ${count("queued", "failed")} waiting, ` +
    `${count("dead")} dead`;
  return (
    <Panel id="jobs" title="Jobs" note={<span data-region="jobs-note">{note}</span>}>
      <div data-region="jobs">
        {jobs.length === 0
          ? (
            <EmptyState icon="clock" title="No job has run yet">
              Jobs fetch prices, fill gaps and keep the store tidy; each stands here with its key.
            </EmptyState>
          )
          : (
            <table class="table two-line">
              <caption class="sr">Jobs, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">Job</th>
                  <th scope="col" data-pri="3">Key</th>
                  <th scope="col">State</th>
                  <th scope="col" data-pri="2">Progress</th>
                  <th scope="col" class="num" data-pri="3">Attempt</th>
                  <th scope="col" class="num">Changed</th>
                  <ControlsHead />
                </tr>
              </thead>
              <tbody>{tellingJobs(jobs).map((job) => <JobRow key={job.id} job={job} />)}</tbody>
            </table>
          )}
        <SourceLine
          parts={[
            "truth: the jobs table",
            "a killed worker loses its lease, and the job runs again",
            "of runs that are done the newest of each key",
          ]}
        />
      </div>
    </Panel>
  );
}

/** `fetch_spot_prices` as a reader says it. */
function spoken(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function JobRow({ job }: { readonly job: JobRecord }) {
  const { word, dot } = STATES[job.state];
  return (
    <tr>
      <th scope="row" data-p="name">{spoken(job.name)}</th>
      <td data-pri="3" class="ops-reason" title={job.key}>{job.key}</td>
      <td data-p="change">
        <span class="ops-state">
          <span class="dot" data-state={dot} />
          {job.isCancelRequested && job.state === "running" ? "Ending" : word}
        </span>
      </td>
      <td data-pri="2" class="ops-reason">
        <Progress job={job} />
      </td>
      <td class="num" data-pri="3">
        {formatCount(job.attempts)}
        <span class="unit">of {formatCount(job.maxAttempts)}</span>
      </td>
      <td class="num" data-p="value">
        <Moment at={job.finishedAt ?? job.startedAt ?? job.createdAt} />
      </td>
      <td class="num ops-acts" data-p="detail">
        <Controls job={job} />
      </td>
    </tr>
  );
}

/** How far a run is; of one that failed, why. */
function Progress({ job: { name, state, progress, error } }: { readonly job: JobRecord }) {
  if (error !== null && (state === "dead" || state === "failed")) {
    return <span class="second" title={error}>{error}</span>;
  }
  if (progress === null) {
    return state === "done"
      ? <span class="muted">complete</span>
      : (
        <Unknown reason={state === "queued" ? "not started" : "the job does not count its steps"} />
      );
  }
  const { done, total, note } = progress;
  const isWhole = total === null || total === 0 || done >= total;
  if (state === "done" || total === null || total === 0) {
    const count = isWhole ? formatCount(done) : `${formatCount(done)} of ${formatCount(total)}`;
    return <span class="muted">{`${count} ${note}`.trim()}</span>;
  }
  return (
    <span class="ops-progress" title={note}>
      <progress value={Math.min(done, total)} max={total} aria-label={spoken(name)} />
      <span>{formatShare(done / total).replace(/\.\d+/, "")}</span>
      <span class="muted">{note}</span>
    </span>
  );
}

function Controls({ job }: { readonly job: JobRecord }) {
  const subject = { ...job, name: spoken(job.name) };
  switch (job.state) {
    case "dead":
      return (
        <>
          <ActButton act={retryJobAct(subject)}>Retry</ActButton>{" "}
          <ActButton act={discardJobAct(subject)} kind="danger" isDangerous>Discard</ActButton>
        </>
      );
    case "queued":
    case "failed":
    case "running":
      return job.isCancelRequested
        ? null
        : <ActButton act={cancelJobAct(subject)} isDangerous>Cancel</ActButton>;
    case "done":
    case "cancelled":
      return null;
  }
}
