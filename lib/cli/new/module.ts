import { runtime } from "../../../mod.ts";
import type { ProjectCommands, ProjectFiles } from "./project.ts";

/**
 * Files of a project with a native module.
 *
 * @param name Name of the module, which programs import its functions by.
 * @param commands How it runs what it needs.
 */
export function moduleFiles(
  name: string,
  commands: ProjectCommands,
): ProjectFiles {
  return {
    "deno.json": denoJson(commands),
    "CMakeLists.txt": cmakeLists(name),
    "module.cc": moduleCc(name),
    [`${name}_test.ts`]: testTs(name),
    "README.md": readme(name, commands),
    ".gitignore": "/build/\n",
  };
}

function denoJson(commands: ProjectCommands): string {
  const prefix = `"$(${commands.iree} sdk)"`;
  const config = {
    tasks: {
      build: `${commands.cmake} -B build -DCMAKE_PREFIX_PATH=${prefix} && ` +
        `${commands.cmake} --build build --config Release`,
      test: {
        command: `${commands.deno} test -A`,
        dependencies: ["build"],
      },
    },
    imports: { "@std/assert": "jsr:@std/assert@^1", ...runtime.imports },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function cmakeLists(name: string): string {
  return `cmake_minimum_required(VERSION 3.16)
project(${name} LANGUAGES CXX)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# iree sdk prints its folder, for CMAKE_PREFIX_PATH.
find_package(IREERuntime REQUIRED)

# MODULE: loaded while a program runs, never linked against.
add_library(${name} MODULE module.cc)
target_link_libraries(${name} PRIVATE IREERuntime::runtime)
set_target_properties(${name} PROPERTIES
  PREFIX ""
  SUFFIX "\${CMAKE_SHARED_LIBRARY_SUFFIX}"
  # The generators of IDEs would add a folder for the configuration.
  LIBRARY_OUTPUT_DIRECTORY "$<1:\${CMAKE_BINARY_DIR}>"
  # Only the creation function is for others to find.
  CXX_VISIBILITY_PRESET hidden
  VISIBILITY_INLINES_HIDDEN ON
)

# Objects may outlive the module that made them, and it takes the library's code
# to destroy them: the library stays in memory once it was loaded.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  target_link_options(${name} PRIVATE "LINKER:-z,nodelete")
endif()
`;
}

function moduleCc(name: string): string {
  return `// The module "${name}": functions that programs import, in C++.

#include <cstdint>
#include <memory>

#include "iree/base/api.h"
#include "iree/modules/hal/types.h"
#include "iree/vm/api.h"
#include "iree/vm/dynamic/api.h"
#include "iree/vm/native_module_cc.h"

namespace {

// What a context has of the module: each has its own, which one thread at a time
// uses. Programs that are loaded together are one context.
class State final {
 public:
  explicit State(int32_t offset) : offset_(offset) {}

  // ${name}.add(i32, i32) -> i32
  iree::StatusOr<int32_t> Add(int32_t a, int32_t b) {
    int64_t sum = int64_t{a} + b + offset_;
    if (sum < INT32_MIN || sum > INT32_MAX) {
      return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                              "the sum of %d and %d is no i32", a, b);
    }
    ++call_count_;
    return static_cast<int32_t>(sum);
  }

  // ${name}.calls() -> i64
  iree::StatusOr<int64_t> Calls() { return call_count_; }

 private:
  const int32_t offset_;
  int64_t call_count_ = 0;
};

// The functions by the names that programs know them by. Their types in the VM
// follow from their types in C++.
const iree::vm::NativeFunction<State> functions[] = {
    iree::vm::MakeNativeFunction("add", &State::Add),
    iree::vm::MakeNativeFunction("calls", &State::Calls),
};

// What all contexts share; they may use it from several threads at once.
class Module final : public iree::vm::NativeModule<State> {
 public:
  Module(int32_t offset, iree_vm_instance_t* instance,
         iree_allocator_t allocator)
      : NativeModule(
            "${name}", /*version=*/0, instance, allocator,
            iree::span<const iree::vm::NativeFunction<State>>(functions)),
        offset_(offset) {}

  iree::StatusOr<std::unique_ptr<State>> CreateState(
      iree_allocator_t) override {
    return std::make_unique<State>(offset_);
  }
  iree::StatusOr<std::unique_ptr<State>> ForkState(
      State* parent, iree_allocator_t) override {
    return std::make_unique<State>(*parent);
  }

 private:
  const int32_t offset_;
};

}  // namespace

// Makes a module. It is what \`library@export?key=value\` names when there is no
// export in it; the parameters are the pairs of keys and values.
extern "C" IREE_VM_DYNAMIC_MODULE_EXPORT iree_status_t
iree_vm_dynamic_module_create(iree_vm_dynamic_module_version_t max_version,
                              iree_vm_instance_t* instance,
                              iree_host_size_t param_count,
                              const iree_string_pair_t* params,
                              iree_allocator_t allocator,
                              iree_vm_module_t** out_module) {
  *out_module = nullptr;

  // First of all, as everything else depends on it.
  if (max_version < IREE_VM_DYNAMIC_MODULE_VERSION_LATEST) {
    return iree_make_status(IREE_STATUS_UNIMPLEMENTED,
                            "'${name}' was built for another version of the "
                            "runtime; build it again with this one's SDK");
  }

  // Types that others define have to be looked up before they are used.
  IREE_RETURN_IF_ERROR(iree_vm_resolve_builtin_types(instance));
  IREE_RETURN_IF_ERROR(iree_hal_module_resolve_all_types(instance));

  int32_t offset = 0;
  for (iree_host_size_t i = 0; i < param_count; ++i) {
    if (!iree_string_view_equal(params[i].key, IREE_SV("offset")) ||
        !iree_string_view_atoi_int32(params[i].value, &offset)) {
      return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                              "'%.*s=%.*s' is no parameter of '${name}': it "
                              "takes offset=<i32>",
                              (int)params[i].key.size, params[i].key.data,
                              (int)params[i].value.size, params[i].value.data);
    }
  }
  auto module = std::make_unique<Module>(offset, instance, allocator);
  *out_module = module.release()->interface();  // The caller's from here on.
  return iree_ok_status();
}
`;
}

function testTs(name: string): string {
  return `import { assertEquals, assertThrows } from "@std/assert";
import { load, runtime } from "@iree/runtime";

/** The functions of the module, as TypeScript has them. */
interface Functions {
  add(a: number, b: number): number;
  calls(): bigint;
}

const extension = runtime.platform?.moduleExtension;
const library = \`\${import.meta.dirname}/build/${name}\${extension}\`;

Deno.test("add adds, and counts its calls", () => {
  using module = load<Functions>({ modules: [library] });
  assertEquals(module.add(1, 2), 3);
  assertEquals(module.add(-5, 5), 0);
  assertEquals(module.calls(), 2n);
});

Deno.test("add fails where the sum is no i32", () => {
  using module = load<Functions>({ modules: [library] });
  assertThrows(() => module.add(2 ** 31 - 1, 1), Error, "OUT_OF_RANGE");
  assertEquals(module.calls(), 0n);
});

Deno.test("The module takes a parameter", () => {
  using module = load<Functions>({ modules: [\`\${library}@?offset=10\`] });
  assertEquals(module.add(1, 2), 13);
  assertThrows(
    () => load({ modules: [\`\${library}@?ofset=10\`] }),
    Error,
    "takes offset=<i32>",
  );
});
`;
}

function readme(name: string, commands: ProjectCommands): string {
  return `# ${name}

A native module for IREE in C++: functions that programs import. It is built
with CMake 3.16 or later and a C++ compiler.

\`\`\`sh
${commands.deno} task build
${commands.deno} task test
\`\`\`

The library in \`build\` loads in TypeScript, as the test does it, and on the
command line:

\`\`\`sh
alias iree="${commands.iree}"
iree run --module=build/${name}.so --function=add --input=1 --input=2
iree inspect --load build/${name}.so
\`\`\`

(\`.dylib\` on macOS, \`.dll\` on Windows.) A program in MLIR declares the functions
that it imports,

\`\`\`mlir
func.func private @${name}.add(%a: i32, %b: i32) -> i32
\`\`\`

and is loaded after the module:

\`\`\`sh
iree run --module=build/${name}.so --module=program.vmfb --function=main
\`\`\`
`;
}
