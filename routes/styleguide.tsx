import { asset, Head } from "fresh/runtime";
import { ChartsPanel } from "./(_styleguide)/ChartsPanel.tsx";
import { Colours, Icons, Type } from "./(_styleguide)/Foundations.tsx";
import {
  Banners,
  ButtonsPanel,
  Densities,
  ExplanationSample,
  FieldsPanel,
  NumbersPanel,
} from "./(_styleguide)/Parts.tsx";
import { SevenStates } from "./(_styleguide)/SevenStates.tsx";
import { define } from "./page_state.ts";

/** Views of this page in each palette; the boot script reads them from the address. */
const VARIANTS: readonly (readonly [label: string, query: string])[] = [
  ["Dark", "?theme=dark"],
  ["Light", "?theme=light"],
  ["Dark, colour-safe", "?theme=dark&palette=safe"],
  ["Light, colour-safe", "?theme=light&palette=safe"],
  ["Red up", "?direction=red-up"],
];

/** What does each part look like in each state? Its data are samples, not the store's. */
export default define.page(function StyleGuide() {
  return (
    <>
      <Head>
        <title>Style guide · Tokenlysis</title>
        <link rel="stylesheet" href={asset("/styles/styleguide.css")} />
      </Head>
      <header class="page-head">
        <div>
          <h1>Style guide</h1>
          <p class="asof">
            <span>every component, every state</span>
            <span>sample data</span>
          </p>
        </div>
        <nav class="scope" aria-label="Palettes">
          {VARIANTS.map(([label, query]) => (
            <a key={query} class="chip" aria-current="false" href={`/styleguide${query}`}>
              {label}
            </a>
          ))}
        </nav>
      </header>
      <div class="stack">
        <section aria-labelledby="states-title">
          <h2 class="mb-3" id="states-title">Seven states of a panel</h2>
          <SevenStates />
        </section>
        <div class="pair">
          <Banners />
          <NumbersPanel />
          <ButtonsPanel />
          <FieldsPanel />
        </div>
        <ChartsPanel />
        <section id="densities" aria-labelledby="densities-title">
          <h2 class="mb-3" id="densities-title">Table in three densities</h2>
          <Densities />
        </section>
        <div class="pair">
          <ExplanationSample />
          <Type />
        </div>
        <Colours />
        <Icons />
      </div>
    </>
  );
});
