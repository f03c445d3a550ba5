// The floor of the bench: each workload's cost for a C program that uses IREE's
// public API. It uses the same library, without the flat layer that Deno calls,
// and keeps the objects that a careful C program would keep between calls.

#ifndef IREE_BENCH_FLOOR_H_
#define IREE_BENCH_FLOOR_H_

#include "iree/modules/hal/types.h"
#include "iree/runtime/api.h"

// One workload. Objects made by `prepare` live until the program ends.
typedef struct floor_workload_t {
  const char* name;
  // Sets the workload up and checks its result.
  void* (*prepare)(const char* parameter);
  const char* parameter;
  // Does the work `count` times; only this is timed.
  void (*run)(void* state, uint64_t count);
} floor_workload_t;

// The workloads; an entry without a name ends each list.
extern const floor_workload_t floor_calls[];
extern const floor_workload_t floor_tensors[];
extern const floor_workload_t floor_models[];
extern const floor_workload_t floor_lists[];
extern const floor_workload_t floor_loading[];
extern const floor_workload_t floor_workers[];

// Ends the program unless `condition` holds.
void floor_expect(bool condition, const char* what);

// Path of a file in the folder given at the start; the caller frees it.
char* floor_path(const char* name);

iree_runtime_instance_t* floor_instance(void);

// A function of a loaded program, with the lists for its calls.
typedef struct floor_function_t {
  iree_runtime_session_t* session;
  iree_vm_function_t function;
  iree_vm_list_t* inputs;
  iree_vm_list_t* outputs;
} floor_function_t;

// Loads a program onto its own device and finds a function by its full name.
// `native` is a native module that the program imports from, or NULL.
void floor_function_open(const char* device, const char* native,
                         const char* program, const char* name,
                         floor_function_t* out_function);

// Calls with the contents of `inputs`.
static inline void floor_function_invoke(floor_function_t* function) {
  IREE_CHECK_OK(iree_vm_invoke(iree_runtime_session_context(function->session),
                               function->function, IREE_VM_INVOCATION_FLAG_NONE,
                               /*policy=*/NULL, function->inputs,
                               function->outputs, iree_allocator_system()));
}

// Makes a tensor of f32 with a copy of `data`.
iree_hal_buffer_view_t* floor_view_create(floor_function_t* function,
                                          iree_host_size_t rank,
                                          const iree_hal_dim_t* shape,
                                          const float* data);

// Calls with copies of host arrays and copies the only result to another one.
void floor_call_with_arrays(floor_function_t* function, iree_host_size_t count,
                            iree_host_size_t rank, const iree_hal_dim_t* shape,
                            const float* const* data, float* result,
                            iree_host_size_t result_length);

#endif  // IREE_BENCH_FLOOR_H_
