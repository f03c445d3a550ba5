import { resolveModuleUri } from "../../tooling/mod.ts";
import { UsageError } from "../common/usage_error.ts";

/** File names that are always modules, whether the files exist or not. */
const MODULE_NAME = /\.(?:vmfb|mlir|mlirbc|onnx)$/i;

/**
 * Adds arguments without a flag: modules first, then inputs. The first one is a
 * module unless `--module` is given.
 *
 * @param modules The modules that flags name; those among the arguments are
 * added.
 * @param inputs The inputs that flags name; those among the arguments are
 * added.
 * @param operands The arguments.
 */
export function addOperands(
  modules: string[],
  inputs: string[],
  operands: readonly string[],
): void {
  const hasModules = modules.length > 0;
  const end = operands.findIndex((it, index) =>
    !(index === 0 && !hasModules || isModule(it))
  );
  const count = end < 0 ? operands.length : end;
  const [module] = operands.slice(0, count);
  if (hasModules && module !== undefined) {
    throw new UsageError(
      `unexpected argument '${module}'; give modules with --module= or as ` +
        "arguments, not both",
    );
  }
  const values = operands.slice(count);
  // If inputs are flags, other arguments are mistakes, such as the halves of
  // `--input=2x2xi32=[[1 2][3 4]]` without quotes.
  if (inputs.length > 0 && values.length > 0) {
    throw new UsageError(
      `unexpected argument '${values[0]}'; give inputs with --input= or as ` +
        "arguments, not both, and quote those with spaces",
    );
  }
  modules.push(...operands.slice(0, count));
  inputs.push(...values);
}

/** Whether an argument has a module's name, which inputs never have. */
function isModule(text: string): boolean {
  // These prefixes always mean an input.
  if (/^[@+*&(]/.test(text)) return false;
  return text === "-" || MODULE_NAME.test(text) ||
    resolveModuleUri(text).kind === "dynamic";
}
