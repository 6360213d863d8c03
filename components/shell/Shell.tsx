import type { ComponentChildren } from "preact";
import { Moment } from "../figures/Moment.tsx";
import { formatSpan } from "../format/time.ts";
import { Icon } from "../Icon.tsx";
import { Badge, Banner } from "../states/States.tsx";
import { MORE_SECTIONS, SITE_SECTIONS, type SitePage, TAB_PAGES } from "./site_map.ts";

/** What the shell says about the data on every page. */
export interface DataStatus {
  /** The newest as-of of a price, `null` while none is stored. */
  readonly asof: number | null;
  /** The newest reading of a DeFi pool, told where there are no prices; `null` without any. */
  readonly poolsAsof: number | null;
  readonly isDemo: boolean;
  readonly isStale: boolean;
}

export interface ShellProps {
  readonly path: string;
  readonly status: DataStatus;
  readonly now: number;
  readonly version: string;
  /** Interactive controls of the bar; the caller brings them, as components know no islands. */
  readonly search: ComponentChildren;
  readonly controls: ComponentChildren;
  readonly overlays: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The frame of every page: bar, sidebar, content, and tabs at the foot of a phone. */
export function Shell(props: ShellProps) {
  const { path, status, now } = props;
  return (
    <>
      <a class="skip" href="#main">Skip to content</a>
      <div class="shell">
        <header class="bar">
          <a class="brand" href="/" aria-label="Tokenlysis, overview">
            <Brand />
            <span class="wide">Tokenlysis</span>
          </a>
          {props.search}
          <div class="bar-end">
            <StatusBadges status={status} now={now} />
            {props.controls}
          </div>
        </header>
        <Sidebar path={path} status={status} version={props.version} />
        <main class="main" id="main" tabIndex={-1}>
          <div class="offline-banner" id="offline-banner" role="status" hidden>
            <Banner kind="stale" icon="offline">
              <b>You are offline.</b>{" "}
              {status.asof === null ? "This page stays as it was loaded." : (
                <>
                  What stands here is as of <Moment at={status.asof} />.
                </>
              )}
            </Banner>
          </div>
          <div class="offline-banner" id="stream-banner" hidden />
          {props.children}
        </main>
      </div>
      <nav class="tabs-phone" aria-label="Sections">
        {TAB_PAGES.map((page) => <PageLink key={page.href} page={page} path={path} />)}
        <MoreTab path={path} />
      </nav>
      {props.overlays}
    </>
  );
}

function Brand() {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path fill="currentColor" d="M2 2h16v2.5H2zM9.2 4.5h1.6V7H9.2zM9.2 15.5h1.6V19H9.2z" />
      <path fill="none" stroke="currentColor" stroke-width="1.6" d="M6.8 7.3h6.4v7.9H6.8z" />
    </svg>
  );
}

/** Demo and stale data say so on every page, in words as well as in colour. */
function StatusBadges({ status, now }: { readonly status: DataStatus; readonly now: number }) {
  return (
    <span class="flags">
      {status.isDemo
        ? <Badge kind="demo" title="Prices here are synthetic, made from a seed">Demo data</Badge>
        : null}
      {status.isStale && status.asof !== null
        ? (
          <span data-as-served>
            <Badge kind="stale" title="The newest value in the store is this old">
              Stale, {formatSpan(now - status.asof)}
            </Badge>
          </span>
        )
        : null}
    </span>
  );
}

function isCurrent(page: SitePage, path: string): boolean {
  return page.href === "/" ? path === "/" || path === "/dashboard" : path.startsWith(page.href);
}

function PageLink({ page, path }: { readonly page: SitePage; readonly path: string }) {
  return (
    <a href={page.href} aria-current={isCurrent(page, path) ? "page" : undefined}>
      <Icon name={page.icon} />
      <span>{page.label}</span>
    </a>
  );
}

/** The last tab of a phone: the pages without a tab, opened and closed by the browser alone. */
function MoreTab({ path }: { readonly path: string }) {
  const isHere = MORE_SECTIONS.some(({ pages }) => pages.some((page) => isCurrent(page, path)));
  return (
    <details class="menu more-tab" name="menu">
      <summary aria-current={isHere ? "true" : undefined}>
        <Icon name="more" />
        <span>More</span>
      </summary>
      <div class="more-list">
        {MORE_SECTIONS.map(({ title, pages }) => (
          <section key={title} aria-label={title}>
            <h2>{title}</h2>
            <ul>
              {pages.map((page) => (
                <li key={page.href}>
                  <PageLink page={page} path={path} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </details>
  );
}

/** How far what is stored reaches. */
function DataReach({ asof, poolsAsof }: DataStatus) {
  const at = asof ?? poolsAsof;
  if (at === null) return <>No data yet</>;
  return (
    <>
      {asof === null ? "No prices yet, pools to" : "Data to"} <Moment at={at} />
    </>
  );
}

interface SidebarProps {
  readonly path: string;
  readonly status: DataStatus;
  readonly version: string;
}

function Sidebar({ path, status, version }: SidebarProps) {
  return (
    <nav class="side" aria-label="Main">
      {SITE_SECTIONS.map((section) => (
        <div key={section.title}>
          <h2>{section.title}</h2>
          {section.pages.map((page) => (
            <a
              key={page.href}
              href={page.href}
              title={page.label}
              aria-label={page.label}
              aria-current={isCurrent(page, path) ? "page" : undefined}
              aria-keyshortcuts={`g ${page.key}`}
            >
              <Icon name={page.icon} />
              <span>{page.label}</span>
              <kbd aria-hidden="true">g {page.key}</kbd>
            </a>
          ))}
        </div>
      ))}
      <p class="side-foot">
        <DataReach {...status} />
        <span class="version">Version {version}</span>
      </p>
    </nav>
  );
}
