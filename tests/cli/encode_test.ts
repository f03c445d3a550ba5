// `iree parameters encode` runs what the compiler made of a model.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { load } from "../../mod.ts";
import {
  iree,
  mustRun,
  ROOT,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";
import { join } from "@std/path";

/** Compiles a model and its encoder, and makes its parameters. */
async function prepare(folder: TemporaryFolder): Promise<void> {
  const flags = [
    "--iree-hal-target-device=local",
    "--iree-hal-local-target-device-backends=vmvx",
  ];
  await mustRun(tool("iree-compile"), [
    ...flags,
    join(ROOT, "tests/fixtures/encoded.mlir"),
    `--iree-parameter-encoder-output-file=${folder.join("encoder.mlir")}`,
    "-o",
    folder.join("model.vmfb"),
  ]);
  await mustRun(tool("iree-compile"), [
    ...flags,
    folder.join("encoder.mlir"),
    "-o",
    folder.join("encoder.vmfb"),
  ]);
  await mustRun(tool("iree-create-parameters"), [
    "--splat=w=16xf32=1.5",
    `--output=${folder.join("input.irpa")}`,
  ]);
}

test("Encoded parameters are those that the model would compute", async () => {
  using folder = new TemporaryFolder();
  await prepare(folder);
  const encoder = `--module=${folder.join("encoder.vmfb")}`;
  const input = `--parameters=model=${folder.join("input.irpa")}`;
  const output = folder.join("encoded.irpa");
  const encode = (...args: string[]) =>
    iree(["parameters", "encode", encoder, ...args]);

  const targets = await encode("--list_targets");
  assertEquals(
    targets.stdout,
    "Encoder module: encoder\nAvailable targets:\n  all\n" +
      "    scopes: encoded\n",
  );
  const listed = await encode("--list-parameters", input);
  assertEquals(
    [listed.code, listed.stdout],
    [0, 'Scope: "encoded"\n  parameter0: DATA, 64 bytes, alignment 64\n'],
  );
  const encoded = await encode(input, `--output=encoded=${output}`);
  assertEquals([encoded.code, encoded.stderr], [0, ""]);
  assertStringIncludes(encoded.stdout, `// Output: ${output} (`);
  assertStringIncludes(encoded.stdout, "`parameter0`");
  const quiet = await encode(input, `--output=encoded=${output}`, "--quiet");
  assertEquals([quiet.code, quiet.stdout], [0, ""]);
  const again = `--output=encoded=${folder.join("again.irpa")}`;
  const piped = await iree(
    ["parameters", "encode", "--module=-", input, again, "--quiet"],
    { stdin: Deno.readFileSync(folder.join("encoder.vmfb")) },
  );
  assertEquals([piped.code, piped.stderr], [0, ""]);
  assertEquals(
    Deno.readFileSync(folder.join("again.irpa")),
    Deno.readFileSync(output),
  );

  using model = load({
    modules: [folder.join("model.vmfb")],
    device: "local-sync",
    parameters: [
      `model=${folder.join("input.irpa")}`,
      `encoded=${output}`,
    ],
  });
  using main = model.lookupFunction("main");
  // (1.5 * 2) + 1
  assertEquals(
    main.compute(new Float32Array(16).fill(1)),
    new Float32Array(16).fill(4),
  );
});

test("iree parameters encode rejects what is not an encoder", async () => {
  using folder = new TemporaryFolder();
  await prepare(folder);
  const encode = (...args: string[]) => iree(["parameters", "encode", ...args]);
  const output = `--output=${folder.join("out.irpa")}`;
  const model = await encode(
    `--module=${folder.join("model.vmfb")}`,
    `--parameters=model=${folder.join("input.irpa")}`,
    `--parameters=encoded=${folder.join("input.irpa")}`,
    output,
  );
  assertEquals(model.code, 1);
  const encoder = `--module=${folder.join("encoder.vmfb")}`;
  const input = `--parameters=model=${folder.join("input.irpa")}`;
  const target = await encode(encoder, input, "--target=none", output);
  assertEquals(target.code, 1);
  assertStringIncludes(target.stderr, "target 'none' not found");
  assertEquals((await encode(encoder, input)).code, 2);
  assertEquals((await encode(output)).code, 2);
});
