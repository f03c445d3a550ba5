import { runtime } from "../../../mod.ts";
import type { ProjectCommands, ProjectFiles } from "./project.ts";

/**
 * Returns the files of a project with a module in TypeScript, and a program that
 * imports from it.
 *
 * @param name The module's name, which prefixes its functions in programs.
 * @param commands The commands that the project uses.
 */
export function hostModuleFiles(
  name: string,
  commands: ProjectCommands,
): ProjectFiles {
  return {
    "deno.json": denoJson(commands),
    "module.ts": moduleTs(name),
    "program.mlir": programMlir(name),
    "main.ts": mainTs(name),
    [`${name}_test.ts`]: testTs(name),
    "README.md": readme(name, commands),
    ".gitignore": "/program.vmfb\n",
  };
}

function denoJson(commands: ProjectCommands): string {
  const dependencies = ["compile"];
  const config = {
    tasks: {
      compile: `${commands.compiler} --iree-hal-target-backends=llvm-cpu ` +
        "--iree-llvmcpu-target-cpu=host program.mlir -o program.vmfb",
      start: { command: `${commands.deno} run -A main.ts`, dependencies },
      test: { command: `${commands.deno} test -A`, dependencies },
    },
    imports: { "@std/assert": "jsr:@std/assert@^1", ...runtime.imports },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function moduleTs(name: string): string {
  return `import { hostModule, type HostModuleDescription } from "@iree/runtime";

/** The module that programs import as \`${name}\`. */
export const ${name}: HostModuleDescription = hostModule("${name}", {
  // TypeScript infers the arguments and results from the types.
  add: {
    types: "(i32, i32) -> i32",
    call: (a, b) => a + b,
  },
  scale: {
    types: "(tensor<?xf32>, f32) -> tensor<?xf32>",
    call: (x, factor) => x.data.map((it) => it * factor),
  },
  // Each context has its own state.
  next: {
    types: "() -> i32",
    call: ({ state }) => state.count++,
  },
}, { state: () => ({ count: 0 }), fork: (state) => ({ ...state }) });
`;
}

function programMlir(name: string): string {
  return `// Calls functions of the module \`${name}\`, which is written in TypeScript.
module @program {
  func.func private @${name}.add(i32, i32) -> i32
  func.func private @${name}.scale(tensor<?xf32>, f32) -> tensor<?xf32>
  func.func private @${name}.next() -> i32

  func.func @sum(%a: i32, %b: i32) -> i32 {
    %sum = func.call @${name}.add(%a, %b) : (i32, i32) -> i32
    return %sum : i32
  }

  func.func @twice_scaled(%x: tensor<?xf32>, %factor: f32) -> tensor<?xf32> {
    %scaled = func.call @${name}.scale(%x, %factor) : (tensor<?xf32>, f32) -> tensor<?xf32>
    %result = arith.addf %scaled, %scaled : tensor<?xf32>
    return %result : tensor<?xf32>
  }

  func.func @next() -> i32 {
    %count = func.call @${name}.next() : () -> i32
    return %count : i32
  }
}
`;
}

function mainTs(name: string): string {
  return `import { load, type Program } from "@iree/runtime";
import { ${name} } from "./module.ts";

/** Loads the program with its module. */
export function loadProgram(): Program {
  const path = \`\${import.meta.dirname}/program.vmfb\`;
  return load({ modules: [${name}, path] });
}

if (import.meta.main) {
  using program = loadProgram();
  console.log(program.sum(1, 2));
  const scale = program.lookupFunction("twice_scaled");
  console.log(await scale.computeAsync([1, 2, 3], 10));
}
`;
}

function testTs(name: string): string {
  return `import { assertEquals } from "@std/assert";
import { loadProgram } from "./main.ts";

Deno.test("A program calls functions of ${name}", async () => {
  using program = loadProgram();
  assertEquals(program.sum(1, 2), 3);
  assertEquals(
    await program.lookupFunction("twice_scaled").computeAsync([1, 2], 10),
    new Float32Array([20, 40]),
  );
});

Deno.test("Each context of ${name} has its own state", () => {
  using first = loadProgram();
  using second = loadProgram();
  assertEquals([first.next(), first.next(), second.next()], [0, 1, 0]);
});
`;
}

function readme(name: string, commands: ProjectCommands): string {
  return `# ${name}

A module in TypeScript, and a program that imports from it.

\`\`\`sh
${commands.installation}${commands.deno} task start
${commands.deno} task test
\`\`\`

\`deno task start\` compiles \`program.mlir\` to \`program.vmfb\`, for this machine's
CPU, and runs \`main.ts\`. The functions are in \`module.ts\`: their types as in
MLIR, and their code. Programs declare the same types. \`load\` links both by
name.

Modules in TypeScript need \`--allow-ffi\` without a list of libraries.
`;
}
