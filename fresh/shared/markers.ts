/** What a marker comment says. */
export type Marker =
  | { readonly kind: "island"; readonly name: string; readonly index: number; readonly key: string }
  | { readonly kind: "slot"; readonly id: number }
  | { readonly kind: "close" };

/** The comment before an island: its name, the place of its properties, its key. */
export function islandMarker(
  { name, index, key }: { name: string; index: number; key: string },
): string {
  return `island:${name}:${index}:${encodeURIComponent(key)}`;
}

/** The comment before JSX that was handed to an island. */
export function slotMarker(id: number): string {
  return `slot:${id}`;
}

/** The comment after an island or a slot. */
export function closeMarker(kind: "island" | "slot"): string {
  return `/${kind}`;
}

/** Reads a comment; null if it is no marker. */
export function parseMarker(comment: string): Marker | null {
  const [kind, first = "", index, key = ""] = comment.split(":");
  if (kind === "/island" || kind === "/slot") return { kind: "close" };
  if (kind === "slot") return { kind, id: Number(first) };
  if (kind !== "island") return null;
  return { kind, name: first, index: Number(index), key: decodeURIComponent(key) };
}

/** The id of the template that holds JSX which an island does not show yet. */
export function slotTemplateId(id: number): string {
  return `fresh-slot-${id}`;
}
