import type { ModuleSource } from "../../../mod.ts";
import { PhaseLine } from "../common/phase_line.ts";
import type { RunFlags } from "./table.ts";

/** Modules that are compiled first. */
const SOURCE = /\.(?:mlir|mlirbc|onnx)$/i;

/**
 * Compiles the modules that are sources, for the first device.
 *
 * @param flags The flags.
 * @returns The modules to load, in the same order.
 */
export async function compileSources(
  flags: Pick<RunFlags, "module" | "device">,
): Promise<ModuleSource[]> {
  const modules: ModuleSource[] = [];
  for (const module of flags.module) {
    modules.push(
      SOURCE.test(module) ? await compileSource(module, flags) : module,
    );
  }
  return modules;
}

async function compileSource(
  path: string,
  { device: [device] }: Pick<RunFlags, "device">,
): Promise<ModuleSource> {
  // Only here, since most runs need no compiler.
  const { findOrCompile, targetOfDevice } = await import(
    "../../compiler/mod.ts"
  );
  await import("../common/compiler_worker.ts");
  using line = new PhaseLine(`compiling ${path}`);
  const program = await findOrCompile(path, {
    target: targetOfDevice(device),
    onPhase: (phase) => line.show(phase),
  });
  return program.path ?? program.bytes;
}
