import { runtime } from "../../../mod.ts";
import type { ProjectCommands, ProjectFiles } from "./project.ts";

/**
 * Files of a project that runs a compiled program.
 *
 * @param name Name of the project.
 * @param commands How it runs what it needs.
 */
export function appFiles(
  name: string,
  commands: ProjectCommands,
): ProjectFiles {
  return {
    "deno.json": denoJson(commands),
    "program.mlir": PROGRAM,
    "main.ts": MAIN,
    "main_test.ts": TEST,
    "README.md": readme(name, commands),
    ".gitignore": "/program.ts\n/program.vmfb\n",
  };
}

function denoJson(commands: ProjectCommands): string {
  const config = {
    tasks: {
      compile: `${commands.compiler} --iree-hal-target-backends=llvm-cpu ` +
        "--iree-llvmcpu-target-cpu=host program.mlir -o program.vmfb",
      types: {
        command: `${commands.iree} inspect --types --output=program.ts ` +
          "program.vmfb",
        dependencies: ["compile"],
      },
      start: {
        command: `${commands.deno} run -A main.ts`,
        dependencies: ["types"],
      },
      test: { command: `${commands.deno} test -A`, dependencies: ["types"] },
    },
    imports: { "@std/assert": "jsr:@std/assert@^1", ...runtime.imports },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

const PROGRAM = `// A layer of a neural network: relu(x · weights + bias).
module @program {
  func.func @layer(%x: tensor<1x3xf32>, %weights: tensor<3x2xf32>, %bias: tensor<1x2xf32>) -> tensor<1x2xf32> {
    %sum = linalg.matmul ins(%x, %weights : tensor<1x3xf32>, tensor<3x2xf32>) outs(%bias : tensor<1x2xf32>) -> tensor<1x2xf32>
    %zero = arith.constant dense<0.0> : tensor<1x2xf32>
    %result = arith.maximumf %sum, %zero : tensor<1x2xf32>
    return %result : tensor<1x2xf32>
  }
}
`;

const MAIN = `import { load } from "@iree/runtime";
import type { Functions } from "./program.ts"; // \`deno task types\` writes it

const path = \`\${import.meta.dirname}/program.vmfb\`;

/** Runs a layer with these weights. */
export function layer(x: readonly [number, number, number]): Float32Array {
  using program = load<Functions>({ modules: [path] });
  using result = program.layer([x], [[1, 0], [0, 1], [1, -4]], [[0.5, 0.5]]);
  return result.toTypedArray();
}

if (import.meta.main) console.log(layer([1, 2, 3]));
`;

const TEST = `import { assertEquals } from "@std/assert";
import { layer } from "./main.ts";

Deno.test("layer multiplies, adds the bias and leaves nothing below zero", () => {
  assertEquals(layer([1, 2, 3]), new Float32Array([4.5, 0]));
});
`;

function readme(name: string, commands: ProjectCommands): string {
  return `# ${name}

A program for IREE, and a program in TypeScript that runs it.

\`\`\`sh
${commands.installation}${commands.deno} task start
${commands.deno} task test
\`\`\`

\`program.mlir\` is compiled to \`program.vmfb\`, which \`main.ts\` loads, and
\`deno task types\` writes the types of its functions to \`program.ts\`. It is
compiled for the processor of this machine: for another one, name the least that
it has in place of \`host\` in \`deno.json\`, such as \`x86-64-v3\`. Models of
PyTorch, ONNX and others become such programs with IREE's importers. To see what
is in one:

\`\`\`sh
alias iree="${commands.iree}"
iree inspect program.vmfb
\`\`\`
`;
}
