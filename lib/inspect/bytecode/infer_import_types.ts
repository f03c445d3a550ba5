import { takesFences } from "../../signature/async_form.ts";
import type { DeclaredType } from "../../signature/signature.ts";
import { readBlocks } from "./function_code.ts";
import { FunctionTypes } from "./function_types.ts";
import {
  type ExportedCode,
  type ProgramCode,
  slotsOf,
} from "./program_code.ts";
import {
  argumentNode,
  IMPORT_BIT,
  type Known,
  resultNode,
  TypeNodes,
} from "./type_nodes.ts";

// Programs do not say which objects they pass to imported functions: their
// calling conventions have only references. Their code shows it: where the
// objects come from, and what becomes of those that are returned.

/** The types of an imported function's objects, as far as the code shows. */
export interface ImportTypes {
  argument(ordinal: number): DeclaredType | undefined;
  result(ordinal: number): DeclaredType | undefined;
}

/**
 * Finds the types of the objects that a program passes to imported functions.
 *
 * @param code The program's code.
 * @returns The types by the ordinal of the import.
 */
export function findImportTypes(
  code: ProgramCode,
): (ordinal: number) => ImportTypes {
  const nodes = new TypeNodes();
  for (const [ordinal, bytes] of code.functions.entries()) {
    new FunctionTypes(code, nodes, ordinal, readBlocks(bytes)).collect();
  }
  for (const exported of code.exports) declareExport(nodes, exported);
  return (ordinal) => ({
    argument: (at) => nodes.typeOf(argumentNode(IMPORT_BIT + ordinal, at)),
    result: (at) => nodes.typeOf(resultNode(IMPORT_BIT + ordinal, at)),
  });
}

const FENCE: Known = { vm: "hal.fence" };

function declareExport(nodes: TypeNodes, exported: ExportedCode): void {
  const { ordinal, inputs, outputs, callingConvention } = exported;
  inputs?.forEach((declared, at) =>
    nodes.add(argumentNode(ordinal, at), { declared })
  );
  outputs?.forEach((declared, at) =>
    nodes.add(resultNode(ordinal, at), { declared })
  );
  if (!takesFences(exported)) return;
  const { length } = slotsOf(callingConvention).arguments;
  nodes.add(argumentNode(ordinal, length - 2), FENCE);
  nodes.add(argumentNode(ordinal, length - 1), FENCE);
}
