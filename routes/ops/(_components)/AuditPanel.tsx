import { Moment } from "../../../components/figures/Moment.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import type { OpsView } from "../../../services/ops/mod.ts";

/** Who did what, when. */
export function AuditPanel({ view: { audit } }: { readonly view: OpsView }) {
  return (
    <Panel id="audit" title="Audit log" note="what operators did">
      <div data-region="audit">
        {audit.length === 0
          ? (
            <EmptyState icon="docs" title="Nobody has pressed anything yet">
              Every control leaves a line here: who, what, on what, when.
            </EmptyState>
          )
          : (
            <table class="table two-line">
              <caption class="sr">Acts of operators, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">Act</th>
                  <th scope="col">On</th>
                  <th scope="col" data-pri="2">By</th>
                  <th scope="col" class="num">When</th>
                </tr>
              </thead>
              <tbody>
                {audit.map((entry) => (
                  <tr key={entry.id}>
                    <th scope="row" data-p="name">{entry.action}</th>
                    <td data-p="detail" class="ops-reason" title={entry.subject}>
                      {entry.subject}
                    </td>
                    <td data-pri="2">{entry.actor}</td>
                    <td class="num" data-p="value">
                      <Moment at={entry.at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        <SourceLine parts={["entries are only ever added"]} />
      </div>
    </Panel>
  );
}
