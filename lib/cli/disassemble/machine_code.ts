import { IreeError } from "../../../mod.ts";
import type { ProgramExecutable } from "../../inspect/mod.ts";
import { printBytes } from "../common/write_file.ts";

/** Programs that disassemble machine code, best first. */
const DISASSEMBLERS = ["llvm-objdump", "objdump"];

/** Kinds of executables that they read. */
const MACHINE_CODE = /^(?:elf|mach-o|pe) /;

/**
 * Prints the machine code of executables for CPUs.
 *
 * @param executables The executables.
 */
export async function disassembleMachineCode(
  executables: readonly ProgramExecutable[],
): Promise<void> {
  const modules = executables.filter(({ kind }) => MACHINE_CODE.test(kind))
    .flatMap(({ modules }) => modules);
  if (modules.length === 0) {
    const kinds = [...new Set(executables.map(({ kind }) => kind))];
    throw new IreeError(
      "NOT_FOUND",
      "the program has no machine code for CPUs, but " +
        (kinds.join(", ") || "no code for devices at all"),
      { hint: "use --executables=FOLDER to extract its code" },
    );
  }
  const folder = Deno.makeTempDirSync({ prefix: "iree-disassemble-" });
  try {
    for (const { fileName, bytes } of modules) {
      Deno.writeFileSync(`${folder}/${fileName}`, bytes);
      printBytes(await runDisassembler(fileName, folder));
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function runDisassembler(
  fileName: string,
  folder: string,
): Promise<Uint8Array<ArrayBuffer>> {
  for (const program of DISASSEMBLERS) {
    try {
      const command = new Deno.Command(program, {
        args: ["--disassemble", "--no-show-raw-insn", fileName],
        // Its output names the file as it is given.
        cwd: folder,
        stdin: "null",
      });
      const { success, stdout, stderr } = await command.output();
      if (success) return new Uint8Array(stdout);
      throw new IreeError(
        "INTERNAL",
        `${program} failed: ${new TextDecoder().decode(stderr).trim()}`,
      );
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new IreeError(
    "NOT_FOUND",
    `no ${DISASSEMBLERS.join(" or ")} in PATH`,
    { hint: "install LLVM or binutils, or use --executables=FOLDER" },
  );
}
