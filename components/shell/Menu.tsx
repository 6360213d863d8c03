import { Icon } from "../Icon.tsx";

export interface MenuItem {
  readonly label: string;
  readonly href: string;
  readonly isCurrent: boolean;
}

export interface MenuProps {
  readonly label: string;
  /** What is chosen now. */
  readonly value: string;
  readonly items: readonly MenuItem[];
  readonly class?: string;
}

/** A chip that opens a list of links; the browser alone opens and closes it. */
export function Menu({ label, value, items, class: extra = "" }: MenuProps) {
  return (
    <details class={`menu ${extra}`} name="menu">
      <summary class="chip">
        <span>{label}</span> <b>{value}</b>
        <Icon name="chevron-down" />
      </summary>
      <ul class="menu-list">
        {items.map((item) => (
          <li key={item.href}>
            <a href={item.href} aria-current={item.isCurrent ? "true" : "false"}>
              {item.label}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}
