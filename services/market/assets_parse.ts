import { AppError } from "../kernel/errors.ts";
import type { Registry } from "./assets.ts";
import { readRegistryShape, type RegistryProblem } from "./assets_schema.ts";
import { findRegistryProblems } from "./assets_validate.ts";

/** Reads a registry of unknown origin. Throws `VALIDATION_FAILED` with all its problems. */
export function parseRegistry(json: unknown): Registry {
  const shape = readRegistryShape(json);
  const problems = "problems" in shape ? shape.problems : findRegistryProblems(shape.registry);
  if ("registry" in shape && problems.length === 0) return shape.registry;
  throw new AppError(
    "VALIDATION_FAILED",
    `Cannot use the asset registry:\n${problems.map(problemLine).join("\n")}`,
    { details: { problems } },
  );
}

/** A problem as one line. */
export function problemLine({ path, message }: RegistryProblem): string {
  return `${path}: ${message}`;
}
