import { assertEquals } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { denoFlags, execute, ROOT, TemporaryFolder } from "../support.ts";

/** Paths of the package's sources, without the commands. */
function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(ROOT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      if (path !== "lib/cli") yield* sources(path);
    } else if (path.endsWith(".ts")) yield path;
  }
}

const urlOf = (path: string): string =>
  JSON.stringify(toFileUrl(join(ROOT, path)).href);

/** A file that passes `undefined` for all that options leave open. */
function useOfOptions(): string {
  const lines = [
    "type Open<T> = {",
    "  [K in keyof T as object extends Pick<T, K> ? K : never]: undefined;",
    "};",
  ];
  for (const path of [...sources("lib"), ...sources("ffi")]) {
    const text = Deno.readTextFileSync(join(ROOT, path));
    for (
      const [, name] of text.matchAll(/^export interface (\w+Options)\b/gm)
    ) {
      const count = lines.length;
      lines.push(
        `import type { ${name} as Options${count} } from ${urlOf(path)};`,
        `declare const open${count}: Open<Options${count}>;`,
        `export const given${count}: Partial<Options${count}> = open${count};`,
      );
    }
  }
  return lines.join("\n");
}

/** Passes plain arrays, whose memory may be shared, wherever arrays are taken. */
function useOfArrays(): string {
  const names =
    "BufferView, BytecodeModule, type Device, type Instance, List, " +
    "load, type LoadedProgram, type ParameterIndex, VmBuffer, " +
    "type VmFunction";
  const from = (path: string) => `from ${urlOf(path)};`;
  return `
import { ${names} } ${from("mod.ts")}
import { inspectProgram } ${from("lib/inspect/mod.ts")}
import { decodeNpy, encodeNpy, writeNpy } ${from("lib/npy/mod.ts")}
import { parseTensor } ${from("lib/tooling/mod.ts")}
import { Tokenizer } ${from("lib/tokenizer/mod.ts")}

export async function useArrays(
  { floats, bytes, ids }: {
    floats: Float32Array;
    bytes: Uint8Array;
    ids: Uint32Array;
  },
  { instance, device, program, index, fn, view, buffer }: {
    instance: Instance;
    device: Device;
    program: LoadedProgram;
    index: ParameterIndex;
    fn: VmFunction;
    view: BufferView;
    buffer: VmBuffer;
  },
): Promise<void> {
  const array = { elementType: "f32", shape: [4], data: floats } as const;
  for (const data of [floats, array]) {
    fn.call(data);
    fn.compute(data);
    fn.bind(data);
    fn.submit(data);
    await fn.callAsync(data);
    await fn.computeAsync(data);
    await fn.run({ x: data });
    program.call("f", data);
    program.compute("f", data);
    await program.callAsync("f", data);
    await program.computeAsync("f", data);
    await program.run({ x: data });
    writeNpy("x.npy", data);
    encodeNpy(data);
  }
  fn.with({ into: [floats] }).compute(floats);
  await program.run({ x: floats }, { into: { y: floats } });
  BufferView.from(device, floats, [4]);
  view.read(floats);
  view.write(floats);
  view.readBytes(bytes);
  view.writeBytes(bytes);
  VmBuffer.from(instance, bytes);
  buffer.read(bytes);
  buffer.write(bytes);
  index.addData("key", floats, { metadata: bytes });
  index.addSplat("key", 4, bytes);
  BytecodeModule.fromBytes(instance, bytes);
  load(bytes);
  load({ modules: [bytes] });
  inspectProgram(bytes);
  decodeNpy(bytes);
  parseTensor(device, "2xi8", bytes);
  using tokenizer = Tokenizer.fromBytes(bytes);
  tokenizer.decode(ids);
  List.from(instance, ids, "i32");
  // Results are in memory of their own.
  const results: Uint8Array<ArrayBuffer>[] = [
    view.toBytes(),
    buffer.toBytes(),
    encodeNpy(floats),
  ];
  console.log(results);
}
`;
}

Deno.test("A program with strict compiler options imports the package's sources and passes plain arrays", async () => {
  const { exports, imports } = JSON.parse(
    Deno.readTextFileSync(join(ROOT, "deno.json")),
  );
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(
    folder.join("deno.json"),
    JSON.stringify({
      imports,
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        isolatedDeclarations: true,
        noUncheckedIndexedAccess: true,
      },
    }),
  );
  const entries = Object.values<string>(exports).map((path) =>
    `import ${urlOf(path)};\n`
  );
  Deno.writeTextFileSync(
    folder.join("main.ts"),
    entries.join("") + useOfArrays() + useOfOptions(),
  );
  // The options are the consumer's, whatever gives this process its imports.
  const map = denoFlags().filter((flag) => !flag.startsWith("--config="));
  const { code, stderr } = await execute(
    Deno.execPath(),
    ["check", "--quiet", ...map, "main.ts"],
    { cwd: folder.path },
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});
