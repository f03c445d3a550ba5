// A C++ library of VM modules that a running program loads.
//
// From top to bottom: the type `!custom.string`, the parameters modules are
// created with, the functions programs import, and the exported functions that
// create modules. README.md tells how to build and run it.

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

// Strings alive in the process, whichever module made them.
std::atomic<int32_t> live_string_count{0};

// An immutable string. Programs hold references to it and may keep one longer
// than the module that made it, so it needs nothing of the module.
struct String {
  iree_vm_ref_object_t ref_object;
  iree_allocator_t allocator;
  std::string_view text;  // The characters follow this struct.
};

// Called by whoever drops the last reference, on any thread.
void DestroyString(void* object) {
  auto* string = static_cast<String*>(object);
  iree_allocator_free(string->allocator, string);
  --live_string_count;
}

// The VM tells types apart by the address of their descriptor. As this one is a
// constant, it does not matter how often, through which export or into which
// instance modules are loaded.
const iree_vm_ref_type_descriptor_t string_descriptor = {
    /*.destroy=*/DestroyString,
    /*.type_name=*/IREE_SVL("custom.string"),
    /*.offsetof_counter=*/offsetof(String, ref_object.counter) /
        IREE_VM_REF_COUNTER_ALIGNMENT,
    /*.reserved=*/0,
};

}  // namespace

// Lets functions take and return `String*` and `vm::ref<String>`.
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
  bool uppercase = false;  // Strings are made in capital letters.
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
                            "parameter '%.*s' is 0 or 1, not '%.*s'",
                            (int)param.key.size, param.key.data,
                            (int)param.value.size, param.value.data);
  }
  return OkStatus();
}

// Repeated prefixes are joined; of repeated switches the last one counts. A key
// that is not known is refused: it may be a misspelled one.
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

// What one context has of a module. It may be used from one thread at a time.
class State final {
 public:
  State(const Options& options, iree_allocator_t allocator)
      : options_(options), allocator_(allocator) {}

  // string.from_tensor(!hal.buffer_view) -> !custom.string
  //
  // An object passed by pointer is borrowed until the call returns, and may be
  // null: types do not rule it out.
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
    // Others write to the same stream and know nothing of this buffer.
    std::fflush(stdout);
  }

  const Options& options_;  // The module's, which outlives its states.
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

// What contexts share. They may use it from several threads at once.
class Module final : public vm::NativeModule<State> {
 public:
  Module(const char* name, Options options, iree_vm_instance_t* instance,
         iree_allocator_t allocator)
      : NativeModule(name, /*version=*/0, instance, allocator,
                     iree::span<const vm::NativeFunction<State>>(functions)),
        options_(std::move(options)) {}

  // The instance counts registrations: each module takes one and returns it.
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
    return CreateState(a);  // There is nothing in a state that changes.
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

  // First of all, as everything else depends on it.
  if (max_version < IREE_VM_DYNAMIC_MODULE_VERSION_LATEST) {
    return iree_make_status(
        IREE_STATUS_UNIMPLEMENTED,
        "module '%s' was built for version %u of the dynamic module API but "
        "the runtime supports up to %u; build it with the runtime's SDK",
        name, IREE_VM_DYNAMIC_MODULE_VERSION_LATEST, max_version);
  }

  // Types that others define have to be looked up before they are used.
  IREE_RETURN_IF_ERROR(iree_vm_resolve_builtin_types(instance));
  IREE_RETURN_IF_ERROR(iree_hal_module_resolve_all_types(instance));

  for (iree_host_size_t i = 0; i < param_count; ++i) {
    IREE_RETURN_IF_ERROR(ParseParameter(params[i], &options));
  }
  auto module =
      std::make_unique<Module>(name, std::move(options), instance, allocator);
  IREE_RETURN_IF_ERROR(module->RegisterType());
  *out_module = module.release()->interface();  // The caller's from here on.
  return iree_ok_status();
}

}  // namespace

//===----------------------------------------------------------------------===//
// Exports
//===----------------------------------------------------------------------===//

// `module.so`: the name that is looked for when none is given.
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

// `module.so@create_custom_module`: the same module by a name of its own.
extern "C" IREE_VM_DYNAMIC_MODULE_EXPORT iree_status_t create_custom_module(
    iree_vm_dynamic_module_version_t max_version, iree_vm_instance_t* instance,
    iree_host_size_t param_count, const iree_string_pair_t* params,
    iree_allocator_t allocator, iree_vm_module_t** out_module) {
  return CreateModule("custom", Options(), max_version, instance, param_count,
                      params, allocator, out_module);
}

// `module.so@create_shout_module`: a second module of the same library.
extern "C" IREE_VM_DYNAMIC_MODULE_EXPORT iree_status_t create_shout_module(
    iree_vm_dynamic_module_version_t max_version, iree_vm_instance_t* instance,
    iree_host_size_t param_count, const iree_string_pair_t* params,
    iree_allocator_t allocator, iree_vm_module_t** out_module) {
  Options options;
  options.uppercase = true;
  return CreateModule("shout", std::move(options), max_version, instance,
                      param_count, params, allocator, out_module);
}
