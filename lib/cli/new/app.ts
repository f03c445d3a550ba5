import { runtime } from "../../../mod.ts";
import type { ProjectCommands, ProjectFiles } from "./project.ts";

/**
 * Returns the files of a project that runs a compiled program.
 *
 * @param name The project's name.
 * @param commands The commands that the project uses.
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

/** Runs a layer with fixed weights. */
export function layer(x: readonly [number, number, number]): Float32Array {
  using program = load<Functions>({ modules: [path] });
  using result = program.layer([x], [[1, 0], [0, 1], [1, -4]], [[0.5, 0.5]]);
  return result.toTypedArray();
}

if (import.meta.main) console.log(layer([1, 2, 3]));
`;

const TEST = `import { assertEquals } from "@std/assert";
import { layer } from "./main.ts";

Deno.test("layer multiplies, adds the bias and replaces negatives by zero", () => {
  assertEquals(layer([1, 2, 3]), new Float32Array([4.5, 0]));
});
`;

function readme(name: string, commands: ProjectCommands): string {
  return `# ${name}

An IREE program, and the TypeScript program that runs it.

\`\`\`sh
${commands.installation}${commands.deno} task start
${commands.deno} task test
\`\`\`

\`deno task start\` compiles \`program.mlir\` to \`program.vmfb\`, generates the types
of its functions in \`program.ts\`, and runs \`main.ts\`. The program is compiled
for this machine's CPU. To run it elsewhere, replace \`host\` in \`deno.json\` with
the oldest CPU to support, such as \`x86-64-v3\`. IREE's importers convert
PyTorch, ONNX and other models to such programs. To list a program's functions:

\`\`\`sh
alias iree="${commands.iree}"
iree inspect program.vmfb
\`\`\`
`;
}
