// Exact messages of `load` about files and modules that it cannot load.

import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "@std/path";
import { IreeError, load, type LoadOptions, runtime } from "../../mod.ts";
import { inspectProgram } from "../../lib/inspect/mod.ts";
import {
  iree,
  mustRun,
  program,
  ROOT,
  sampleModule,
  sampleProgram,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";

const mul = await program("mul.mlir");
const twoDevices = await program("two_devices.mlir");
const parameters = await program("parameters.mlir");
const missingFunction = await program("missing_function.mlir");
const signatureMismatch = await program("signature_mismatch.mlir");
const example = await sampleProgram();
const sample = await sampleModule();

const COMPILE = "iree compile";
const OR_LOAD = "\nor compile and load it with loadModel of " +
  "@iree/runtime/compiler";
const AGAIN =
  "compile it again with the compiler of this runtime: pip install " +
  "iree-base-compiler==3.13.0";

function failure(options: LoadOptions): string {
  return assertThrows(() => load(options), IreeError).message;
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (it) => it.charCodeAt(0));
}

test("Loading a file that is not a program throws its name and its kind", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("a file");
  const whole = Deno.readFileSync(mul);
  const quoted = `'${path}'`;
  const cases: [contents: Uint8Array<ArrayBuffer>, detail: string][] = [
    [bytes(""), "empty, not a compiled program (.vmfb)"],
    [bytes("hello, world\n"), "text, not a compiled program (.vmfb)"],
    [bytes("{ module: 1 }\n"), "text, not a compiled program (.vmfb)"],
    [
      Deno.readFileSync(join(ROOT, "tests/fixtures/mul.mlir")),
      "MLIR source, not a compiled program (.vmfb)\ncompile it: " +
      `${COMPILE} ${quoted} -o '${path}.vmfb'${OR_LOAD}`,
    ],
    [
      bytes("module {\n}\n"),
      "MLIR source, not a compiled program (.vmfb)\ncompile it: " +
      `${COMPILE} ${quoted} -o '${path}.vmfb'${OR_LOAD}`,
    ],
    [
      bytes("ML\xefR\x0dMLIR20"),
      "MLIR bytecode, not a compiled program (.vmfb)\ncompile it: " +
      `${COMPILE} ${quoted} -o '${path}.vmfb'${OR_LOAD}`,
    ],
    [
      bytes("\x08\x08\x12\x07pytorch\x1a\x052.1.0:\x1f"),
      "an ONNX model, not a compiled program (.vmfb)\n" +
      `import and compile it: iree-import-onnx ${quoted} -o '${path}.mlir' ` +
      `&& ${COMPILE} '${path}.mlir' -o '${path}.vmfb'`,
    ],
    [
      bytes("IRPA\0\0\0\0\0\0\0\0\0\0\0\0"),
      "a parameter archive, not a compiled program (.vmfb)\n" +
      "parameters are not a module: pass the file with " +
      `--parameters=${path}, or as the option parameters`,
    ],
    [
      bytes('\x40\0\0\0\0\0\0\0{"weight":{"dtype":"F32"}}'),
      "a safetensors file, not a compiled program (.vmfb)\n" +
      "parameters are not a module: pass the file with " +
      `--parameters=${path}, or as the option parameters`,
    ],
    [
      bytes("GGUF\x03\0\0\0\0\0\0\0\0\0\0\0"),
      "a GGUF file, not a compiled program (.vmfb)\n" +
      "parameters are not a module: pass the file with " +
      `--parameters=${path}, or as the option parameters`,
    ],
    [
      bytes("\x93NUMPY\x01\0v\0{'descr'"),
      "a NumPy array, not a compiled program (.vmfb)\n" +
      `pass it to a function: --input=@${path}, or use readNpy`,
    ],
    [
      Deno.readFileSync(sample),
      "a native library, not a compiled program (.vmfb)\nnative modules are " +
      "recognized by file name: *.so, *.dylib or *.dll",
    ],
    [
      bytes(
        "PK\x03\x04" + "\0".repeat(22) + "\x08\0\0\0data.pkl" + "\0".repeat(40),
      ),
      "a ZIP archive, not a compiled program (.vmfb)",
    ],
    [
      bytes("\x01\x02\x03\x04" + "\0".repeat(20)),
      "not a compiled program (.vmfb): FlatBuffer length prefix out of bounds " +
      "(prefix is 67305985 but only 20 available)",
    ],
    [
      whole.slice(0, 2000),
      "cut short: FlatBuffer length prefix out of bounds (prefix is " +
      `${inspectProgram(mul).sizes.flatbuffer} but only 1932 available)\n` +
      "copy or compile it again",
    ],
  ];
  for (const [contents, text] of cases) {
    Deno.writeFileSync(path, contents);
    for (const moduleMode of ["preload", "mmap"] as const) {
      // IREE cannot map an empty file and fails first; the message is ours.
      assertEquals(
        failure({ modules: [path], moduleMode }),
        `INVALID_ARGUMENT: ${quoted} is ${text}`,
      );
    }
    const [line] = text.split("\n");
    assertEquals(
      failure({ modules: [contents] }).split("\n")[0],
      `INVALID_ARGUMENT: the program is ${line}`,
    );
  }
});

