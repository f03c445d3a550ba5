// Calls of scalars, into a compiled program and through one into a native
// module.

#include <stdlib.h>

#include "floor.h"

static floor_function_t* open_function(const char* native, const char* program,
                                       const char* name,
                                       iree_host_size_t argument_count) {
  floor_function_t* function = calloc(1, sizeof(*function));
  floor_function_open("local-sync", native, program, name, function);
  IREE_CHECK_OK(iree_vm_list_resize(function->inputs, argument_count));
  return function;
}

static void set(floor_function_t* function, iree_host_size_t i,
                iree_vm_value_t value) {
  IREE_CHECK_OK(iree_vm_list_set_value(function->inputs, i, &value));
}

static iree_vm_value_t get(floor_function_t* function, iree_host_size_t i,
                           iree_vm_value_type_t type) {
  iree_vm_value_t value;
  IREE_CHECK_OK(iree_vm_list_get_value_as(function->outputs, i, type, &value));
  return value;
}

//===----------------------------------------------------------------------===//
// add(i32, i32) -> i32
//===----------------------------------------------------------------------===//

static int32_t add(floor_function_t* function, int32_t a, int32_t b) {
  set(function, 0, iree_vm_value_make_i32(a));
  set(function, 1, iree_vm_value_make_i32(b));
  iree_vm_list_clear(function->outputs);
  floor_function_invoke(function);
  return get(function, 0, IREE_VM_VALUE_TYPE_I32).i32;
}

static void* add_prepare(const char* parameter) {
  floor_function_t* function =
      open_function(NULL, "scalars.vmfb", "scalars.add", 2);
  floor_expect(add(function, 40, 2) == 42, "add(40, 2) is not 42");
  return function;
}

static void add_run(void* state, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) add(state, (int32_t)i, 1);
}

//===----------------------------------------------------------------------===//
// mixed(i32, i64, f32, f64, i32, i64, f32, f64) -> (i32, i64, f64)
//===----------------------------------------------------------------------===//

typedef struct mixed_results_t {
  int32_t i32;
  int64_t i64;
  double f64;
} mixed_results_t;

static mixed_results_t mixed(floor_function_t* function, int32_t a) {
  set(function, 0, iree_vm_value_make_i32(a));
  set(function, 1, iree_vm_value_make_i64(2));
  set(function, 2, iree_vm_value_make_f32(0.5f));
  set(function, 3, iree_vm_value_make_f64(0.25));
  set(function, 4, iree_vm_value_make_i32(1));
  set(function, 5, iree_vm_value_make_i64(3));
  set(function, 6, iree_vm_value_make_f32(1.5f));
  set(function, 7, iree_vm_value_make_f64(4));
  iree_vm_list_clear(function->outputs);
  floor_function_invoke(function);
  return (mixed_results_t){
      .i32 = get(function, 0, IREE_VM_VALUE_TYPE_I32).i32,
      .i64 = get(function, 1, IREE_VM_VALUE_TYPE_I64).i64,
      .f64 = get(function, 2, IREE_VM_VALUE_TYPE_F64).f64,
  };
}

static void* mixed_prepare(const char* parameter) {
  floor_function_t* function =
      open_function(NULL, "scalars.vmfb", "scalars.mixed", 8);
  mixed_results_t results = mixed(function, 7);
  floor_expect(results.i32 == 8 && results.i64 == 5 && results.f64 == 6.25,
               "mixed returns wrong results");
  return function;
}

static void mixed_run(void* state, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) mixed(state, (int32_t)(i & 0xffff));
}

//===----------------------------------------------------------------------===//
// scale(i32) -> i32, which calls into a native module
//===----------------------------------------------------------------------===//

static int32_t scale(floor_function_t* function, int32_t a) {
  set(function, 0, iree_vm_value_make_i32(a));
  iree_vm_list_clear(function->outputs);
  floor_function_invoke(function);
  return get(function, 0, IREE_VM_VALUE_TYPE_I32).i32;
}

static void* scale_prepare(const char* parameter) {
  floor_function_t* function =
      open_function("module.so", "through.vmfb", "through.scale", 1);
  floor_expect(scale(function, 21) == 42, "scale(21) is not 42");
  return function;
}

static void scale_run(void* state, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) scale(state, (int32_t)(i & 0xffff));
}

const floor_workload_t floor_calls[] = {
    {"add", add_prepare, NULL, add_run},
    {"mixed", mixed_prepare, NULL, mixed_run},
    {"module", scale_prepare, NULL, scale_run},
    {NULL},
};
