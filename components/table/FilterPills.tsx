import { Icon } from "../Icon.tsx";

/** A filter in force, and the address of the same view without it. */
export interface FilterPill {
  readonly label: string;
  readonly hrefWithout: string;
}

/** The filters in force, each with what clears it; nothing without any. */
export function FilterPills({ pills }: { readonly pills: readonly FilterPill[] }) {
  if (pills.length === 0) return null;
  return (
    <p class="pills">
      {pills.map(({ label, hrefWithout }) => (
        <span key={label} class="pill">
          {label}
          <a href={hrefWithout} aria-label={`Clear: ${label}`}>
            <Icon name="close" />
          </a>
        </span>
      ))}
    </p>
  );
}
