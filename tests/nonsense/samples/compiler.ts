import type { Diagnostic } from "../../../lib/compiler/mod.ts";
import type { Things } from "../things.ts";
import { options, type Samples } from "./options.ts";

const DIAGNOSTIC: Diagnostic = {
  severity: "error",
  message: "message",
  file: "source.mlir",
  line: 1,
  column: 2,
  notes: [{ message: "note", file: "f", line: 1, column: 1 }],
};

function compilerOptions({ fixtures }: Things): object {
  return options({ library: fixtures.compiler, isolate: true, cache: false });
}

function modelOptions(): object {
  return options({
    target: "generic",
    flags: ["--flag"],
    name: "name",
    onPhase: () => {},
    onDiagnostic: () => {},
  });
}

function targetOptions(): object {
  const { signal } = new AbortController();
  return options({ ...modelOptions(), signal });
}

function compileOptions(things: Things): object {
  return options({ ...compilerOptions(things), ...targetOptions() });
}

/** Arguments of the functions of `lib/compiler`. */
export const COMPILER_SAMPLES: Samples = {
  "new CompileError": () => [
    "UNKNOWN",
    "detail",
    [DIAGNOSTIC],
    options({ hint: "h" }),
  ],
  "compile": (it) => ["missing.mlir", compileOptions(it)],
  "compileProgram": (it) => ["missing.mlir", compileOptions(it)],
  "Compiler.open": (it) => [compilerOptions(it)],
  "Compiler.prototype.compile": () => ["missing.mlir", targetOptions()],
  "Compiler.prototype.compileProgram": () => ["missing.mlir", targetOptions()],
  "formatDiagnostic": () => [DIAGNOSTIC, () => "line"],
  "loadModel": (it) => [
    "missing.mlir",
    options({
      compile: options({ ...compilerOptions(it), ...modelOptions() }),
      device: "local-sync",
    }),
  ],
  "importOnnx": (it) => [
    "missing.onnx",
    options({
      library: it.fixtures.compiler,
      opset: 17,
      parameters: "weights.irpa",
      signal: new AbortController().signal,
    }),
  ],
  "ProgramCache.find": () => [],
  "ProgramCache.prototype.get": () => ["key"],
  "ProgramCache.prototype.put": () => [
    "key",
    new Uint8Array(4),
    { source: "source", flags: ["flag"], compiler: "compiler" },
  ],
  "ProgramCache.prototype.list": () => [],
  "ProgramCache.prototype.clear": () => [],
  "new ProgramCache": () => ["programs", 1e9],
  "isSourcePath": () => ["source.mlir"],
  "targetOfDevice": () => ["vulkan"],
  "Compiler.prototype.findTuned": () => ["missing.mlir", targetOptions()],
  "findOrCompile": (it) => ["missing.mlir", compileOptions(it)],
};
