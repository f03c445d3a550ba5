import {
  BufferView,
  type Context,
  IreeError,
  List,
  VmBuffer,
} from "../../../mod.ts";
import { writeFile } from "../common/write_file.ts";

/** The function that returns an instrumented module's recordings. */
const QUERY = "__query_instruments";

/**
 * Writes the recordings of a context's modules, one after the other. Writes a
 * file even if they are empty.
 *
 * @param context The context.
 * @param path The file.
 */
export async function writeInstruments(
  context: Context,
  path: string,
): Promise<void> {
  using list = List.create(context.instance);
  for (const module of context.modules) {
    if (!module.exports.some(({ name }) => name === QUERY)) continue;
    using query = context.lookupFunction(QUERY, module);
    query.call(list);
  }
  using stack = new DisposableStack();
  const parts = list.toArray().map((value) => {
    if (value instanceof VmBuffer || value instanceof BufferView) {
      return stack.use(value).toBytes();
    }
    throw new IreeError(
      "INTERNAL",
      "an instrumented module must record bytes, got another type",
    );
  });
  await writeFile(path, parts);
}
