import type { IconName } from "../Icon.tsx";

/** A page that the shell leads to. */
export interface SitePage {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  /** The letter after `g` that goes there. */
  readonly key: string;
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
      { href: "/", label: "Overview", icon: "overview", key: "o" },
      { href: "/analytics", label: "Analytics", icon: "analytics", key: "a" },
      { href: "/scores", label: "Scores", icon: "score", key: "c" },
    ],
  },
  {
    title: "DeFi",
    pages: [{ href: "/pools", label: "Pools", icon: "pool", key: "p" }],
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

/** Tabs at the foot of a phone; more of them would break their words. */
const PHONE_TABS = 5;

export const SITE_PAGES: readonly SitePage[] = SITE_SECTIONS.flatMap((section) => section.pages);

/** The pages that a phone has a tab for; search leads to the others. */
export const PHONE_PAGES: readonly SitePage[] = SITE_PAGES.slice(0, PHONE_TABS);
