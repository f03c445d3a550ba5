// The code for devices in a program, as `iree disassemble` extracts and prints it.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { readExecutables } from "../../lib/inspect/mod.ts";
import { iree, program, TemporaryFolder, test } from "../support.ts";

test("iree disassemble --executables writes the code for devices", async () => {
  using folder = new TemporaryFolder();
  const path = await program("mul.mlir");
  const { code, stdout, stderr } = await iree(
    ["disassemble", path, "--executables=new/code/"],
    { cwd: folder.path },
  );
  const [{ fileName, bytes }] = readExecutables(path)[0].modules;
  assertEquals([code, stderr, stdout], [0, "", `new/code/${fileName}\n`]);
  assertEquals(Deno.readFileSync(folder.join("new/code", fileName)), bytes);
});

test("iree disassemble --machine_code prints the output of the disassembler", async () => {
  using folder = new TemporaryFolder();
  const path = await program("mul.mlir");
  const args = ["disassemble", path, "--machine_code"];
  const env = { PATH: folder.path };
  const none = await iree(args, { env });
  assertEquals([none.code, none.stdout], [1, ""]);
  assertStringIncludes(none.stderr, "no llvm-objdump or objdump in PATH");

  const write = (name: string, script: string) =>
    Deno.writeTextFileSync(folder.join(name), `#!/bin/sh\n${script}\n`, {
      mode: 0o755,
    });
  write("objdump", 'for it in "$@"; do echo "$it"; done');
  const [{ fileName }] = readExecutables(path)[0].modules;
  const printed = await iree(args, { env });
  assertEquals([printed.code, printed.stderr], [0, ""]);
  assertEquals(
    printed.stdout,
    `--disassemble\n--no-show-raw-insn\n${fileName}\n`,
  );
  // LLVM's comes first, and its failure is reported.
  write("llvm-objdump", "echo 'not recognized' >&2; exit 1");
  const failed = await iree(args, { env });
  assertEquals([failed.code, failed.stdout], [1, ""]);
  assertStringIncludes(failed.stderr, "llvm-objdump failed: not recognized");
});

test("iree disassemble rejects programs without the code that it prints", async () => {
  const [scalar, vmvx] = [
    await program("arithmetic.mlir"),
    await program("mul_vmvx.mlir"),
  ];
  for (
    const [args, problem] of [
      [[scalar, "--executables=code"], "has no code for devices"],
      [[scalar, "--machine_code"], "no code for devices at all"],
      [[vmvx, "--machine_code"], "no machine code for CPUs, but vmvx"],
    ] as const
  ) {
    const { code, stdout, stderr } = await iree(["disassemble", ...args]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, problem);
  }
});
