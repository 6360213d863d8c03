import { z } from "zod";

/** Why figures of an answer are null: said of those that are, under the names that they have. */
export const ReasonsByFigure = z.record(z.string(), z.string()).describe(
  "Why a figure is null, by figure",
);

/** Reasons under the names that clients see. */
export function reasonsToWire(reasons: Readonly<Record<string, string>>): Record<string, string> {
  const toSnake = (name: string) =>
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(
    Object.entries(reasons).map(([name, reason]) => [toSnake(name), reason]),
  );
}
