import { runtime } from "../../../mod.ts";
import type { ProjectCommands, ProjectFiles } from "./project.ts";

/**
 * Returns the files of a native module's project.
 *
 * @param name The module's name, which prefixes its functions in programs.
 * @param commands The commands that the project uses.
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

# CMAKE_PREFIX_PATH is the folder that \`iree sdk\` prints.
find_package(IREERuntime REQUIRED)

# MODULE: loaded at run time, never linked against.
add_library(${name} MODULE module.cc)
target_link_libraries(${name} PRIVATE IREERuntime::runtime)
set_target_properties(${name} PROPERTIES
  PREFIX ""
  SUFFIX "\${CMAKE_SHARED_LIBRARY_SUFFIX}"
  # Multi-configuration generators would add a folder per configuration.
  LIBRARY_OUTPUT_DIRECTORY "$<1:\${CMAKE_BINARY_DIR}>"
  # Exports only the creation function.
  CXX_VISIBILITY_PRESET hidden
  VISIBILITY_INLINES_HIDDEN ON
)

# Objects may outlive their module and need the library's code to be destroyed,
# so the library stays in memory once loaded.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  target_link_options(${name} PRIVATE "LINKER:-z,nodelete")
endif()
`;
}

function moduleCc(name: string): string {
  return `// The module "${name}": C++ functions that programs import.

#include <cstdint>
#include <memory>

#include "iree/base/api.h"
#include "iree/modules/hal/types.h"
#include "iree/vm/api.h"
#include "iree/vm/dynamic/api.h"
#include "iree/vm/native_module_cc.h"

namespace {

// The module's state in a context, used by one thread at a time. Programs that
// are loaded together share one context.
class State final {
 public:
  explicit State(int32_t offset) : offset_(offset) {}

  // ${name}.add(i32, i32) -> i32
  iree::StatusOr<int32_t> Add(int32_t a, int32_t b) {
    int64_t sum = int64_t{a} + b + offset_;
    if (sum < INT32_MIN || sum > INT32_MAX) {
      return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                              "the sum of %d and %d does not fit in i32", a, b);
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

// The functions by name. Their VM types follow from their C++ types.
const iree::vm::NativeFunction<State> functions[] = {
    iree::vm::MakeNativeFunction("add", &State::Add),
    iree::vm::MakeNativeFunction("calls", &State::Calls),
};

// Shared by all contexts, possibly on several threads at the same time.
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

// Creates the module. \`library?key=value\` calls this function; the parameters
// are the pairs of keys and values.
extern "C" IREE_VM_DYNAMIC_MODULE_EXPORT iree_status_t
iree_vm_dynamic_module_create(iree_vm_dynamic_module_version_t max_version,
                              iree_vm_instance_t* instance,
                              iree_host_size_t param_count,
                              const iree_string_pair_t* params,
                              iree_allocator_t allocator,
                              iree_vm_module_t** out_module) {
  *out_module = nullptr;

  // Check this first, as everything else depends on it.
  if (max_version < IREE_VM_DYNAMIC_MODULE_VERSION_LATEST) {
    return iree_make_status(IREE_STATUS_UNIMPLEMENTED,
                            "'${name}' was built for another version of the "
                            "runtime; rebuild it with this version's SDK");
  }

  // Types of other modules must be resolved before use.
  IREE_RETURN_IF_ERROR(iree_vm_resolve_builtin_types(instance));
  IREE_RETURN_IF_ERROR(iree_hal_module_resolve_all_types(instance));

  int32_t offset = 0;
  for (iree_host_size_t i = 0; i < param_count; ++i) {
    if (!iree_string_view_equal(params[i].key, IREE_SV("offset")) ||
        !iree_string_view_atoi_int32(params[i].value, &offset)) {
      return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                              "'%.*s=%.*s' is not a parameter of '${name}': "
                              "it accepts offset=<i32>",
                              (int)params[i].key.size, params[i].key.data,
                              (int)params[i].value.size, params[i].value.data);
    }
  }
  auto module = std::make_unique<Module>(offset, instance, allocator);
  *out_module = module.release()->interface();  // Now owned by the caller.
  return iree_ok_status();
}
`;
}

function testTs(name: string): string {
  return `import { assertEquals, assertThrows } from "@std/assert";
import { load, runtime } from "@iree/runtime";

/** The module's functions. */
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

Deno.test("add fails if the sum does not fit in i32", () => {
  using module = load<Functions>({ modules: [library] });
  assertThrows(() => module.add(2 ** 31 - 1, 1), Error, "OUT_OF_RANGE");
  assertEquals(module.calls(), 0n);
});

Deno.test("the module accepts an offset parameter", () => {
  using module = load<Functions>({ modules: [\`\${library}@?offset=10\`] });
  assertEquals(module.add(1, 2), 13);
  assertThrows(
    () => load({ modules: [\`\${library}@?ofset=10\`] }),
    Error,
    "accepts offset=<i32>",
  );
});
`;
}

function readme(name: string, commands: ProjectCommands): string {
  return `# ${name}

A native module for IREE: C++ functions that programs import. Building it takes
CMake 3.16 or later and a C++ compiler.

\`\`\`sh
${commands.deno} task build
${commands.deno} task test
\`\`\`

Load the library in \`build\` from TypeScript, as the test does, or on the command
line:

\`\`\`sh
alias iree="${commands.iree}"
iree run --module=build/${name}.so --function=add --input=1 --input=2
iree inspect --load build/${name}.so
\`\`\`

(\`.dylib\` on macOS, \`.dll\` on Windows.) Declare the functions that a program
imports in its MLIR source:

\`\`\`mlir
func.func private @${name}.add(%a: i32, %b: i32) -> i32
\`\`\`

Then load the program after the module:

\`\`\`sh
iree run --module=build/${name}.so --module=program.vmfb --function=main
\`\`\`
`;
}