test("Commands in errors leave simple names unquoted", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("layer.mlir");
  Deno.copyFileSync(join(ROOT, "tests/fixtures/mul.mlir"), path);
  assertEquals(
    failure({ modules: [path] }),
    `INVALID_ARGUMENT: '${path}' is MLIR source, not a compiled program ` +
      `(.vmfb)\ncompile it: ${COMPILE} ${path} -o ${
        folder.join("layer.vmfb")
      }` +
      OR_LOAD,
  );
});

/** Positions in a FlatBuffer, by field number. */
class Tables {
  readonly #view: DataView<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  follow(at: number): number {
    return at + this.#view.getUint32(at, true);
  }

  field(table: number, field: number): number {
    const fields = table - this.#view.getInt32(table, true);
    return table + this.#view.getUint16(fields + 4 + 2 * field, true);
  }

  set(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }
}

/** The program as another compiler would have made it. */
function patched(
  patch: (tables: Tables, root: number) => void,
): Uint8Array<ArrayBuffer> {
  const contents = Deno.readFileSync(mul);
  const [start] = inspectProgram(contents).files!;
  const tables = new Tables(contents);
  patch(tables, tables.follow(start.offset + 4));
  return contents;
}

function withBytecode(major: number, minor = 0): Uint8Array<ArrayBuffer> {
  return patched((tables, root) =>
    tables.set(tables.field(root, 13), major << 16 | minor)
  );
}

function withHal(version: number): Uint8Array<ArrayBuffer> {
  return patched((tables, root) => {
    const vector = tables.follow(tables.field(root, 5));
    tables.set(tables.field(tables.follow(vector + 4), 1), version);
  });
}

const DISPATCH = "0rrIiiiICiDCiirIID_v";
const OLD_DISPATCH = "0rriiiiICiDCiirIID_v";

/** IREE 3.11's name of the function that dispatches work. */
function withOldDispatch(): Uint8Array<ArrayBuffer> {
  const contents = Deno.readFileSync(mul);
  const text = new TextDecoder("latin1").decode(contents);
  const at = text.indexOf(DISPATCH);
  assert(at > 0 && text.indexOf(DISPATCH, at + 1) < 0);
  contents.set(bytes(OLD_DISPATCH), at);
  return contents;
}

