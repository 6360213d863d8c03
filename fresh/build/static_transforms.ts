/** What a transform is given: a file as text and as bytes. */
export interface OnTransformArgs {
  readonly path: string;
  readonly target: string | readonly string[];
  readonly text: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly mode: "development" | "production";
}

/** A file that a transform made. */
export interface OnTransformResult {
  readonly content: string | Uint8Array<ArrayBuffer>;
  /** A further file under another path; absent to replace the file itself. */
  readonly path?: string;
  readonly map?: string | Uint8Array<ArrayBuffer>;
}

/** Changes a static file; nothing returned leaves it as it is. */
export type TransformFn = (
  args: OnTransformArgs,
) =>
  | void
  | OnTransformResult
  | readonly OnTransformResult[]
  | Promise<void | OnTransformResult | readonly OnTransformResult[]>;

/** Which files a transform is for. */
export interface OnTransformOptions {
  readonly pluginName: string;
  readonly filter: RegExp;
}

/** A transform with the files it is for. */
export interface StaticTransform extends OnTransformOptions {
  readonly transform: TransformFn;
}

/** A static file on its way into a build. */
export interface StaticInput {
  /** URL path, with a leading slash. */
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

function toBytes(content: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? ENCODER.encode(content) : content;
}

function toFiles(original: StaticInput, result: OnTransformResult): StaticInput[] {
  const path = result.path ?? original.path;
  const file = { path, content: toBytes(result.content) };
  return result.map === undefined
    ? [file]
    : [file, { path: `${path}.map`, content: toBytes(result.map) }];
}

/** Runs a file through the transforms meant for it, in order. */
export async function applyTransforms(
  file: StaticInput,
  { transforms, target, mode }: {
    transforms: readonly StaticTransform[];
    target: string | readonly string[];
    mode: "development" | "production";
  },
): Promise<StaticInput[]> {
  let current = file;
  const added: StaticInput[] = [];
  for (const { filter, pluginName, transform } of transforms) {
    if (!filter.test(current.path)) continue;
    const { path, content } = current;
    const args = { path, content, text: DECODER.decode(content), target, mode };
    let result: Awaited<ReturnType<TransformFn>>;
    try {
      result = await transform(args);
    } catch (error) {
      throw new Error(`Cannot transform ${path} with "${pluginName}"`, { cause: error });
    }
    const files = result ? [result].flat().flatMap((made) => toFiles(current, made)) : [];
    for (const made of files) {
      if (made.path === path) current = made;
      else added.push(made);
    }
  }
  return [current, ...added];
}
