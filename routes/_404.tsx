import { Head } from "fresh/runtime";
import { EmptyState } from "../components/states/States.tsx";
import { AppError } from "../services/kernel/errors.ts";
import type { AssetCandidate, MarketService } from "../services/market/mod.ts";
import { define } from "./page_state.ts";

/** The assets that the last part of a path may mean: by a near name, or by an ambiguous one. */
function nearAssets(
  market: MarketService,
  path: string,
): readonly Pick<AssetCandidate, "id" | "name" | "symbol">[] {
  const text = lastPart(path);
  if (text === "") return [];
  try {
    return [market.resolve(text)];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const candidates = error.details?.["candidates"];
    return Array.isArray(candidates) ? candidates.filter(isCandidate) : [];
  }
}

function isCandidate(value: unknown): value is AssetCandidate {
  return typeof value === "object" && value !== null && "id" in value && "name" in value &&
    "symbol" in value;
}

function lastPart(path: string): string {
  const part = path.split("/").findLast((text) => text !== "") ?? "";
  try {
    return decodeURIComponent(part);
  } catch {
    // A path with a stray % names nothing that we know.
    return "";
  }
}

/** Nothing stands here; what may have been meant does. */
export default define.page(function NotFound({ url, state }) {
  const near = nearAssets(state.market, url.pathname);
  return (
    <>
      <Head>
        <title>Not found · Tokenlysis</title>
      </Head>
      <header class="page-head">
        <h1>Nothing stands at this address</h1>
      </header>
      <EmptyState
        icon="search"
        level={2}
        title={lastPart(url.pathname).slice(0, 80) || url.pathname}
        actions={<a class="btn" data-kind="primary" href="/">Go to the overview</a>}
      >
        No page and no asset has this name. The link may be old, or a letter is wrong.
      </EmptyState>
      {near.length === 0 ? null : (
        <section class="panel near" aria-labelledby="near-title">
          <div class="panel-head">
            <h2 id="near-title">Did you mean</h2>
          </div>
          <ul class="near-list">
            {near.map(({ id, name, symbol }) => (
              <li key={id} class="name">
                <a href={`/assets/${encodeURIComponent(id)}`}>{name}</a> <small>{symbol}</small>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
});
