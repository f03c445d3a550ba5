import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { type BufferView, load, type VmRef } from "../mod.ts";
import {
  execute,
  iree,
  LIBRARY,
  mustRun,
  nativeModule,
  program,
  ROOT,
  sampleProgram,
  SDK,
  TemporaryFolder,
  test,
  tool,
} from "./support.ts";

const SAMPLE = join(ROOT, "native/samples/custom_module");
const example = await sampleProgram();
const customImport = await program("custom_import.mlir");
const types = await nativeModule("fixtures/types_module.cc");

/** Environment in which `pkg-config` finds the SDK. */
const env = { PKG_CONFIG_PATH: join(SDK, "lib/pkgconfig") };

/** Expected output of the sample program in both tools. */
const PRINTED = "EXEC @main\nCREATE 5xi8=0 1 2 3 4\nPRINT 5xi8=0 1 2 3 4\n";

/** Checks the sample module in this process, in our tool and in IREE's. */
async function assertWorksEverywhere(library: string): Promise<void> {
  for (const creation of ["", "create_custom_module"]) {
    using loaded = load({
      modules: [`${library}@${creation}?quiet`, types, customImport],
    });
    using make = loaded.context.lookupFunction("types.make_buffer_view");
    using view = make.call() as BufferView;
    const string = loaded.call("create", view) as VmRef;
    assertEquals(string.typeName, "custom.string");
    assertEquals(loaded.call("live"), 1);
    string.dispose();
    assertEquals(loaded.call("live"), 0);
  }

  const peer = (args: string[]) => execute(tool("iree-run-module"), args);
  const ours = (args: string[]) => iree(["run", ...args]);
  for (const run of [peer, ours]) {
    const flags = (query: string, name: string) => [
      `--module=${library}@create_custom_module${query}`,
      `--module=${example}`,
      `--function=${name}`,
    ];
    const main = await run(flags("", "main"));
    assertEquals(main, { code: 0, stdout: PRINTED, stderr: "" });

    const shouted = await run(flags("?prefix=> &uppercase", "main"));
    assertStringIncludes(shouted.stdout, "\n> PRINT 5XI8=0 1 2 3 4\n");

    const failed = await run(flags("", "error"));
    assertEquals(failed.code, 1);
    assertStringIncludes(failed.stderr, "UNKNOWN");
    assertStringIncludes(failed.stderr, "this function fails whenever");
  }
}

test("A module built by one compiler command loads here and in iree-run-module", async () => {
  using folder = new TemporaryFolder();
  await Deno.copyFile(join(SAMPLE, "module.cc"), folder.join("m.cc"));
  const command = "c++ -std=c++17 -shared -fPIC m.cc " +
    "$(pkg-config --cflags --libs iree-runtime) -o m.so";
  const options = { cwd: folder.path, env };
  const output = await execute("sh", ["-c", command], options);
  assertEquals(output, { code: 0, stdout: "", stderr: "" });
  await assertWorksEverywhere(folder.join("m.so"));
});

test("A module built by a CMake project loads here and in iree-run-module", async () => {
  using folder = new TemporaryFolder();
  for (const name of ["CMakeLists.txt", "module.cc"]) {
    await Deno.copyFile(join(SAMPLE, name), folder.join(name));
  }
  const build = folder.join("build");
  await mustRun(tool("cmake"), [
    "-S",
    folder.path,
    "-B",
    build,
    "-GNinja",
    `-DCMAKE_MAKE_PROGRAM=${tool("ninja")}`,
    `-DCMAKE_PREFIX_PATH=${SDK}`,
  ]);
  await mustRun(tool("cmake"), ["--build", build]);
  await assertWorksEverywhere(join(build, "module.so"));
});

test("A CMake project can require IREE's version", async () => {
  using folder = new TemporaryFolder();
  const find = async (version: string) => {
    await Deno.writeTextFile(
      folder.join("CMakeLists.txt"),
      "cmake_minimum_required(VERSION 3.16)\nproject(p LANGUAGES NONE)\n" +
        `find_package(IREERuntime ${version} REQUIRED)\n`,
    );
    return await execute(tool("cmake"), [
      "-S",
      folder.path,
      "-B",
      folder.join("build"),
      "-GNinja",
      `-DCMAKE_MAKE_PROGRAM=${tool("ninja")}`,
      `-DCMAKE_PREFIX_PATH=${SDK}`,
    ]);
  };
  assertEquals((await find("3.13")).code, 0);
  const { code, stderr } = await find("2.0");
  assertEquals(code, 1);
  assertStringIncludes(stderr, 'compatible with requested version "2.0"');
});

test("A C program can host IREE with the same SDK", async () => {
  using folder = new TemporaryFolder();
  await Deno.writeTextFile(folder.join("host.c"), HOST);
  const command =
    "cc host.c $(pkg-config --cflags --libs iree-runtime) -o host && ./host";
  const options = { cwd: folder.path, env };
  assertEquals(
    await mustRun("sh", ["-c", command], options),
    "vm.list 1 custom.string 0\nhal 1\n",
  );
});

