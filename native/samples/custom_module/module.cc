// A C++ library of VM modules that a program loads at run time.
//
// From top to bottom: the type `!custom.string`, the parameters of modules, the
// functions that programs import, and the exported functions that create
// modules. README.md explains how to build and run it.

#include <atomic>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "iree/base/api.h"
#include "iree/hal/api.h"
#include "iree/modules/hal/types.h"
#include "iree/vm/api.h"
#include "iree/vm/dynamic/api.h"
#include "iree/vm/native_module_cc.h"

namespace vm = iree::vm;
using iree::OkStatus;
using iree::Status;
using iree::StatusOr;

//===----------------------------------------------------------------------===//
// !custom.string
//===----------------------------------------------------------------------===//

namespace {

// Number of live strings in the process, from all modules.
std::atomic<int32_t> live_string_count{0};

// An immutable string. Programs hold references to it and may keep one longer
// than its module, so it does not use the module.
struct String {
  iree_vm_ref_object_t ref_object;
  iree_allocator_t allocator;
  std::string_view text;  // The characters follow this struct.
};

// Called on the thread that releases the last reference.
void DestroyString(void* object) {
  auto* string = static_cast<String*>(object);
  iree_allocator_free(string->allocator, string);
  --live_string_count;
}

// The VM identifies a type by the address of its descriptor. Since this one is
// a constant, it does not matter how often, through which export or into which
// instance modules are loaded.
const iree_vm_ref_type_descriptor_t string_descriptor = {
    /*.destroy=*/DestroyString,
    /*.type_name=*/IREE_SVL("custom.string"),
    /*.offsetof_counter=*/offsetof(String, ref_object.counter) /
        IREE_VM_REF_COUNTER_ALIGNMENT,
    /*.reserved=*/0,
};

}  // namespace

// Lets functions accept and return `String*` and `vm::ref<String>`.
template <>
struct iree::vm::ref_type_descriptor<String> {
  static iree_vm_ref_type_t type() {
    return iree_vm_make_ref_type(&string_descriptor);
  }
};

namespace {

StatusOr<vm::ref<String>> MakeString(std::string_view text,
                                     iree_allocator_t allocator) {
  String* string = nullptr;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(
      allocator, sizeof(String) + text.size(), (void**)&string));
  char* characters = reinterpret_cast<char*>(string + 1);
  text.copy(characters, text.size());
  iree_atomic_ref_count_init(&string->ref_object.counter);
  string->allocator = allocator;
  string->text = std::string_view(characters, text.size());
  ++live_string_count;
  return vm::assign_ref(string);
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

struct Options {
  std::string prefix;      // Put before each printed line.
  bool uppercase = false;  // Converts strings to uppercase.
  bool quiet = false;      // Nothing is printed.
};

// `key` or `key=1` turns a switch on, `key=0` turns it off.
Status ParseSwitch(const iree_string_pair_t& param, bool* out_value) {
  if (iree_string_view_is_empty(param.value) ||
      iree_string_view_equal(param.value, IREE_SV("1"))) {
    *out_value = true;
  } else if (iree_string_view_equal(param.value, IREE_SV("0"))) {
    *out_value = false;
  } else {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "parameter '%.*s' must be 0 or 1, got '%.*s'",
                            (int)param.key.size, param.key.data,
                            (int)param.value.size, param.value.data);
  }
  return OkStatus();
}

// Joins repeated prefixes; the last of repeated switches counts. Rejects
// unknown keys, which may be typos.
Status ParseParameter(const iree_string_pair_t& param, Options* options) {
  if (iree_string_view_equal(param.key, IREE_SV("prefix"))) {
    options->prefix.append(param.value.data, param.value.size);
    return OkStatus();
  } else if (iree_string_view_equal(param.key, IREE_SV("uppercase"))) {
    return ParseSwitch(param, &options->uppercase);
  } else if (iree_string_view_equal(param.key, IREE_SV("quiet"))) {
    return ParseSwitch(param, &options->quiet);
  }
  return iree_make_status(
      IREE_STATUS_INVALID_ARGUMENT,
      "unknown parameter '%.*s'; the parameters are prefix, uppercase, quiet",
      (int)param.key.size, param.key.data);
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

// A module's state in one context. Used by one thread at a time.
class State final {
 public:
  State(const Options& options, iree_allocator_t allocator)
      : options_(options), allocator_(allocator) {}

  // string.from_tensor(!hal.buffer_view) -> !custom.string
  //
  // An object passed by pointer is borrowed until the call returns, and may be
  // null: types do not exclude it.
  StatusOr<vm::ref<String>> StringFromTensor(iree_hal_buffer_view_t* view) {
    if (!view) {
      return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "tensor is null");
    }
    iree_string_builder_t builder;
    iree_string_builder_initialize(allocator_, &builder);
    Status status = iree_hal_buffer_view_append_to_builder(
        view, /*max_element_count=*/IREE_HOST_SIZE_MAX, &builder);
    std::string text;
    if (status.ok()) {
      text.assign(iree_string_builder_buffer(&builder),
                  iree_string_builder_size(&builder));
    }
    iree_string_builder_deinitialize(&builder);
    IREE_RETURN_IF_ERROR(std::move(status));

    if (options_.uppercase) {
      for (char& c : text) c = (char)std::toupper((unsigned char)c);
    }
    Print("CREATE", text);
    return MakeString(text, allocator_);
  }

  // string.print(!custom.string)
  Status StringPrint(String* string) {
    if (!string) {
      return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "string is null");
    }
    Print("PRINT", string->text);
    return OkStatus();
  }

  // string.live() -> i32
  StatusOr<int32_t> StringLive() { return live_string_count.load(); }

  // error()
  Status Error() {
    return iree_make_status(IREE_STATUS_UNKNOWN,
                            "this function fails whenever it is called");
  }

 private:
  void Print(const char* verb, std::string_view text) {
    if (options_.quiet) return;
    std::fprintf(stdout, "%s%s %.*s\n", options_.prefix.c_str(), verb,
                 (int)text.size(), text.data());
    // Other writers of the same stream do not share this buffer.
    std::fflush(stdout);
  }

  const Options& options_;  // Owned by the module, which outlives its states.
  const iree_allocator_t allocator_;
};

