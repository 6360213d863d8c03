/**
 * Builds an application for the browser and serves it while it is developed.
 * @module
 */
export { Builder, type BuildOptions } from "./build/builder.ts";
export type {
  OnTransformArgs,
  OnTransformOptions,
  TransformFn,
} from "./build/static_transforms.ts";