test("A program of another compiler is reported, with the compiler to use", () => {
  const mismatch = (version: string) =>
    `bytecode version mismatch; runtime supports 17.0, module has ${version}`;
  const cases: [Uint8Array<ArrayBuffer>, compiler: string, message: string][] =
    [
      [
        withBytecode(15),
        "IREE 3.9 or earlier",
        "INVALID_ARGUMENT: the program was compiled by IREE 3.9 or earlier: " +
        mismatch("15.0"),
      ],
      [
        withBytecode(16),
        "IREE 3.10",
        "INVALID_ARGUMENT: the program was compiled by IREE 3.10: " +
        mismatch("16.0"),
      ],
      [
        withBytecode(17, 1),
        "a newer IREE than 3.13",
        "INVALID_ARGUMENT: the program was compiled by a newer IREE than 3.13: " +
        mismatch("17.1"),
      ],
      [
        withBytecode(18),
        "a newer IREE than 3.13",
        "INVALID_ARGUMENT: the program was compiled by a newer IREE than 3.13: " +
        mismatch("18.0"),
      ],
      [
        withOldDispatch(),
        "IREE 3.11",
        "INTERNAL: 'mul' was compiled by IREE 3.11: import function " +
        "hal.command_buffer.dispatch signature mismatch between mul and source " +
        `hal; expected ${OLD_DISPATCH} but got ${DISPATCH}; resolving module ` +
        "'mul' imports",
      ],
      [
        withHal(8),
        "a newer IREE than 3.13",
        "NOT_FOUND: 'mul' was compiled by a newer IREE than 3.13: required " +
        "module 'hal' version mismatch; have 7 but require 8; resolving module " +
        "'mul' imports",
      ],
    ];
  for (const [contents, compiler, message] of cases) {
    assertEquals(failure({ modules: [contents] }), `${message}\n${AGAIN}`);
    assertEquals(inspectProgram(contents).foreignCompiler, compiler);
  }
  assertEquals(inspectProgram(mul).foreignCompiler, undefined);
  assertEquals(inspectProgram(mul).bytecodeVersion, "17.0");
  assertEquals(inspectProgram(withBytecode(15)).bytecodeVersion, "15.0");
});

test("iree inspect says that a program of another compiler cannot run here", async () => {
  for (const contents of [withBytecode(15), withOldDispatch(), withHal(8)]) {
    const { foreignCompiler } = inspectProgram(contents);
    const { code, stdout } = await iree(["inspect", "-"], { stdin: contents });
    assertEquals(code, 0);
    assertStringIncludes(
      stdout,
      `\nCannot run here: compiled by ${foreignCompiler}; recompile it with this `,
    );
  }
});

test("The compiler that errors name is the tested one for this runtime", () => {
  const requirements = Deno.readTextFileSync(join(ROOT, "requirements.txt"));
  const [, version] = /^iree-base-compiler==(\S+)$/m.exec(requirements)!;
  assert(AGAIN.endsWith(version));
  assert(runtime.version().iree.startsWith(version));
});

test("A program for another device is reported, with the available devices", async () => {
  using folder = new TemporaryFolder();
  const compiled = async (name: string, ...flags: string[]) => {
    const source = join(ROOT, "tests/fixtures/mul.mlir");
    const path = folder.join(`${name}.vmfb`);
    await mustRun(tool("iree-compile"), [...flags, source, "-o", path]);
    return path;
  };
  const arm = await compiled(
    "arm",
    "--iree-hal-target-backends=llvm-cpu",
    "--iree-llvmcpu-target-triple=aarch64-unknown-linux-gnu",
    "--iree-llvmcpu-target-cpu=generic",
  );
  const vulkan = await compiled("vulkan", "--iree-hal-target-device=vulkan");
  const cuda = await Promise.all(
    ["sm_80", "sm_89"].map((architecture) =>
      compiled(
        architecture,
        "--iree-hal-target-backends=cuda",
        `--iree-cuda-target=${architecture}`,
      )
    ),
  );
  const metal = await compiled("metal", "--iree-hal-target-device=metal");
  const command = `${COMPILE} program.mlir -o program.vmfb`;
  for (const device of ["local-task", "local-sync"]) {
    assertEquals(
      failure({ modules: [arm], device }),
      "INCOMPATIBLE: 'mul' is compiled for aarch64; this machine is x86_64\n" +
        `compile it for this machine: ${command}`,
    );
    assertEquals(
      failure({ modules: [vulkan], device }),
      "INCOMPATIBLE: 'mul' is compiled for vulkan; its device here is " +
        `${device}\nrun it with --device=vulkan or the option device, or ` +
        `compile it for the CPU: ${command}`,
    );
    for (const program of cuda) {
      assertEquals(
        failure({ modules: [program], device }),
        "INCOMPATIBLE: 'mul' is compiled for cuda; its device here is " +
          `${device}\nrun it with --device=cuda or the option device, or ` +
          `compile it for the CPU: ${command}`,
      );
    }
    assertEquals(
      failure({ modules: [metal], device }),
      "INCOMPATIBLE: 'mul' is compiled for metal; its device here is " +
        `${device}\nthis library has no driver for metal; compile it for the ` +
        `CPU: ${command}`,
    );
  }
  assertEquals(
    failure({ modules: [twoDevices], device: "local-sync" }),
    "INCOMPATIBLE: HAL device `second` not found or unavailable: " +
      "'two_devices' needs local (embedded-elf-x86_64), got local-sync\na " +
      "program that uses several devices needs each of them: repeat --device, " +
      "or give an array as the option device",
  );
});