const HOST = `
#include <stdio.h>
#include "iree/hal/api.h"
#include "iree/modules/hal/module.h"
#include "iree/vm/api.h"

static int has_type(iree_vm_instance_t* instance, const char* name) {
  return iree_vm_instance_lookup_type(
             instance, iree_make_cstring_view(name)) != 0;
}

int main(void) {
  iree_vm_instance_t* instance = NULL;
  IREE_CHECK_OK(iree_vm_instance_create(
      IREE_VM_TYPE_CAPACITY_DEFAULT, iree_allocator_system(), &instance));
  IREE_CHECK_OK(iree_hal_module_register_all_types(instance));
  printf("vm.list %d custom.string %d\\n", has_type(instance, "vm.list"),
         has_type(instance, "custom.string"));
  printf("hal %d\\n", has_type(instance, "hal.buffer_view"));
  iree_vm_instance_release(instance);
  return 0;
}
`;

/**
 * At least one function from each part of IREE's C API that modules and hosts
 * use.
 */
const API = [
  "iree_allocator_clone",
  "iree_allocator_free",
  "iree_allocator_libc_ctl",
  "iree_allocator_malloc",
  "iree_async_proactor_pool_create",
  "iree_dynamic_library_load_from_file",
  "iree_hal_allocator_create_heap",
  "iree_hal_buffer_map_read",
  "iree_hal_buffer_view_create",
  "iree_hal_buffer_view_parse",
  "iree_hal_create_device",
  "iree_hal_device_release",
  "iree_hal_driver_registry_default",
  "iree_hal_fence_create",
  "iree_hal_heap_buffer_wrap",
  "iree_hal_module_create",
  "iree_hal_module_resolve_all_types",
  "iree_hal_semaphore_wait",
  "iree_io_file_handle_open",
  "iree_io_parameters_module_create",
  "iree_runtime_instance_create",
  "iree_runtime_session_create_with_device",
  "iree_status_allocate_f",
  "iree_status_format",
  "iree_status_ignore",
  "iree_string_builder_append_cstring",
  "iree_string_view_equal",
  "iree_time_now",
  "iree_tooling_create_context_from_flags",
  "iree_vm_buffer_create",
  "iree_vm_bytecode_module_create",
  "iree_vm_context_create_with_modules",
  "iree_vm_dynamic_module_load_from_file",
  "iree_vm_instance_create",
  "iree_vm_instance_register_type",
  "iree_vm_invoke",
  "iree_vm_list_create",
  "iree_vm_module_lookup_function_by_name",
  "iree_vm_native_module_create",
  "iree_vm_ref_release",
  "iree_vm_resolve_builtin_types",
  "iree_vm_stack_function_enter",
  "iree_vmvx_module_create",
];

/** The system's own libraries. */
const SYSTEM_LIBRARY =
  /^(?:lib(?:c|m|dl|rt|pthread|gcc_s)|ld-linux(?:-\w+)*|ld64)\.so\.\d+$/;

// A sanitized library, which is never published, needs and exports more.
const given = Deno.env.get("DEV_SANITIZE")
  ? []
  : [LIBRARY, join(SDK, "lib/libiree_runtime.so")];

for (const library of new Set(given)) {
  test(`${library} exports IREE's C API`, async () => {
    const lines = await mustRun("nm", ["-D", "--defined-only", library]);
    const names = new Set(lines.split("\n").map((it) => it.split(" ")[2]));
    assertEquals(API.filter((name) => !names.has(name)), []);
    // The flat layer is exported; symbols of other projects are not.
    assert(names.has("iree_ffi_call_invoke"));
    const foreign = [...names].filter((it) => it && !it.startsWith("iree_"));
    assertEquals(foreign, []);
  });

  test(`${library} depends only on the system`, async () => {
    const lines = await mustRun("readelf", ["-dW", library]);
    const needed = [...lines.matchAll(/\(NEEDED\).*\[(.*)\]/g)];
    assert(needed.length > 0);
    for (const [, name] of needed) {
      assert(SYSTEM_LIBRARY.test(name), `needs ${name}`);
    }
    assertStringIncludes(lines, "Library soname: [libiree_runtime.so]");
    // No build folders in its paths, no text relocations.
    for (const tag of ["(RPATH)", "(RUNPATH)", "(TEXTREL)"]) {
      assertEquals(lines.includes(tag), false, tag);
    }
    const symbols = await mustRun("nm", ["-D", "--undefined-only", library]);
    const strong = [...symbols.matchAll(/^ +U (\S+)/gm)].map(([, it]) => it);
    assert(strong.length > 50);
    // Names of the system's libraries have versions.
    assertEquals(strong.filter((name) => !name.includes("@")), []);
  });
}

test("The library reads no environment variable", async () => {
  const symbols = await mustRun("nm", ["-D", "--undefined-only", LIBRARY]);
  // Other C functions it needs are present, so the list is not trivially empty.
  assert(/ U fopen/.test(symbols));
  assertEquals([...symbols.matchAll(/ U (\w*getenv\w*)/g)], []);
});
