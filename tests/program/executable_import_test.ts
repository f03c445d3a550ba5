import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { IreeError, load } from "../../mod.ts";
import { iree, nativeModule, program, test } from "../support.ts";

const DEVICES: readonly string[] = ["local-sync", "local-task"];

const embedded = await program("kernel_imports.mlir");
const system = await program("kernel_imports.mlir", [
  "--iree-llvmcpu-link-embedded=false",
]);
const inline = await program("kernel_imports.mlir", [
  "--iree-execution-model=inline-dynamic",
]);
const coarse = await program("kernel_imports.mlir", [
  "--iree-execution-model=async-external",
]);
// For Windows, the compiler needs Microsoft's linker to make such a program.
const forLoader = Deno.build.os === "windows" ? {} : { system };
const plugin = await nativeModule("fixtures/kernel_plugin.cc");
const otherPlugin = await nativeModule("fixtures/plugin.cc");

for (const [kind, path] of Object.entries({ embedded, ...forLoader, inline })) {
  for (const device of DEVICES) {
    test(`Errors list the imports that ${kind} machine code lacks, on ${device}`, () => {
      const error = assertThrows(
        () => load({ modules: [path], device }),
        IreeError,
        "missing 1 required executable imports: [missing_kernel]",
      );
      assertEquals(error.code, "NOT_FOUND");
      assertStringIncludes(error.hint ?? "", "--executable_plugin=<library>");
    });
  }
}

test("The error includes why the system's loader rejected machine code", async () => {
  const bytes = await Deno.readFile(system);
  const magic = "\x7fELF\x02";
  const at = new TextDecoder("latin1").decode(bytes).indexOf(magic);
  assertEquals(at > 0, true);
  bytes[at + 4] = 1; // for 32-bit CPUs
  for (const device of DEVICES) {
    const error = assertThrows(
      () => load({ modules: [bytes], device }),
      IreeError,
      "wrong ELF class: ELFCLASS32",
    );
    assertEquals([error.code, error.hint], ["NOT_FOUND", undefined]);
  }
});

test("Imports that plugins lack are listed, whatever plugins are loaded", async () => {
  const { code, stderr } = await iree([
    "run",
    embedded,
    "--input=4xf32=1",
    `--executable_plugin=${otherPlugin}`,
  ]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "executable imports: [missing_kernel]");
  assertStringIncludes(stderr, "--executable_plugin=<library>");
});

for (
  const [kind, path] of Object.entries({
    embedded,
    ...forLoader,
    inline,
    coarse,
  })
) {
  for (const device of DEVICES) {
    test(`The error includes the status of a plugin's function, in ${kind} code on ${device}`, async () => {
      const { code, stderr } = await iree([
        "run",
        path,
        `--device=${device}`,
        "--input=4xf32=1",
        `--executable_plugin=${plugin}`,
      ]);
      assertEquals(code, 1);
      assertMatch(stderr, /^error: INTERNAL: .* (error 13|non-zero \(13\))/);
    });
  }
}
