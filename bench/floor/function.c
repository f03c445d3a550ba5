// Programs and their functions.

#include <stdlib.h>

#include "floor.h"
#include "iree/vm/dynamic/module.h"

iree_runtime_instance_t* floor_instance(void) {
  static iree_runtime_instance_t* instance = NULL;
  if (!instance) {
    iree_runtime_instance_options_t options;
    iree_runtime_instance_options_initialize(&options);
    iree_runtime_instance_options_use_all_available_drivers(&options);
    IREE_CHECK_OK(iree_runtime_instance_create(
        &options, iree_allocator_system(), &instance));
  }
  return instance;
}

static void append_native(iree_runtime_session_t* session, const char* name) {
  char* path = floor_path(name);
  iree_vm_module_t* module = NULL;
  IREE_CHECK_OK(iree_vm_dynamic_module_load_from_file(
      iree_runtime_instance_vm_instance(floor_instance()),
      iree_make_cstring_view(path), IREE_SV("iree_vm_dynamic_module_create"),
      /*param_count=*/0, /*params=*/NULL, iree_allocator_system(), &module));
  IREE_CHECK_OK(iree_runtime_session_append_module(session, module));
  iree_vm_module_release(module);
  free(path);
}

void floor_function_open(const char* device_name, const char* native,
                         const char* program, const char* name,
                         floor_function_t* out_function) {
  iree_allocator_t allocator = iree_allocator_system();
  iree_hal_device_t* device = NULL;
  IREE_CHECK_OK(iree_runtime_instance_try_create_default_device(
      floor_instance(), iree_make_cstring_view(device_name), &device));
  iree_runtime_session_options_t options;
  iree_runtime_session_options_initialize(&options);
  IREE_CHECK_OK(iree_runtime_session_create_with_device(
      floor_instance(), &options, device, allocator, &out_function->session));
  iree_hal_device_release(device);
  if (native) append_native(out_function->session, native);
  char* path = floor_path(program);
  IREE_CHECK_OK(iree_runtime_session_append_bytecode_module_from_file(
      out_function->session, path));
  free(path);
  IREE_CHECK_OK(iree_runtime_session_lookup_function(
      out_function->session, iree_make_cstring_view(name),
      &out_function->function));
  IREE_CHECK_OK(iree_vm_list_create(iree_vm_make_undefined_type_def(), 8,
                                    allocator, &out_function->inputs));
  IREE_CHECK_OK(iree_vm_list_create(iree_vm_make_undefined_type_def(), 8,
                                    allocator, &out_function->outputs));
}

iree_hal_buffer_view_t* floor_view_create(floor_function_t* function,
                                          iree_host_size_t rank,
                                          const iree_hal_dim_t* shape,
                                          const float* data) {
  iree_host_size_t length = sizeof(float);
  for (iree_host_size_t i = 0; i < rank; ++i) length *= shape[i];
  iree_hal_buffer_view_t* view = NULL;
  IREE_CHECK_OK(iree_hal_buffer_view_allocate_buffer_copy(
      iree_runtime_session_device(function->session),
      iree_runtime_session_device_allocator(function->session), rank, shape,
      IREE_HAL_ELEMENT_TYPE_FLOAT_32, IREE_HAL_ENCODING_TYPE_DENSE_ROW_MAJOR,
      (iree_hal_buffer_params_t){
          .type = IREE_HAL_MEMORY_TYPE_DEVICE_LOCAL,
          .usage = IREE_HAL_BUFFER_USAGE_DEFAULT,
      },
      iree_make_const_byte_span(data, length), &view));
  return view;
}

void floor_call_with_arrays(floor_function_t* function, iree_host_size_t count,
                            iree_host_size_t rank, const iree_hal_dim_t* shape,
                            const float* const* data, float* result,
                            iree_host_size_t result_length) {
  for (iree_host_size_t i = 0; i < count; ++i) {
    iree_vm_ref_t ref = iree_hal_buffer_view_move_ref(
        floor_view_create(function, rank, shape, data[i]));
    IREE_CHECK_OK(iree_vm_list_push_ref_move(function->inputs, &ref));
  }
  floor_function_invoke(function);
  iree_hal_buffer_view_t* view =
      iree_vm_list_get_buffer_view_assign(function->outputs, 0);
  IREE_CHECK_OK(iree_hal_buffer_map_read(iree_hal_buffer_view_buffer(view), 0,
                                         result,
                                         result_length * sizeof(float)));
  iree_vm_list_clear(function->inputs);
  iree_vm_list_clear(function->outputs);
}
