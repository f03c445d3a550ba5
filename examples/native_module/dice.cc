// A module in C++ that programs import: dice, which each context rolls for
// itself. The parameter `seed` decides what they show.

#include <cstdint>
#include <memory>
#include <random>

#include "iree/base/api.h"
#include "iree/vm/api.h"
#include "iree/vm/dynamic/api.h"
#include "iree/vm/native_module_cc.h"

namespace {

// What one context has.
class State {
 public:
  explicit State(uint32_t seed) : random_(seed) {}

  // dice.roll(i32) -> i32
  iree::StatusOr<int32_t> Roll(int32_t sides) {
    if (sides < 1) {
      return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                              "a die must have at least 1 side, got %d", sides);
    }
    return static_cast<int32_t>(random_() % static_cast<uint32_t>(sides)) + 1;
  }

 private:
  std::minstd_rand random_;  // The same numbers on every platform.
};

const iree::vm::NativeFunction<State> functions[] = {
    iree::vm::MakeNativeFunction("roll", &State::Roll),
};

// What all contexts share.
class Module final : public iree::vm::NativeModule<State> {
 public:
  Module(uint32_t seed, iree_vm_instance_t* instance,
         iree_allocator_t allocator)
      : NativeModule(
            "dice", /*version=*/0, instance, allocator,
            iree::span<const iree::vm::NativeFunction<State>>(functions)),
        seed_(seed) {}

  iree::StatusOr<std::unique_ptr<State>> CreateState(
      iree_allocator_t) override {
    return std::make_unique<State>(seed_);
  }
  iree::StatusOr<std::unique_ptr<State>> ForkState(State* parent,
                                                   iree_allocator_t) override {
    return std::make_unique<State>(*parent);
  }

 private:
  const uint32_t seed_;
};

}  // namespace

// The export that is called for `dice.so?seed=7`.
extern "C" IREE_VM_DYNAMIC_MODULE_EXPORT iree_status_t
iree_vm_dynamic_module_create(iree_vm_dynamic_module_version_t max_version,
                              iree_vm_instance_t* instance,
                              iree_host_size_t param_count,
                              const iree_string_pair_t* params,
                              iree_allocator_t allocator,
                              iree_vm_module_t** out_module) {
  *out_module = nullptr;
  if (max_version < IREE_VM_DYNAMIC_MODULE_VERSION_LATEST) {
    return iree_make_status(IREE_STATUS_UNIMPLEMENTED,
                            "'dice' was built for another version of the "
                            "runtime; build it again with this one's SDK");
  }
  uint32_t seed = 1;
  for (iree_host_size_t i = 0; i < param_count; ++i) {
    if (!iree_string_view_equal(params[i].key, IREE_SV("seed")) ||
        !iree_string_view_atoi_uint32(params[i].value, &seed)) {
      return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                              "'dice' takes seed=<number>, got '%.*s=%.*s'",
                              (int)params[i].key.size, params[i].key.data,
                              (int)params[i].value.size, params[i].value.data);
    }
  }
  auto module = std::make_unique<Module>(seed, instance, allocator);
  *out_module = module.release()->interface();  // The caller's from here on.
  return iree_ok_status();
}
