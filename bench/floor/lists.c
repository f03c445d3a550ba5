// Lists of mixed values, filled from host memory and read back into it.

#include <stdlib.h>

#include "floor.h"

// One value of the host program.
typedef struct element_t {
  iree_vm_value_type_t type;  // NONE is a null reference
  union {
    int64_t i64;
    double f64;
  };
} element_t;

typedef struct lists_t {
  iree_host_size_t size;
  element_t* source;
  element_t* target;
} lists_t;

static void* lists_prepare(const char* parameter) {
  lists_t* state = calloc(1, sizeof(*state));
  state->size = (iree_host_size_t)atol(parameter);
  state->source = calloc(state->size, sizeof(element_t));
  state->target = calloc(state->size, sizeof(element_t));
  for (iree_host_size_t i = 0; i < state->size; ++i) {
    if (i % 3 == 0)
      state->source[i] =
          (element_t){IREE_VM_VALUE_TYPE_F64, {.f64 = (double)i + 0.5}};
    if (i % 3 == 1)
      state->source[i] =
          (element_t){IREE_VM_VALUE_TYPE_I64, {.i64 = (int64_t)i}};
  }
  return state;
}

static void push(iree_vm_list_t* list, const element_t* element) {
  if (element->type == IREE_VM_VALUE_TYPE_NONE) {
    iree_vm_ref_t null = iree_vm_ref_null();
    IREE_CHECK_OK(iree_vm_list_push_ref_move(list, &null));
    return;
  }
  iree_vm_value_t value = element->type == IREE_VM_VALUE_TYPE_F64
                              ? iree_vm_value_make_f64(element->f64)
                              : iree_vm_value_make_i64(element->i64);
  IREE_CHECK_OK(iree_vm_list_push_value(list, &value));
}

static void get(const iree_vm_list_t* list, iree_host_size_t i,
                element_t* out_element) {
  iree_vm_variant_t variant = iree_vm_variant_empty();
  IREE_CHECK_OK(iree_vm_list_get_variant_assign(list, i, &variant));
  if (!iree_vm_variant_is_value(variant)) {
    *out_element = (element_t){IREE_VM_VALUE_TYPE_NONE};
    return;
  }
  out_element->type = iree_vm_type_def_as_value(variant.type);
  out_element->i64 = variant.i64;
}

static void lists_run(void* state, uint64_t count) {
  lists_t* lists = state;
  for (uint64_t i = 0; i < count; ++i) {
    iree_vm_list_t* list = NULL;
    IREE_CHECK_OK(iree_vm_list_create(iree_vm_make_undefined_type_def(),
                                      lists->size, iree_allocator_system(),
                                      &list));
    for (iree_host_size_t j = 0; j < lists->size; ++j)
      push(list, &lists->source[j]);
    for (iree_host_size_t j = 0; j < lists->size; ++j)
      get(list, j, &lists->target[j]);
    iree_vm_list_release(list);
    floor_expect(lists->target[3].f64 == 3.5 && lists->target[1].i64 == 1,
                 "the list came back changed");
  }
}

const floor_workload_t floor_lists[] = {
    {"list_1000", lists_prepare, "1000", lists_run},
    {"list_10000", lists_prepare, "10000", lists_run},
    {"list_100000", lists_prepare, "100000", lists_run},
    {NULL},
};
