import { formatCount } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Badge, Banner } from "../../../components/states/States.tsx";
import type { SimulatedAutopilot } from "../../../services/defi/mod.ts";
import { DAY_MS, HOUR_MS } from "../../../services/kernel/time.ts";
import type { SimulationPageData } from "./read_simulation.ts";
import { resultHref, shareHref } from "./simulation_view.ts";

/** What it is, over which range, and what can be taken along. */
export function SimulationHeader({ view, outcome, origin, isMock }: SimulationPageData) {
  const found = outcome.kind === "done" ? outcome.found : null;
  return (
    <>
      <header class="page-head">
        <div>
          <h1>
            Autopilot <Badge kind="forecast">Simulated</Badge>
          </h1>
          <p class="asof">
            {found === null
              ? <span>What rules would have made of the pools' past</span>
              : <Scope {...found} />}
          </p>
        </div>
        {found === null ? null : (
          <div class="scope">
            <a class="btn to-rules" href="#rules">
              <Icon name="settings" />Rules
            </a>
            <a class="btn" href={shareHref(found)} title="The address spells every rule out">
              <Icon name="link" />Link with all rules
            </a>
            <a class="btn" href={`/api${resultHref(view, "")}`}>
              <Icon name="code" />JSON
            </a>
            <a class="btn" href={resultHref(view, "/csv/decisions")} download>
              <Icon name="export" />Decisions
            </a>
          </div>
        )}
      </header>
      {isMock
        ? (
          <Banner kind="demo">
            The pools are made up by provider {origin.provider}
            {origin.fallback === null ? "" : `: ${origin.fallback}`}. The simulation shows how it
            works, not what was paid.
          </Banner>
        )
        : null}
      {found?.isEndMoved
        ? (
          <Banner kind="info">
            Ends on{" "}
            {formatDay(found.constraints.end)}, at the newest reading: what was asked for lies after
            it.
          </Banner>
        )
        : null}
    </>
  );
}

function Scope({ constraints, simulation }: SimulatedAutopilot) {
  const { start, end, stepMs, method } = constraints;
  const { pools } = simulation.data;
  const steps = formatCount(simulation.times.length);
  return (
    <>
      <span>{formatDay(start)} to {formatDay(end)}</span>
      <span>{steps} steps of {stepMs === DAY_MS ? "a day" : `${stepMs / HOUR_MS} h`}</span>
      <span>score {method}</span>
      <span>{formatCount(pools)} pools to choose among</span>
    </>
  );
}