const vm::NativeFunction<State> functions[] = {
    vm::MakeNativeFunction("string.from_tensor", &State::StringFromTensor),
    vm::MakeNativeFunction("string.print", &State::StringPrint),
    vm::MakeNativeFunction("string.live", &State::StringLive),
    vm::MakeNativeFunction("error", &State::Error),
};

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

// Shared by contexts, possibly on several threads at once.
class Module final : public vm::NativeModule<State> {
 public:
  Module(const char* name, Options options, iree_vm_instance_t* instance,
         iree_allocator_t allocator)
      : NativeModule(name, /*version=*/0, instance, allocator,
                     iree::span<const vm::NativeFunction<State>>(functions)),
        options_(std::move(options)) {}

  // The instance counts registrations: each module adds one and removes it.
  ~Module() override {
    if (!has_type_) return;
    iree_vm_instance_unregister_type(instance(), &string_descriptor);
  }
  Status RegisterType() {
    iree_vm_ref_type_t type = IREE_VM_REF_TYPE_NULL;
    IREE_RETURN_IF_ERROR(
        iree_vm_instance_register_type(instance(), &string_descriptor, &type));
    has_type_ = true;
    return OkStatus();
  }

  StatusOr<std::unique_ptr<State>> CreateState(iree_allocator_t a) override {
    return std::make_unique<State>(options_, a);
  }
  StatusOr<std::unique_ptr<State>> ForkState(State* parent,
                                             iree_allocator_t a) override {
    return CreateState(a);  // A state does not change.
  }

 private:
  const Options options_;
  bool has_type_ = false;
};

iree_status_t CreateModule(const char* name, Options options,
                           iree_vm_dynamic_module_version_t max_version,
                           iree_vm_instance_t* instance,
                           iree_host_size_t param_count,
                           const iree_string_pair_t* params,
                           iree_allocator_t allocator,
                           iree_vm_module_t** out_module) {
  *out_module = nullptr;

  // Must come first: everything else depends on it.
  if (max_version < IREE_VM_DYNAMIC_MODULE_VERSION_LATEST) {
    return iree_make_status(
        IREE_STATUS_UNIMPLEMENTED,
        "module '%s' was built for version %u of the dynamic module API but "
        "the runtime supports up to %u; build it with the runtime's SDK",
        name, IREE_VM_DYNAMIC_MODULE_VERSION_LATEST, max_version);
  }

  // Look up types defined elsewhere before using them.
  IREE_RETURN_IF_ERROR(iree_vm_resolve_builtin_types(instance));
  IREE_RETURN_IF_ERROR(iree_hal_module_resolve_all_types(instance));

  for (iree_host_size_t i = 0; i < param_count; ++i) {
    IREE_RETURN_IF_ERROR(ParseParameter(params[i], &options));
  }
  auto module =
      std::make_unique<Module>(name, std::move(options), instance, allocator);
  IREE_RETURN_IF_ERROR(module->RegisterType());
  *out_module = module.release()->interface();  // Owned by the caller.
  return iree_ok_status();
}

}  // namespace

//===----------------------------------------------------------------------===//
// Exports
//===----------------------------------------------------------------------===//

// `module.so`: the default name.
extern "C" IREE_VM_DYNAMIC_MODULE_EXPORT iree_status_t
iree_vm_dynamic_module_create(iree_vm_dynamic_module_version_t max_version,
                              iree_vm_instance_t* instance,
                              iree_host_size_t param_count,
                              const iree_string_pair_t* params,
                              iree_allocator_t allocator,
                              iree_vm_module_t** out_module) {
  return CreateModule("custom", Options(), max_version, instance, param_count,
                      params, allocator, out_module);
}

// `module.so@create_custom_module`: the same module under its own name.
extern "C" IREE_VM_DYNAMIC_MODULE_EXPORT iree_status_t create_custom_module(
    iree_vm_dynamic_module_version_t max_version, iree_vm_instance_t* instance,
    iree_host_size_t param_count, const iree_string_pair_t* params,
    iree_allocator_t allocator, iree_vm_module_t** out_module) {
  return CreateModule("custom", Options(), max_version, instance, param_count,
                      params, allocator, out_module);
}

// `module.so@create_shout_module`: a second module in the same library.
extern "C" IREE_VM_DYNAMIC_MODULE_EXPORT iree_status_t create_shout_module(
    iree_vm_dynamic_module_version_t max_version, iree_vm_instance_t* instance,
    iree_host_size_t param_count, const iree_string_pair_t* params,
    iree_allocator_t allocator, iree_vm_module_t** out_module) {
  Options options;
  options.uppercase = true;
  return CreateModule("shout", std::move(options), max_version, instance,
                      param_count, params, allocator, out_module);
}
