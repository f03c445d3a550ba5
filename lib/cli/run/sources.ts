import type { ModuleSource } from "../../../mod.ts";
import type { ModelShapes } from "../../compiler/mod.ts";
import { readStdin } from "../../files/stdin.ts";
import { PhaseLine } from "../common/phase_line.ts";
import { parseShapes } from "../common/model_flags.ts";
import { UsageError } from "../common/usage_error.ts";
import type { RunFlags } from "./all_flags.ts";

/** Modules that are compiled first. */
const SOURCE = /\.(?:mlir|mlirbc|onnx)$/i;

const ONNX = /\.onnx$/i;

/** The flags of modules and of how they are compiled. */
type SourceFlags = Pick<RunFlags, "module" | "device" | "shape">;

/**
 * Compiles the modules that are sources, for the first device.
 *
 * @param flags The flags.
 * @returns The modules to load, in the same order.
 */
export async function compileSources(
  flags: SourceFlags,
): Promise<ModuleSource[]> {
  const shapes = parseShapes(flags.shape);
  if (shapes !== undefined && !flags.module.some((it) => ONNX.test(it))) {
    throw new UsageError(
      `--shape is for ONNX models, got ${flags.module.join(", ") || "none"}`,
    );
  }
  const modules: ModuleSource[] = [];
  for (const module of readStdinModules(flags.module)) {
    modules.push(
      typeof module === "string" && SOURCE.test(module)
        ? await compileSource(module, flags, shapes)
        : module,
    );
  }
  return modules;
}

let stdin: Uint8Array<ArrayBuffer> | undefined;

/**
 * Reads the module that is `-` from standard input, once: loading it again would
 * find nothing more to read.
 *
 * @param modules The modules, as flags name them.
 */
export function readStdinModules(modules: readonly string[]): ModuleSource[] {
  return modules.map((it) => it === "-" ? (stdin ??= readStdin()) : it);
}

async function compileSource(
  path: string,
  { device: [device] }: SourceFlags,
  shapes: ModelShapes | undefined,
): Promise<ModuleSource> {
  // Only here, since most runs need no compiler.
  const { findOrCompile, targetOfDevice } = await import(
    "../../compiler/mod.ts"
  );
  const { askVulkanTarget } = await import("../../compiler/vulkan_target.ts");
  await import("../common/compiler_worker.ts");
  const target = targetOfDevice(device);
  using line = new PhaseLine(`compiling ${path}`);
  const program = await findOrCompile(path, {
    target,
    flags: askVulkanTarget(target, [], device)?.flags ?? [],
    shapes: ONNX.test(path) ? shapes : undefined,
    onPhase: (phase) => line.show(phase),
  });
  return program.path ?? program.bytes;
}
