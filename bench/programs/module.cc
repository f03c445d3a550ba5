// A native module with one trivial function: the bench measures the way to it
// and back.

#include <cstdint>
#include <memory>

#include "iree/base/api.h"
#include "iree/vm/api.h"
#include "iree/vm/dynamic/api.h"
#include "iree/vm/native_module_cc.h"

namespace vm = iree::vm;

namespace {

struct State {
  iree::StatusOr<int32_t> Scale(int32_t value) { return 2 * value; }
};

const vm::NativeFunction<State> functions[] = {
    vm::MakeNativeFunction("scale", &State::Scale),
};

class Module final : public vm::NativeModule<State> {
 public:
  Module(iree_vm_instance_t* instance, iree_allocator_t allocator)
      : NativeModule("bench", /*version=*/0, instance, allocator,
                     iree::span<const vm::NativeFunction<State>>(functions)) {}
  iree::StatusOr<std::unique_ptr<State>> CreateState(
      iree_allocator_t a) override {
    return std::make_unique<State>();
  }
  iree::StatusOr<std::unique_ptr<State>> ForkState(
      State* parent, iree_allocator_t a) override {
    return CreateState(a);
  }
};

}  // namespace

extern "C" IREE_VM_DYNAMIC_MODULE_EXPORT iree_status_t
iree_vm_dynamic_module_create(iree_vm_dynamic_module_version_t max_version,
                              iree_vm_instance_t* instance,
                              iree_host_size_t param_count,
                              const iree_string_pair_t* params,
                              iree_allocator_t allocator,
                              iree_vm_module_t** out_module) {
  if (max_version < IREE_VM_DYNAMIC_MODULE_VERSION_LATEST) {
    return iree_make_status(IREE_STATUS_UNIMPLEMENTED,
                            "the runtime is older than this module");
  }
  *out_module =
      std::make_unique<Module>(instance, allocator).release()->interface();
  return iree_ok_status();
}
