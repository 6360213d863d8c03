import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../Icon.tsx";

export interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ComponentChildren;
  /** The one action that helps, and beside it what is worth keeping (a request id). */
  readonly actions?: ComponentChildren;
  /** Level of the heading: 3 in a panel, 2 where the page has nothing else. */
  readonly level?: 2 | 3;
}

/** What a panel says when it has nothing to show: what, why, and the one action that helps. */
export function EmptyState(
  { icon, title, children, actions, level = 3 }: EmptyStateProps,
) {
  return (
    <div class="state">
      <Icon name={icon} />
      {level === 2 ? <h2>{title}</h2> : <h3>{title}</h3>}
      <p>{children}</p>
      {actions === undefined ? null : <div class="acts">{actions}</div>}
    </div>
  );
}

/** The shape of rows to come; it appears only after 200 ms, so that quick answers do not flash. */
export function Skeleton({ rows, label }: { readonly rows: number; readonly label: string }) {
  return (
    <div class="skeleton" role="status">
      <span class="sr">Loading {label}</span>
      {Array.from({ length: rows }, (_, at) => <i key={at} />)}
    </div>
  );
}

export type BannerKind = "stale" | "bad" | "demo" | "info";

const BANNER_ICONS: Readonly<Record<BannerKind, IconName>> = {
  stale: "clock",
  bad: "error",
  demo: "flask",
  info: "info",
};

export interface BannerProps {
  readonly kind: BannerKind;
  readonly icon?: IconName;
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** A message across the page: what happened, what still works, what to press. */
export function Banner({ kind, icon = BANNER_ICONS[kind], children, actions }: BannerProps) {
  return (
    <div class="banner" data-kind={kind === "info" ? undefined : kind}>
      <Icon name={icon} />
      <p>{children}</p>
      {actions}
    </div>
  );
}

export type BadgeKind =
  | "demo"
  | "stale"
  | "delayed"
  | "provisional"
  | "forecast"
  | "ok"
  | "bad"
  | "plain";

const BADGE_ICONS: Readonly<Partial<Record<BadgeKind, IconName>>> = {
  demo: "flask",
  stale: "clock",
  delayed: "clock",
  ok: "check",
  bad: "error",
};

export interface BadgeProps {
  readonly kind: BadgeKind;
  /** Instead of the icon of its kind. */
  readonly icon?: IconName;
  readonly title?: string;
  readonly children: ComponentChildren;
}

/** A short mark beside a title: what kind of data this is. */
export function Badge({ kind, icon = BADGE_ICONS[kind], title, children }: BadgeProps) {
  return (
    <span class="badge" data-kind={kind === "plain" ? undefined : kind} title={title}>
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </span>
  );
}
