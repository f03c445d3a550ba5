/**
 * Files that the cases use.
 *
 * @module
 */

import { vmPrograms } from "../conformance/vm_programs.ts";
import { nativeModule, program } from "../support.ts";

/** Paths of the files that the cases use. */
export interface Fixtures {
  /** Programs, each equally likely to be mutated. */
  readonly programs: readonly string[];
  /** Native modules that the programs import from. */
  readonly modules: readonly string[];
  /** The native module `types`. */
  readonly types: string;
  /** The native module that returns its parameters. */
  readonly parameters: string;
}

/** IREE's programs with memory operations or branches. */
const VM_PROGRAMS: readonly string[] = [
  "arithmetic_ops_f64",
  "buffer_ops",
  "call_ops",
  "control_flow_ops",
  "conversion_ops_f32",
  "global_ops",
  "global_ops_i64",
  "list_ops",
  "list_variant_ops",
  "ref_ops",
];

/** Compiles all fixtures, unless they are cached. */
export async function makeFixtures(): Promise<Fixtures> {
  const types = await nativeModule("fixtures/types_module.cc");
  const { programs } = await vmPrograms();
  return {
    programs: [
      await program("tests/mutations/containers.mlir"),
      await program("tests/mutations/tensors.mlir"),
      await program("arithmetic.mlir"),
      await program("many_types.mlir"),
      await program("inline_static.mlir"),
      await program("inline_dynamic.mlir"),
      ...VM_PROGRAMS.map((name) => programs.get(name) ?? missing(name)),
    ],
    modules: [types],
    types,
    parameters: await nativeModule("fixtures/parameters_module.cc"),
  };
}

function missing(name: string): never {
  throw new Error(`IREE has no test program '${name}.vmasm'`);
}
