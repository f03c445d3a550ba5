// A program with a large constant: mapped, linked, called once and released.

#include <stdlib.h>

#include "floor.h"
#include "iree/io/file_contents.h"
#include "iree/vm/bytecode/module.h"

static void load(const char* path) {
  iree_allocator_t allocator = iree_allocator_system();
  iree_vm_instance_t* instance =
      iree_runtime_instance_vm_instance(floor_instance());
  iree_io_file_contents_t* contents = NULL;
  IREE_CHECK_OK(iree_io_file_contents_map(iree_make_cstring_view(path),
                                          IREE_IO_FILE_ACCESS_READ, allocator,
                                          &contents));
  iree_vm_module_t* module = NULL;
  IREE_CHECK_OK(iree_vm_bytecode_module_create(
      instance, IREE_VM_BYTECODE_MODULE_FLAG_NONE, contents->const_buffer,
      iree_io_file_contents_deallocator(contents), allocator, &module));
  iree_vm_context_t* context = NULL;
  IREE_CHECK_OK(iree_vm_context_create_with_modules(
      instance, IREE_VM_CONTEXT_FLAG_NONE, 1, &module, allocator, &context));
  iree_vm_function_t function;
  IREE_CHECK_OK(iree_vm_module_lookup_function_by_name(
      module, IREE_VM_FUNCTION_LINKAGE_EXPORT, IREE_SV("get"), &function));
  iree_vm_list_t* inputs = NULL;
  iree_vm_list_t* outputs = NULL;
  IREE_CHECK_OK(iree_vm_list_create(iree_vm_make_undefined_type_def(), 1,
                                    allocator, &inputs));
  IREE_CHECK_OK(iree_vm_list_create(iree_vm_make_undefined_type_def(), 1,
                                    allocator, &outputs));
  iree_vm_value_t value = iree_vm_value_make_i64(1000);
  IREE_CHECK_OK(iree_vm_list_push_value(inputs, &value));
  IREE_CHECK_OK(iree_vm_invoke(context, function, IREE_VM_INVOCATION_FLAG_NONE,
                               /*policy=*/NULL, inputs, outputs, allocator));
  IREE_CHECK_OK(
      iree_vm_list_get_value_as(outputs, 0, IREE_VM_VALUE_TYPE_I32, &value));
  floor_expect(value.i32 == 7, "the constant is not what it was");
  iree_vm_list_release(outputs);
  iree_vm_list_release(inputs);
  iree_vm_context_release(context);
  iree_vm_module_release(module);
}

static void* load_prepare(const char* parameter) {
  char* path = floor_path(parameter);
  load(path);
  return path;
}

static void load_run(void* state, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) load(state);
}

const floor_workload_t floor_loading[] = {
    {"load_1MiB", load_prepare, "weights_1MiB.vmfb", load_run},
    {"load_100MiB", load_prepare, "weights_100MiB.vmfb", load_run},
    {NULL},
};
