// A native module with trivial functions: the bench measures the way to them
// and back.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "iree/base/api.h"
#include "iree/hal/api.h"
#include "iree/modules/hal/types.h"
#include "iree/vm/api.h"
#include "iree/vm/dynamic/api.h"
#include "iree/vm/native_module_cc.h"

namespace vm = iree::vm;

namespace {

using View = vm::ref<iree_hal_buffer_view_t>;

// Writes twice the four floats of a buffer.
iree_status_t WriteDoubled(iree_hal_buffer_mapping_t* mapping, void* source) {
  float* values = reinterpret_cast<float*>(mapping->contents.data);
  IREE_RETURN_IF_ERROR(
      iree_hal_buffer_map_read(static_cast<iree_hal_buffer_t*>(source), 0,
                               values, mapping->contents.data_length));
  for (int i = 0; i < 4; ++i) values[i] *= 2;
  return iree_ok_status();
}

using Callback = int32_t (*)(int32_t);

class State {
 public:
  State(iree_allocator_t allocator, Callback callback)
      : allocator_(allocator), callback_(callback) {}

  iree::StatusOr<int32_t> Scale(int32_t value) {
    return callback_ ? callback_(value) : 2 * value;
  }

  iree::StatusOr<View> Double(View view) {
    // Only now: iree-benchmark-module calls scale over a runtime of its own, in
    // which types of the HAL that this library links to are not registered.
    if (!memory_) {
      IREE_RETURN_IF_ERROR(iree_hal_allocator_create_heap(
          IREE_SV("bench"), allocator_, allocator_, &memory_));
    }
    iree_hal_buffer_params_t params = {};
    params.type = IREE_HAL_MEMORY_TYPE_DEVICE_LOCAL;
    params.usage = IREE_HAL_BUFFER_USAGE_DEFAULT;
    View doubled;
    IREE_RETURN_IF_ERROR(iree_hal_buffer_view_generate_buffer(
        /*device=*/nullptr, memory_.get(),
        iree_hal_buffer_view_shape_rank(view.get()),
        iree_hal_buffer_view_shape_dims(view.get()),
        iree_hal_buffer_view_element_type(view.get()),
        iree_hal_buffer_view_encoding_type(view.get()), params, WriteDoubled,
        iree_hal_buffer_view_buffer(view.get()), &doubled));
    return doubled;
  }

  iree::StatusOr<View> Pass(View view) { return view; }

 private:
  iree_allocator_t allocator_;
  Callback callback_;
  vm::ref<iree_hal_allocator_t> memory_;
};

const vm::NativeFunction<State> functions[] = {
    vm::MakeNativeFunction("scale", &State::Scale),
    vm::MakeNativeFunction("double", &State::Double),
    vm::MakeNativeFunction("pass", &State::Pass),
};

class Module final : public vm::NativeModule<State> {
 public:
  Module(iree_vm_instance_t* instance, iree_allocator_t allocator,
         Callback callback)
      : NativeModule("bench", /*version=*/0, instance, allocator,
                     iree::span<const vm::NativeFunction<State>>(functions)),
        callback_(callback) {}
  iree::StatusOr<std::unique_ptr<State>> CreateState(
      iree_allocator_t a) override {
    return std::make_unique<State>(a, callback_);
  }
  iree::StatusOr<std::unique_ptr<State>> ForkState(
      State* parent, iree_allocator_t a) override {
    return CreateState(a);
  }

 private:
  Callback callback_;
};

// The function pointer that the parameter "callback" gives as a number.
Callback FindCallback(iree_host_size_t param_count,
                      const iree_string_pair_t* params) {
  for (iree_host_size_t i = 0; i < param_count; ++i) {
    if (!iree_string_view_equal(params[i].key, IREE_SV("callback"))) continue;
    const std::string text(params[i].value.data, params[i].value.size);
    return reinterpret_cast<Callback>(std::strtoull(text.c_str(), nullptr, 10));
  }
  return nullptr;
}

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
  *out_module = std::make_unique<Module>(instance, allocator,
                                         FindCallback(param_count, params))
                    .release()
                    ->interface();
  return iree_ok_status();
}
