import type { FunctionDescription } from "../../ffi/module.ts";

/** End of the name of a function's asynchronous form. */
const SUFFIX = "$async";

/** Arguments that an asynchronous form has besides those of its function. */
const FENCES = "rr";

const MODEL = "iree.abi.model";
const COARSE_FENCES = "coarse-fences";

/** An export that is called for a function. */
export interface CallForm {
  /** Name of the export. */
  readonly exportName: string;
  /** Description of the function, with the calling convention of the export. */
  readonly description: FunctionDescription;
}

/** The exports that are called for a function. */
export interface CallForms {
  /** For calls that wait. */
  readonly blocking: CallForm;
  /** For asynchronous calls. */
  readonly async: CallForm;
}

/**
 * Whether a function has the model `coarse-fences`: its last two arguments are
 * fences, which the call supplies.
 *
 * @param description Description of the function.
 */
export function takesFences(
  { attributes }: Pick<FunctionDescription, "attributes">,
): boolean {
  return attributes[MODEL] === COARSE_FENCES;
}

/**
 * Finds the asynchronous form of a function. Importers of models and PyTorch
 * export `name$async` beside `name`: the same function with two fences at the
 * end.
 *
 * @param described The function.
 * @param exports All functions of its module.
 */
export function findAsyncForm<Described extends FunctionDescription>(
  described: FunctionDescription,
  exports: readonly Described[],
): Described | undefined {
  if (takesFences(described)) return undefined;
  const name = described.name + SUFFIX;
  const form = exports.find((it) => it.name === name);
  return form !== undefined && addsFences(form, described) ? form : undefined;
}

/**
 * Finds the function that an export is the asynchronous form of.
 *
 * @param form The export.
 * @param exports All functions of its module.
 */
export function findSyncForm<Described extends FunctionDescription>(
  form: FunctionDescription,
  exports: readonly Described[],
): Described | undefined {
  if (!form.name.endsWith(SUFFIX)) return undefined;
  const name = form.name.slice(0, -SUFFIX.length);
  const described = exports.find((it) => it.name === name);
  return described !== undefined && !takesFences(described) &&
      addsFences(form, described)
    ? described
    : undefined;
}

/**
 * Finds the exports that are called for a function.
 *
 * @param described The function.
 * @param exports All functions of its module.
 * @param hasDevices Whether its context has devices, which fences need.
 */
export function callFormsOf(
  described: FunctionDescription,
  exports: readonly FunctionDescription[],
  hasDevices: boolean,
): CallForms {
  const sync = findSyncForm(described, exports);
  if (sync !== undefined) {
    const both = asyncForm(sync, described);
    return { blocking: both, async: both };
  }
  const blocking = { exportName: described.name, description: described };
  const form = hasDevices ? findAsyncForm(described, exports) : undefined;
  return {
    blocking,
    async: form === undefined ? blocking : asyncForm(described, form),
  };
}

// The form may lack the attributes, and its declaration has the function's name.
function asyncForm(
  { name, attributes }: FunctionDescription,
  form: FunctionDescription,
): CallForm {
  return {
    exportName: form.name,
    description: {
      ...form,
      name,
      attributes: { ...attributes, [MODEL]: COARSE_FENCES },
    },
  };
}

function addsFences(
  form: FunctionDescription,
  described: FunctionDescription,
): boolean {
  const own = splitConvention(described.callingConvention);
  const other = splitConvention(form.callingConvention);
  return own !== undefined && other !== undefined &&
    other.arguments === own.arguments + FENCES && other.results === own.results;
}

// As text, since the convention of some other export may not be supported.
function splitConvention(
  text: string,
): { arguments: string; results: string } | undefined {
  const [, first, results] = /^0(\w*?)_(\w*)$/.exec(text) ?? [];
  if (first === undefined || results === undefined) return undefined;
  return { arguments: first.replace(/^v$/, ""), results };
}
