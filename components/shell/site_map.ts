import type { IconName } from "../Icon.tsx";

/** A page that the shell leads to. */
export interface SitePage {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  /** The letter after `g` that goes there. */
  readonly key: string;
  /** Whether it has a tab at the foot of a phone: four have, beside the one for all others. */
  readonly isTab?: boolean;
}

export interface SiteSection {
  readonly title: string;
  readonly pages: readonly SitePage[];
}

/** Every page that stands by itself. Pages of one asset are reached through search and tables. */
export const SITE_SECTIONS: readonly SiteSection[] = [
  {
    title: "Markets",
    pages: [
      { href: "/", label: "Overview", icon: "overview", key: "o", isTab: true },
      { href: "/analytics", label: "Analytics", icon: "analytics", key: "a" },
      { href: "/scores", label: "Scores", icon: "score", key: "c" },
      { href: "/watchlist", label: "Watchlist", icon: "watch", key: "w", isTab: true },
    ],
  },
  {
    title: "Portfolio",
    pages: [
      { href: "/portfolio", label: "Portfolio", icon: "portfolio", key: "p", isTab: true },
      { href: "/import", label: "Import", icon: "import", key: "i" },
    ],
  },
  {
    title: "DeFi",
    pages: [
      { href: "/pools", label: "Pools", icon: "pool", key: "l", isTab: true },
      { href: "/simulations/autopilot", label: "Autopilot", icon: "autopilot", key: "t" },
      { href: "/onchain", label: "Network gauges", icon: "chain", key: "n" },
    ],
  },
  {
    title: "System",
    pages: [{ href: "/ops", label: "Operations", icon: "ops", key: "x" }],
  },
  {
    title: "Reference",
    pages: [
      { href: "/docs", label: "API docs", icon: "docs", key: "d" },
      { href: "/styleguide", label: "Style guide", icon: "settings", key: "s" },
    ],
  },
];

export const SITE_PAGES: readonly SitePage[] = SITE_SECTIONS.flatMap((section) => section.pages);

/** The pages that a phone has a tab for. */
export const TAB_PAGES: readonly SitePage[] = SITE_PAGES.filter(({ isTab }) => isTab);

/** The other pages, which a phone lists under its last tab. */
export const MORE_SECTIONS: readonly SiteSection[] = SITE_SECTIONS
  .map(({ title, pages }) => ({ title, pages: pages.filter(({ isTab }) => !isTab) }))
  .filter(({ pages }) => pages.length > 0);
