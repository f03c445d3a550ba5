// `iree disassemble` and `iree-dump-module` side by side: byte for byte.

import { assert, assertEquals } from "@std/assert";
import {
  execute,
  program,
  TemporaryFolder,
  test,
  tool,
} from "../../support.ts";
import { disassemble, flatbufferToJson } from "../../../lib/tooling/mod.ts";
import { mutate } from "../../tooling/mutated_program.ts";
import { compareTool, type ToolCase } from "./tool_case.ts";

const PROGRAMS = [
  "arithmetic.mlir",
  "custom_import.mlir",
  "inspected.mlir",
  "many_types.mlir",
  "mul.mlir",
  "mul_async.mlir",
  "mul_vmvx.mlir",
  "names.mlir",
  "parameters.mlir",
  "signatures.mlir",
  "structures.mlir",
  "two_devices.mlir",
  "vulkan.mlir",
];

/** In every program. */
const EACH: readonly (readonly string[])[] = [
  ["--output=disassembly"],
  ["--output=disassembly", "--bytecode_offsets"],
  ["--output=flatbuffer-json"],
  ["--output=flatbuffer-json", "--pretty"],
];

const CASES: readonly ToolCase[] = [
  { args: ["--output=disassembly", "--function=add", "$arithmetic"] },
  { args: ["--output=disassembly", "--function=mul", "$mul"] },
  { args: ["--output=disassembly", "--function=0", "$mul"] },
  { args: ["--output=disassembly", "--function=1", "$arithmetic"] },
  { args: ["--output=disassembly", "--function=999", "$mul"] },
  { args: ["--output=disassembly", "--function=__init", "$mul"] },
  { args: ["--output=disassembly", "--function=nothing", "$mul"] },
  { args: ["--output=disassembly", "--function=", "$mul"] },
  {
    args: [
      "--output=disassembly",
      "--function=mul",
      "--bytecode_offsets=true",
      "$mul",
    ],
  },
  { args: ["--output=disassembly", "--function=mul$async", "$mul_async"] },
  { args: ["--output=flatbuffer-json", "--pretty=true", "$mul"] },
  { args: ["--output=flatbuffer-json", "--pretty=false", "$mul"] },
  { args: ["--output=disassembly", "$missing"] },
  { args: ["--output=flatbuffer-json", "$missing"] },
  { args: ["--output=disassembly", "$empty"] },
  { args: ["--output=flatbuffer-json", "$empty"] },
  { args: ["--output=disassembly", "$text"] },
  { args: ["--output=flatbuffer-json", "$text"] },
  { args: ["--output=disassembly", "$cut"] },
  { args: ["--output=flatbuffer-json", "$cut"] },
  {
    args: ["--output=disassembly"],
    because: "wrong usage has its own exit status",
    exit: 2,
  },
  {
    args: ["--output=bytes", "$mul"],
    because: "wrong usage has its own exit status",
    exit: 2,
  },
  {
    args: ["--output=disassembly", "--unknown", "$mul"],
    because: "wrong usage has its own exit status",
    exit: 2,
  },
  {
    args: ["$mul"],
    because: "we print only the disassembly by default; `iree inspect` " +
      "prints the metadata that theirs prints first",
  },
];

// Sanitized runs leave these out: most of the time goes to IREE's tools.
const compared = Deno.env.has("DEV_SANITIZE") ? Deno.test.ignore : test;

compared("iree disassemble prints what iree-dump-module prints", async () => {
  using folder = new TemporaryFolder();
  const files: Record<string, string> = {
    missing: folder.join("missing.vmfb"),
  };
  for (const name of PROGRAMS) {
    files[name.replace(".mlir", "")] = await program(name);
  }
  const write = (name: string, bytes: Uint8Array<ArrayBuffer>) => {
    files[name] = folder.join(name);
    Deno.writeFileSync(files[name], bytes);
  };
  const mul = Deno.readFileSync(files.mul);
  write("empty", new Uint8Array());
  write("text", new TextEncoder().encode("a text of some length, no program"));
  write("cut", mul.slice(0, mul.length / 2));
  const cases = [
    ...CASES,
    ...PROGRAMS.flatMap((name) =>
      EACH.map((args) => ({ args: [...args, `$${name.replace(".mlir", "")}`] }))
    ),
  ];
  // The number in docs/coming-from.md.
  assert(cases.length > 70, `${cases.length}`);
  const problems: string[] = [];
  for (const it of cases) {
    const problem = await compareTool(
      "iree-dump-module",
      ["disassemble"],
      it,
      files,
    );
    if (problem !== undefined) problems.push(problem);
  }
  assertEquals(problems.map((it) => it.slice(0, 2000)), []);
});

/** Damaged programs: half of them are rejected by both. */
const DAMAGED = 40;

compared(
  "Damaged programs are rejected where iree-dump-module rejects them",
  async () => {
    using folder = new TemporaryFolder();
    const path = folder.join("damaged.vmfb");
    const original = Deno.readFileSync(await program("mul.mlir"));
    let same = 0;
    for (let seed = 0; seed < DAMAGED; seed++) {
      const bytes = mutate(original, seed);
      Deno.writeFileSync(path, bytes);
      const output = seed % 2 === 0 ? "disassembly" : "flatbuffer-json";
      const { code, stdout } = await execute(
        tool("iree-dump-module"),
        [`--output=${output}`, path],
      );
      const ours = attempt(() =>
        output === "disassembly"
          ? disassemble(bytes).text
          : new TextDecoder().decode(flatbufferToJson(bytes))
      );
      // The other way round is possible: we verify more before we read.
      if (code !== 0) assertEquals(ours, undefined, `${output} ${seed}`);
      if (code !== 0 || ours === undefined) continue;
      assertEquals(ours, stdout, `${output} ${seed}`);
      same++;
    }
    assert(same > DAMAGED / 4, `${same}`);
  },
);

function attempt<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}
