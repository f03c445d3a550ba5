import { cacheKey } from "./cache_key.ts";
import { ONNX_SCRIPT } from "./onnx_script.ts";
import type { CompileTargetOptions } from "./options.ts";
import type { ReadSource } from "./compile_source.ts";

/** What a source is compiled with. */
export interface SourceKeyOptions
  extends Pick<CompileTargetOptions, "shapes" | "clean"> {
  /** The compiler's library. */
  readonly library: string;
  /** All flags of the compiler. */
  readonly flags: readonly string[];
  /** Whether the key is that of the tuned program. */
  readonly isTuned?: boolean | undefined;
}

/**
 * Returns the key of a source's program in the cache.
 *
 * @param source The source.
 * @param options What it is compiled with.
 * @returns The key; `undefined` if the program is not kept, or only by the MLIR
 * that a model is imported as.
 */
export async function sourceKey(
  { bytes, onnx }: ReadSource,
  options: SourceKeyOptions,
): Promise<string | undefined> {
  const { library, shapes = {}, clean = true, isTuned = false } = options;
  if (onnx !== undefined && mayHaveExternalData(bytes)) return undefined;
  // Flags that the compiler does not have make the key another one.
  const flags = [
    ...options.flags,
    ...(onnx === undefined
      ? []
      : [`import ${JSON.stringify([shapes, clean, ONNX_SCRIPT])}`]),
    ...(isTuned ? ["tuned"] : []),
  ];
  return await cacheKey({ library, flags, source: bytes });
}

/** What models with weights in other files contain. */
const EXTERNAL_DATA = new TextEncoder().encode("location");

function mayHaveExternalData(model: Uint8Array<ArrayBuffer>): boolean {
  const [first = 0] = EXTERNAL_DATA;
  for (
    let at = model.indexOf(first);
    at >= 0;
    at = model.indexOf(first, at + 1)
  ) {
    if (EXTERNAL_DATA.every((byte, index) => model[at + index] === byte)) {
      return true;
    }
  }
  return false;
}
