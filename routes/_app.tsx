import { asset } from "fresh/runtime";
import { define } from "./page_state.ts";

const STYLES = [
  "tokens",
  "base",
  "shell",
  "phone_menu",
  "page",
  "panels",
  "figures",
  "badges",
  "messages",
  "controls",
  "tables",
  "overlays",
  "charts",
  "candles",
  "lines",
  "small_charts",
  "states",
] as const;

/** The document around every page. The theme is set before the first paint, by a script of ours. */
export default define.page(function App({ Component }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="dark light" />
        <title>Tokenlysis</title>
        <script src={asset("/theme.js")} />
        <link rel="icon" href={asset("/favicon.svg")} type="image/svg+xml" />
        {STYLES.map((name) => (
          <link key={name} rel="stylesheet" href={asset(`/styles/${name}.css`)} />
        ))}
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
});
