// Measures what one call and one VM operation cost in a given build of the
// library. Prints two numbers: nanoseconds of a call of @add, and nanoseconds
// of one operation in the bytecode loop @loop (three operations a turn). It
// counts the CPU's time, which other programs change less than the clock's.
//
//   cc -O2 calls.c $(pkg-config --cflags --libs iree-runtime) -o calls
//   ./calls calls.vmfb

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "iree/base/api.h"
#include "iree/vm/api.h"
#include "iree/vm/bytecode/module.h"

enum { CALLS = 400000, LOOP_TURNS = 20000000, OPERATIONS_PER_TURN = 3 };

static double now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void read_file(const char* path, iree_byte_span_t* out_contents) {
  FILE* file = fopen(path, "rb");
  if (!file) {
    fprintf(stderr, "cannot open %s\n", path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  out_contents->data_length = (iree_host_size_t)ftell(file);
  // The archive wants the alignment of a FlatBuffer.
  out_contents->data = aligned_alloc(
      64, (out_contents->data_length + 63) & ~(iree_host_size_t)63);
  rewind(file);
  if (fread(out_contents->data, 1, out_contents->data_length, file) !=
      out_contents->data_length)
    exit(1);
  fclose(file);
}

static int32_t call(iree_vm_context_t* context, iree_vm_function_t function,
                    iree_vm_list_t* inputs, iree_vm_list_t* outputs,
                    iree_host_size_t argument_count, int32_t argument) {
  iree_vm_value_t value = iree_vm_value_make_i32(argument);
  IREE_CHECK_OK(iree_vm_list_resize(inputs, 0));
  IREE_CHECK_OK(iree_vm_list_resize(outputs, 0));
  for (iree_host_size_t i = 0; i < argument_count; ++i) {
    IREE_CHECK_OK(iree_vm_list_push_value(inputs, &value));
  }
  IREE_CHECK_OK(iree_vm_invoke(context, function, IREE_VM_INVOCATION_FLAG_NONE,
                               /*policy=*/NULL, inputs, outputs,
                               iree_allocator_system()));
  IREE_CHECK_OK(
      iree_vm_list_get_value_as(outputs, 0, IREE_VM_VALUE_TYPE_I32, &value));
  return value.i32;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s calls.vmfb\n", argv[0]);
    return 2;
  }
  iree_allocator_t allocator = iree_allocator_system();
  iree_byte_span_t contents;
  read_file(argv[1], &contents);

  iree_vm_instance_t* instance = NULL;
  iree_vm_module_t* module = NULL;
  iree_vm_context_t* context = NULL;
  IREE_CHECK_OK(iree_vm_instance_create(IREE_VM_TYPE_CAPACITY_DEFAULT,
                                        allocator, &instance));
  IREE_CHECK_OK(iree_vm_bytecode_module_create(
      instance, IREE_VM_BYTECODE_MODULE_FLAG_NONE,
      iree_make_const_byte_span(contents.data, contents.data_length),
      iree_allocator_null(), allocator, &module));
  IREE_CHECK_OK(iree_vm_context_create_with_modules(
      instance, IREE_VM_CONTEXT_FLAG_NONE, 1, &module, allocator, &context));

  iree_vm_function_t add, loop;
  IREE_CHECK_OK(iree_vm_module_lookup_function_by_name(
      module, IREE_VM_FUNCTION_LINKAGE_EXPORT, IREE_SV("add"), &add));
  IREE_CHECK_OK(iree_vm_module_lookup_function_by_name(
      module, IREE_VM_FUNCTION_LINKAGE_EXPORT, IREE_SV("loop"), &loop));
  iree_vm_list_t* inputs = NULL;
  iree_vm_list_t* outputs = NULL;
  IREE_CHECK_OK(iree_vm_list_create(iree_vm_make_undefined_type_def(), 2,
                                    allocator, &inputs));
  IREE_CHECK_OK(iree_vm_list_create(iree_vm_make_undefined_type_def(), 2,
                                    allocator, &outputs));

  for (int i = 0; i < CALLS / 10; ++i)
    call(context, add, inputs, outputs, 2, i);  // warms up
  double start = now_ns();
  for (int i = 0; i < CALLS; ++i) {
    if (call(context, add, inputs, outputs, 2, i) != 2 * i) return 1;
  }
  double per_call = (now_ns() - start) / CALLS;

  start = now_ns();
  if (call(context, loop, inputs, outputs, 1, LOOP_TURNS) != LOOP_TURNS)
    return 1;
  double per_operation = (now_ns() - start) / LOOP_TURNS / OPERATIONS_PER_TURN;

  printf("%.2f %.4f\n", per_call, per_operation);

  iree_vm_list_release(inputs);
  iree_vm_list_release(outputs);
  iree_vm_context_release(context);
  iree_vm_module_release(module);
  iree_vm_instance_release(instance);
  free(contents.data);
  return 0;
}
