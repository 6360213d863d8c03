import { AuditPanel } from "./AuditPanel.tsx";
import { CoveragePanel } from "./CoveragePanel.tsx";
import { FeedsPanel, StreamsPanel } from "./FeedsPanel.tsx";
import { FxPanel } from "./FxPanel.tsx";
import { HeldPanel } from "./HeldPanel.tsx";
import { JobsPanel } from "./JobsPanel.tsx";
import { LogsPanel } from "./LogsPanel.tsx";
import { OpsFigures } from "./OpsFigures.tsx";
import { OpsHeader } from "./OpsHeader.tsx";
import type { OpsQuery, OpsView } from "../../../services/ops/mod.ts";
import { PoolsPanel } from "./PoolsPanel.tsx";
import { ProvidersPanel } from "./ProvidersPanel.tsx";

/** What is broken, what still works, and what to press. */
export function OpsPage({ view, query }: { readonly view: OpsView; readonly query: OpsQuery }) {
  return (
    <>
      <OpsHeader view={view} />
      <div class="grid">
        <div>
          <OpsFigures view={view} />
        </div>
        <div>
          <ProvidersPanel view={view} />
        </div>
        <div class="c-8 m-12">
          <FeedsPanel view={view} />
        </div>
        <div class="c-4 m-12">
          <StreamsPanel view={view} />
        </div>
        <div>
          <JobsPanel view={view} />
        </div>
        <div class="c-6 m-12">
          <HeldPanel view={view} />
        </div>
        <div class="c-6 m-12">
          <CoveragePanel view={view} />
        </div>
        <div>
          <PoolsPanel view={view} />
        </div>
        <div>
          <FxPanel view={view} />
        </div>
        <div>
          <AuditPanel view={view} />
        </div>
        <div>
          <LogsPanel logs={view.logs} query={query} />
        </div>
      </div>
    </>
  );
}
