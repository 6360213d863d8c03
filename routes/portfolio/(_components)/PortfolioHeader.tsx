import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Menu } from "../../../components/shell/Menu.tsx";
import { Badge, Banner } from "../../../components/states/States.tsx";
import { BASE_CURRENCIES, type Lack } from "../../../services/portfolio/mod.ts";
import { openDecisions } from "./open_decisions.ts";
import { portfolioHref, type PortfolioView, RANGE_LABELS, RANGES } from "./portfolio_view.ts";
import type { PortfolioPageData } from "./read_portfolio.ts";

/** Title, as-of, what is not priced, and what the page is narrowed to. */
export function PortfolioHeader(data: PortfolioPageData) {
  const { value, portfolio } = data;
  const { count } = openDecisions(data);
  const priced = value.positions.length - value.unpriced;
  const inCurrency = value.currency === "USD" ? "" : ` in ${value.currency}`;
  return (
    <>
      <header class="page-head">
        <div>
          <h1>
            {portfolio.name} {value.isDemo
              ? <Badge kind="demo" title="Some prices are synthetic">Demo prices</Badge>
              : null}
          </h1>
          <p class="asof" data-region="asof">
            <span>
              {value.asof === null ? "No price yet" : (
                <>
                  oldest price <Moment at={value.asof} />
                </>
              )}
            </span>
            <span>{formatCount(priced)} priced{inCurrency}</span>
            {value.unpriced === 0
              ? null
              : <span>{formatCount(value.unpriced)} unpriced{inCurrency}, not in the value</span>}
            {count === 0 ? null : (
              <span>
                <a href="#problems">
                  {formatCount(count)} {count === 1 ? "needs" : "need"} a decision
                </a>
              </span>
            )}
          </p>
        </div>
        <Scope {...data} />
      </header>
      <div data-region="notices">
        <Notices {...data} />
        <MeasureNotice {...data} />
      </div>
    </>
  );
}

function Scope({ view, portfolio, portfolios, currency }: PortfolioPageData) {
  const hasDays = view.from !== null || view.to !== null;
  return (
    <div class="scope">
      <Menu
        label="Portfolio"
        value={portfolio.name}
        items={[
          ...portfolios.map(({ id, name }) => ({
            label: name,
            href: portfolioHref({ ...view, id }),
            isCurrent: id === portfolio.id,
          })),
          { label: "All portfolios", href: "/portfolio", isCurrent: false },
        ]}
      />
      <Menu
        label="Currency"
        value={currency}
        items={BASE_CURRENCIES.map((name) => ({
          label: name,
          href: portfolioHref({ ...view, currency: name }),
          isCurrent: name === currency,
        }))}
      />
      <nav class="seg" aria-label="Range" data-range-control>
        {RANGES.map((range) => (
          <a
            key={range}
            href={portfolioHref({ ...view, range, from: null, to: null })}
            aria-current={!hasDays && range === view.range ? "true" : undefined}
          >
            {RANGE_LABELS[range]}
          </a>
        ))}
      </nav>
      <DaysMenu view={view} hasDays={hasDays} />
      <a class="btn" href={`/portfolio/${view.id}/settings`} data-dialog>
        <Icon name="settings" /> Settings
      </a>
      <a class="btn" href={`/import?portfolio=${view.id}`}>
        <Icon name="import" /> Import
      </a>
      <a
        class="btn"
        data-kind="primary"
        href={`/portfolio/${view.id}/transactions/new`}
        data-dialog
      >
        <Icon name="plus" /> Add
      </a>
    </div>
  );
}

/** Any other range, by its first and last day. */
function DaysMenu(
  { view, hasDays }: { readonly view: PortfolioView; readonly hasDays: boolean },
) {
  const { from, to } = view;
  const kept = new URL(portfolioHref({ ...view, range: "all", from: null, to: null }), "http://x");
  return (
    <details class="menu" name="menu">
      <summary class="chip">
        <span>Days</span> <b>{hasDays ? `${from ?? "start"} to ${to ?? "now"}` : "any"}</b>
        <Icon name="chevron-down" />
      </summary>
      <form class="menu-list menu-fields" method="get" action={kept.pathname} aria-label="Days">
        {[...kept.searchParams].map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <label class="field">
          <span>From</span>
          <input class="input" type="date" name="from" max={to ?? undefined} value={from ?? ""} />
        </label>
        <label class="field">
          <span>To, UTC</span>
          <input class="input" type="date" name="to" min={from ?? undefined} value={to ?? ""} />
        </label>
        <button type="submit" class="btn" data-size="s" data-kind="primary">Show these</button>
      </form>
    </details>
  );
}

/** By how much the end of day lies off the last rate of the day. */
function Drift({ fx: { status } }: PortfolioPageData["value"]) {
  const drift = status?.driftBps ?? null;
  return (
    <>
      : the end-of-day rate is {drift === null ? "off" : `${drift.toFixed(1)} bps off`}{" "}
      the last rate of the day
    </>
  );
}

/** What brings a missing rate. */
export const RATE_FIX = "Rates come with the next fetch, or with deno task fx:import FILE.";

/** What stands behind the figures and is not as asked. */
function Notices({ value, currency }: PortfolioPageData) {
  if (value.fx.status?.state === "delayed") return <HeldNotice {...value} />;
  if (currency === value.currency) return null;
  return (
    <Banner kind="stale" actions={<a class="btn" data-size="s" href="/ops#fx">To operations</a>}>
      <b>There is no rate from dollars to {value.currency}.</b>{" "}
      Amounts are in dollars; nothing was converted by a guess, and holdings count as unpriced in
      {" "}
      {value.currency}. {RATE_FIX}
    </Banner>
  );
}

/** What changed since returns and history were computed. */
const LACKS: Readonly<Record<Lack, string>> = {
  rows: "its rows",
  prices: "prices of the past",
  rates: "exchange rates",
  time: "time",
};

/** Returns and history are of what was there before: the page follows once they are made anew. */
function MeasureNotice({ measured: { status, lacks, asof } }: PortfolioPageData) {
  if (status !== "recalculating" && status !== "pending") return null;
  const changed = lacks.filter((lack) => lack !== "time").map((lack) => LACKS[lack]);
  return (
    <Banner kind="info">
      <b>Returns and history are being recalculated.</b>{" "}
      {asof === null ? "They will be here in a moment." : (
        <>
          They are as of <Moment at={asof} />; {changed.join(" and ")}{" "}
          changed since. Value, cost and lots are of now.
        </>
      )}
    </Banner>
  );
}

/** The end-of-day rate is too far off the last rate of the day to be used. */
function HeldNotice(value: PortfolioPageData["value"]) {
  const { currency, heldSince } = value;
  return (
    <Banner kind="stale" actions={<a class="btn" data-size="s" href="/ops#fx">To operations</a>}>
      {heldSince === null ? <b>The value in {currency} is held back</b> : (
        <>
          <b>The value in {currency} is held</b> as of <Moment at={heldSince} />
        </>
      )}
      <Drift {...value} />. It moves again with the next rate of the day, or once{" "}
      <b>Use EOD once</b> is pressed there. All other amounts are in dollars meanwhile.
    </Banner>
  );
}
