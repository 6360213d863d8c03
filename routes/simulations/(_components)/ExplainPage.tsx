import type { ComponentChildren } from "preact";
import { asset, Head } from "fresh/runtime";
import { resultHref, type SimulationView } from "./simulation_view.ts";

export interface ExplainPageProps {
  readonly title: string;
  readonly view: Pick<SimulationView, "values">;
  /** Of this page below the simulation's. */
  readonly path: string;
  readonly children: ComponentChildren;
}

/** An explanation as a page of its own; the drawer shows the same part of it. */
export function ExplainPage({ title, view, path, children }: ExplainPageProps) {
  return (
    <>
      <Head>
        <title>{`${title} explained · Tokenlysis`}</title>
        <link rel="stylesheet" href={asset("/styles/simulations.css")} />
      </Head>
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          <p class="asof">
            <span>How this was made</span>
            <span>
              <a href={resultHref(view, "")}>Autopilot</a>
            </span>
            <span>
              <a href={`/api${resultHref(view, path)}`}>JSON</a>
            </span>
          </p>
        </div>
      </header>
      <h2 class="sr">How it was made</h2>
      {children}
    </>
  );
}