test("An unknown driver's error lists the drivers and suggests the nearest", () => {
  const drivers =
    "available drivers: cuda, local-sync, local-task, null, vulkan";
  for (
    const [device, hint] of [
      ["hip://0", `HIP is not in this library; ${drivers}`],
      ["cpu", `${drivers}; did you mean local-task?`],
      ["gpu", `${drivers}; did you mean vulkan?`],
      ["local-tsk", `${drivers}; did you mean local-task?`],
      ["local-snyc://", `${drivers}; did you mean local-sync?`],
      ["bogus", drivers],
      ["toString", drivers],
    ]
  ) {
    const [name] = device.split(":");
    assertEquals(
      failure({ modules: [mul], device }),
      `NOT_FOUND: no driver '${name}' registered\n${hint}`,
    );
  }
});

test("An unregistered type's error names the program and the module to load first", () => {
  for (const modules of [[example], [example, sample]]) {
    assertEquals(
      failure({ modules }),
      "NOT_FOUND: no type registered with name '!custom.string'\nload the " +
        `module that defines '!custom.string' before '${example}'`,
    );
  }
});

test("An error about a missing or different function names both modules", () => {
  assertEquals(
    failure({ modules: [sample, missingFunction] }),
    "NOT_FOUND: module 'custom' has no function 'nothing', which " +
      "'missing_function' imports\nfunctions of 'custom': " +
      "string.from_tensor, string.print, string.live, error",
  );
  assertEquals(
    failure({ modules: [sample, signatureMismatch] }),
    "INTERNAL: import function custom.string.print signature mismatch between " +
      "signature_mismatch and source custom; expected 0i_i but got 0r_v; " +
      "resolving module 'signature_mismatch' imports\n'signature_mismatch' " +
      "imports custom.string.print(i32) -> (i32), 'custom' exports it as " +
      "(!vm.ref<?>) -> ()",
  );
});

test("Parameters of the wrong scope suggest how to name the scope", () => {
  using folder = new TemporaryFolder();
  const file = folder.join("model.safetensors");
  const head = '{"weight":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}';
  Deno.writeFileSync(
    file,
    bytes(`${String.fromCharCode(head.length)}${"\0".repeat(7)}${head}`.concat(
      "\0".repeat(16),
    )),
  );
  const wanted = "NOT_FOUND: no provider registered that handles scopes like " +
    "'model'; while invoking native function io_parameters.load; while calling " +
    "import";
  assertEquals(
    failure({ modules: [parameters], parameters: file }),
    `${wanted}\navailable scopes: ''; write --parameters=model=${file}, ` +
      `or "model=${file}" in the option parameters`,
  );
  assertEquals(
    failure({ modules: [parameters] }),
    `${wanted}\nno parameters were given; write --parameters=model=FILE, or ` +
      '"model=FILE" in the option parameters',
  );
});
