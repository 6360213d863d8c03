import { Moment } from "../../../components/figures/Moment.tsx";
import { formatSpan } from "../../../components/format/time.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Banner } from "../../../components/states/States.tsx";
import { ActButton } from "./ActButton.tsx";
import type { OpsView } from "../../../services/ops/mod.ts";
import { problemsOf } from "./problems.ts";

/** Title, as-of and what is broken. */
export function OpsHeader({ view }: { readonly view: OpsView }) {
  return (
    <>
      <header class="page-head">
        <div>
          <h1>Operations</h1>
          <p class="asof" data-region="asof">
            <span>
              <Moment at={view.now} />
            </span>
            <span>up {formatSpan(view.uptimeSeconds * 1000)}</span>
            <span>version {view.version}</span>
          </p>
        </div>
        <div class="scope">
          <a class="btn" href="/health">
            <Icon name="code" /> Health JSON
          </a>
          <a class="btn" href="/metrics">
            <Icon name="analytics" /> Metrics
          </a>
        </div>
      </header>
      <div class="without-js">
        <Banner kind="info">
          Controls ask before they act, which needs JavaScript. Everything else is here without it.
        </Banner>
      </div>
      <div class="ops-problems" data-region="problems">
        <Problems view={view} />
      </div>
    </>
  );
}

function Problems({ view }: { readonly view: OpsView }) {
  const problems = problemsOf(view);
  if (problems.length === 0) {
    return (
      <p class="ops-fine">
        <span class="dot" />Everything works.
      </p>
    );
  }
  return (
    <>
      {problems.map(({ kind, what, means, act }) => (
        <Banner
          key={what}
          kind={kind}
          actions={act === null ? undefined : <ActButton act={act.act}>{act.label}</ActButton>}
        >
          <b>{what}</b> {means}
        </Banner>
      ))}
    </>
  );
}
