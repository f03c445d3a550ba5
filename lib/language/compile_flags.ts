import { readCpuFeatures } from "../../ffi/disassemble.ts";
import { IreeError } from "../base/error.ts";
import {
  type CompileOptions,
  readCompileOptions,
} from "../compiler/options.ts";
import { isForHost, withTarget } from "../compiler/target.ts";
import type { WeightType } from "./configuration.ts";
import type { DotKind } from "./dot_products.ts";

/** A flag that selects a backend or a device. */
const TARGET = /^--?iree-hal-target-(?:backends|device)=(.*)$/;

/** Backends and devices that are not CPUs. */
const OTHER_THAN_CPUS = /vulkan|cuda|rocm|hip|amdgpu|metal|webgpu/;

const FLAG = "--iree-llvmcpu-enable-ukernels";

/** Features of the CPUs whose microkernels have the tiles of our matrices. */
const FEATURES = ["avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"];

/**
 * Returns the flags that programs with a type of weights need. Matrices of integers
 * are multiplied by IREE's microkernels, but only where these have our tiles: the
 * microkernel for all other CPUs computes wrong sums, and slowly.
 *
 * @param weights The type.
 * @param compile The options for compiling.
 */
export function kernelFlags(
  weights: WeightType,
  { target, flags = [] }: Pick<CompileOptions, "target" | "flags"> = {},
): string[] {
  if (weights !== "int8" && weights !== "int4") return [...flags];
  if (flags.some((flag) => flag.replace(/^-+/, "--").startsWith(FLAG))) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `compile.flags must not have ${FLAG} with weights '${weights}', which select ` +
        "microkernels by the CPU",
    );
  }
  const hasKernels = isForHost(withTarget(target, flags)) &&
    hasFeatures(FEATURES);
  return [...flags, `${FLAG}=${hasKernels ? "default" : "none"}`];
}

/**
 * Returns how products of blocks are computed on a target.
 *
 * @param compile The options for compiling.
 */
export function dotKind(
  { target, flags = [] }: Pick<CompileOptions, "target" | "flags"> = {},
): DotKind {
  if (!isForHost(withTarget(target, flags))) return "generic";
  if (hasFeatures(["avx512f", "avx512vnni"])) return "vnni";
  return hasFeatures(["avx2"]) ? "avx2" : "generic";
}

function hasFeatures(names: readonly string[]): boolean {
  const features = new Map(readCpuFeatures());
  return names.every((name) => features.get(name) === true);
}

/**
 * Rejects a target that cannot run language models: VMVX reserves memory of any
 * length for products with a cache, whose length varies. Kernels of blocks are
 * written for CPUs.
 *
 * @param weights The type of matrices.
 * @param compile The options for compiling.
 */
export function checkTarget(
  weights: WeightType,
  compile: CompileOptions | undefined,
): void {
  const { target, flags = [] } = readCompileOptions(compile).target;
  const selected = withTarget(target, flags)
    .map((flag) => TARGET.exec(flag)?.[1] ?? "");
  if (selected.some((name) => name.includes("vmvx"))) throw vmvxError();
  const other = selected.find((name) => OTHER_THAN_CPUS.test(name));
  if (weights !== "int4" || other === undefined) return;
  throw new IreeError(
    "UNIMPLEMENTED",
    `weights 'int4' are for CPUs only and cannot be compiled for ${other}`,
    { hint: "use weights 'int8'" },
  );
}

function vmvxError(): IreeError {
  return new IreeError(
    "UNIMPLEMENTED",
    "language models cannot be compiled for vmvx",
    { hint: "target 'generic' runs on every CPU of its architecture" },
  );
}
