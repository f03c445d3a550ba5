import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import {
  denoFlags,
  execute,
  IMPORT_ALL,
  LIBRARY,
  type Output,
  program,
  ROOT,
  sampleModule,
  sampleProgram,
  TemporaryFolder,
  test,
} from "../support.ts";

const arithmetic = await program("arithmetic.mlir");
const tensors = await program("single.mlir");
const sample = await sampleModule();
const sampleMain = await sampleProgram();

/** Runs TypeScript that imports the package under the given permissions. */
async function runWith(flags: string[], code: string): Promise<Output> {
  using folder = new TemporaryFolder();
  const script = folder.join("script.ts");
  const library = JSON.stringify(LIBRARY);
  await Deno.writeTextFile(
    script,
    `${IMPORT_ALL}\nconst library = ${library};\n${code}`,
  );
  return await execute(
    Deno.execPath(),
    ["run", "--no-prompt", "--no-check", ...denoFlags(), ...flags, script],
    { env: { IREE_RUNTIME_LIBRARY: "" } },
  );
}

test("The core works under --allow-ffi=<library> --allow-read=<folder>", async () => {
  const { code, stdout, stderr } = await runWith(
    [`--allow-ffi=${LIBRARY}`, `--allow-read=${dirname(arithmetic)}`],
    `
    {
      using program = iree.load({ modules: [${
      JSON.stringify(arithmetic)
    }], library });
      console.log(program.add_i32(3, 4), program.mixed(1, 2n, 1.5, 2, 3, 4n, 5, 6));
      using mapped = iree.load({
        modules: [${JSON.stringify(arithmetic)}], library, moduleMode: "mmap",
      });
      console.log(mapped.add_i64(1n, 2n));
      using instance = iree.Instance.open({ library });
      using list = iree.List.from(instance, [1, 2n, null]);
      using buffer = iree.VmBuffer.from(instance, new Uint8Array([1, 2]));
      list.push(buffer);
      using device = iree.Device.create(instance, "local-sync");
      using hal = iree.HalModule.create(instance, device);
      using context = iree.Context.create(instance, [hal]);
      console.log(list.size, hal.name, context.modules.length, device.id);
      for (const item of list) item?.dispose?.();
      try {
        program.add_i32(1);
      } catch (error) {
        console.log(error.code);
      }
    }
    console.log(iree.runtime.statistics.liveBytes);
    `,
  );
  assertEquals(stderr, "");
  assertEquals(
    stdout,
    "7 [ 4, 6n, 14.5 ]\n3n\n4 hal 1 local-sync\nINVALID_ARGUMENT\n0\n",
  );
  assertEquals(code, 0);
});

test("Loading bytes needs no read permission", async () => {
  const bytes = Array.from(await Deno.readFile(tensors)).join(",");
  const { code, stdout } = await runWith(
    [`--allow-ffi=${LIBRARY}`],
    `using program = iree.load({ modules: [new Uint8Array([${bytes}])], library });
     console.log(program.double(21));`,
  );
  assertEquals([code, stdout], [0, "42\n"]);
});

test("Native modules need only the permission to load them", async () => {
  const { code, stdout, stderr } = await runWith(
    [`--allow-ffi=${LIBRARY},${sample}`, `--allow-read=${sampleMain}`],
    `using program = iree.load({
       modules: [${JSON.stringify(`${sample}@create_custom_module`)},
                 ${JSON.stringify(sampleMain)}],
       library,
     });
     program.main();`,
  );
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout, "CREATE 5xi8=0 1 2 3 4\nPRINT 5xi8=0 1 2 3 4\n");
});

const REFUSED = (right: string, path: string) =>
  `NotCapable: Requires ${right} access to "${path}", run again with the ` +
  `--allow-${right} flag\n`;

const ATTEMPT = (code: string) =>
  `try { ${code}; console.log("not refused"); } catch (error) {
     console.log(String(error));
   }`;

test("A program without read permission is rejected as in Deno", async () => {
  using folder = new TemporaryFolder();
  const link = folder.join("link.vmfb");
  await Deno.symlink(arithmetic, link);
  const upAndDown = `${folder.path}/../${arithmetic}`;
  for (const path of [arithmetic, link, upAndDown, "/nowhere/at/all.vmfb"]) {
    const { stdout } = await runWith(
      [`--allow-ffi=${LIBRARY}`, `--allow-read=${ROOT}`],
      `using instance = iree.Instance.open({ library });` +
        ATTEMPT(
          `iree.load({ modules: [${JSON.stringify(path)}], library })`,
        ) +
        ATTEMPT(
          `iree.BytecodeModule.fromFile(instance, ${JSON.stringify(path)})`,
        ) +
        ATTEMPT(
          `iree.BytecodeModule.fromFile(instance, ${
            JSON.stringify(path)
          }, { mode: "mmap" })`,
        ),
    );
    assertEquals(stdout, REFUSED("read", path).repeat(3));
  }
});

test("A native module without ffi permission is rejected as in Deno", async () => {
  const { stdout } = await runWith(
    [`--allow-ffi=${LIBRARY}`, "--allow-read"],
    `using instance = iree.Instance.open({ library });` +
      ATTEMPT(`iree.load({ modules: [${JSON.stringify(sample)}], library })`) +
      ATTEMPT(`iree.DynamicModule.load(instance, ${JSON.stringify(sample)})`),
  );
  assertEquals(stdout, REFUSED("ffi", sample).repeat(2));
});

test("A truncated native module is rejected without read permission", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("cut.so");
  const whole = await Deno.readFile(sample);
  await Deno.writeFile(path, whole.subarray(0, 1000));
  const { code, stdout } = await runWith(
    [`--allow-ffi=${LIBRARY},${path}`],
    ATTEMPT(`iree.load({ modules: [${JSON.stringify(path)}], library })`),
  );
  assertEquals(code, 0);
  assertStringIncludes(stdout, "NOT_FOUND: failed to load dynamic library");
  assertStringIncludes(stdout, "cut short, 1000 bytes of");
});

test("The library itself is rejected as in Deno", async () => {
  const { stdout } = await runWith(
    ["--allow-read"],
    ATTEMPT("iree.Instance.open({ library })"),
  );
  assertEquals(stdout, REFUSED("ffi", LIBRARY));
});

test("No environment variable is read without permission", async () => {
  const attempt = ATTEMPT("iree.Instance.open()");
  const without = await runWith([`--allow-ffi=${LIBRARY}`], attempt);
  assertStringIncludes(without.stdout, "--allow-env=IREE_RUNTIME_LIBRARY");
  const unset = await runWith(
    [`--allow-ffi=${LIBRARY}`, "--allow-env=IREE_RUNTIME_LIBRARY"],
    attempt,
  );
  assertStringIncludes(unset.stdout, "IREE_RUNTIME_LIBRARY: not set");
});

test("Importing the package needs no permission and loads nothing", async () => {
  const { code, stdout, stderr } = await runWith(
    [],
    "console.log(iree.runtime.libraryPath, iree.runtime.statistics.liveBytes);",
  );
  assertEquals([code, stderr, stdout], [0, "", "undefined 0\n"]);
});
