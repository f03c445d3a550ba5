// Tensors made from host arrays, kept between calls, copied and mapped.

#include <stdlib.h>

#include "floor.h"

static const iree_hal_dim_t kShape[] = {4};
static const float kA[] = {1, 2, 3, 4};
static const float kB[] = {2, 2, 2, 2};

//===----------------------------------------------------------------------===//
// mul(4xf32, 4xf32): host arrays in, host array out
//===----------------------------------------------------------------------===//

static void mul(floor_function_t* function, float* result) {
  const float* const data[] = {kA, kB};
  floor_call_with_arrays(function, 2, 1, kShape, data, result, 4);
}

static void* mul_prepare(const char* parameter) {
  floor_function_t* function = calloc(1, sizeof(*function));
  floor_function_open("local-sync", NULL, "tensors.vmfb", "tensors.mul",
                      function);
  float result[4] = {0};
  mul(function, result);
  floor_expect(result[3] == 8, "mul returns a wrong result");
  return function;
}

static void mul_run(void* state, uint64_t count) {
  float result[4];
  for (uint64_t i = 0; i < count; ++i) mul(state, result);
}

//===----------------------------------------------------------------------===//
// The same with kept tensors
//===----------------------------------------------------------------------===//

typedef struct mul_reused_t {
  floor_function_t function;
  iree_hal_buffer_view_t* views[3];
} mul_reused_t;

static void mul_reused(mul_reused_t* state, float* result) {
  IREE_CHECK_OK(iree_hal_buffer_map_write(
      iree_hal_buffer_view_buffer(state->views[0]), 0, kA, sizeof(kA)));
  IREE_CHECK_OK(iree_hal_buffer_map_write(
      iree_hal_buffer_view_buffer(state->views[1]), 0, kB, sizeof(kB)));
  iree_vm_list_clear(state->function.outputs);
  floor_function_invoke(&state->function);
  IREE_CHECK_OK(
      iree_hal_buffer_map_read(iree_hal_buffer_view_buffer(state->views[2]), 0,
                               result, 4 * sizeof(float)));
}

static void* mul_reused_prepare(const char* parameter) {
  mul_reused_t* state = calloc(1, sizeof(*state));
  floor_function_open("local-sync", NULL, "tensors.vmfb", "tensors.mul_into",
                      &state->function);
  const float zeros[4] = {0};
  for (int i = 0; i < 3; ++i) {
    state->views[i] = floor_view_create(&state->function, 1, kShape, zeros);
    iree_vm_ref_t ref = iree_hal_buffer_view_retain_ref(state->views[i]);
    IREE_CHECK_OK(iree_vm_list_push_ref_move(state->function.inputs, &ref));
  }
  float result[4] = {0};
  mul_reused(state, result);
  floor_expect(result[3] == 8, "mul_into returns a wrong result");
  return state;
}

static void mul_reused_run(void* state, uint64_t count) {
  float result[4];
  for (uint64_t i = 0; i < count; ++i) mul_reused(state, result);
}

//===----------------------------------------------------------------------===//
// Copies and mappings; the parameter is the size in bytes
//===----------------------------------------------------------------------===//

typedef struct memory_t {
  floor_function_t function;  // for its device
  iree_hal_dim_t shape[1];
  iree_host_size_t length;
  float* data;
  iree_hal_buffer_view_t* view;
} memory_t;

static void* memory_prepare(const char* parameter) {
  memory_t* memory = calloc(1, sizeof(*memory));
  floor_function_open("local-sync", NULL, "tensors.vmfb", "tensors.mul",
                      &memory->function);
  memory->length = (iree_host_size_t)atol(parameter);
  memory->shape[0] = memory->length / sizeof(float);
  memory->data = malloc(memory->length);
  for (iree_host_size_t i = 0; i < memory->shape[0]; ++i)
    memory->data[i] = (float)(i % 1000);
  memory->view =
      floor_view_create(&memory->function, 1, memory->shape, memory->data);
  return memory;
}

static void upload_run(void* state, uint64_t count) {
  memory_t* memory = state;
  iree_hal_buffer_t* buffer = iree_hal_buffer_view_buffer(memory->view);
  for (uint64_t i = 0; i < count; ++i) {
    IREE_CHECK_OK(
        iree_hal_buffer_map_write(buffer, 0, memory->data, memory->length));
  }
}

static void download_run(void* state, uint64_t count) {
  memory_t* memory = state;
  iree_hal_buffer_t* buffer = iree_hal_buffer_view_buffer(memory->view);
  for (uint64_t i = 0; i < count; ++i) {
    IREE_CHECK_OK(
        iree_hal_buffer_map_read(buffer, 0, memory->data, memory->length));
  }
}

static void upload_new_run(void* state, uint64_t count) {
  memory_t* memory = state;
  for (uint64_t i = 0; i < count; ++i) {
    iree_hal_buffer_view_release(
        floor_view_create(&memory->function, 1, memory->shape, memory->data));
  }
}

static void download_new_run(void* state, uint64_t count) {
  memory_t* memory = state;
  iree_hal_buffer_t* buffer = iree_hal_buffer_view_buffer(memory->view);
  for (uint64_t i = 0; i < count; ++i) {
    float* data = malloc(memory->length);
    IREE_CHECK_OK(iree_hal_buffer_map_read(buffer, 0, data, memory->length));
    floor_expect(data[1] == 1, "the data came back changed");
    free(data);
  }
}

static void map_run(void* state, uint64_t count) {
  memory_t* memory = state;
  iree_hal_buffer_t* buffer = iree_hal_buffer_view_buffer(memory->view);
  for (uint64_t i = 0; i < count; ++i) {
    iree_hal_buffer_mapping_t mapping;
    IREE_CHECK_OK(iree_hal_buffer_map_range(
        buffer, IREE_HAL_MAPPING_MODE_SCOPED,
        IREE_HAL_MEMORY_ACCESS_READ | IREE_HAL_MEMORY_ACCESS_WRITE, 0,
        memory->length, &mapping));
    floor_expect(((const float*)mapping.contents.data)[1] == 1,
                 "the data is not in the mapping");
    IREE_CHECK_OK(iree_hal_buffer_unmap_range(&mapping));
  }
}

// Reuses memory, at an address that devices accept.
static void* import_prepare(const char* parameter) {
  memory_t* memory = calloc(1, sizeof(*memory));
  floor_function_open("local-sync", NULL, "tensors.vmfb", "tensors.mul",
                      &memory->function);
  memory->length = (iree_host_size_t)atol(parameter);
  memory->shape[0] = memory->length / sizeof(float);
  memory->data = aligned_alloc(4096, memory->length);
  floor_expect(memory->data != NULL, "out of memory");
  return memory;
}

static void import_run(void* state, uint64_t count) {
  memory_t* memory = state;
  iree_hal_allocator_t* allocator =
      iree_runtime_session_device_allocator(memory->function.session);
  const iree_hal_buffer_params_t params = {
      .type = IREE_HAL_MEMORY_TYPE_DEVICE_LOCAL,
      .usage = IREE_HAL_BUFFER_USAGE_DEFAULT,
  };
  iree_hal_external_buffer_t external = {
      .type = IREE_HAL_EXTERNAL_BUFFER_TYPE_HOST_ALLOCATION,
      .size = memory->length,
      .handle.host_allocation.ptr = memory->data,
  };
  for (uint64_t i = 0; i < count; ++i) {
    iree_hal_buffer_t* buffer = NULL;
    iree_hal_buffer_view_t* view = NULL;
    IREE_CHECK_OK(iree_hal_allocator_import_buffer(
        allocator, params, &external, iree_hal_buffer_release_callback_null(),
        &buffer));
    IREE_CHECK_OK(iree_hal_buffer_view_create(
        buffer, 1, memory->shape, IREE_HAL_ELEMENT_TYPE_FLOAT_32,
        IREE_HAL_ENCODING_TYPE_DENSE_ROW_MAJOR, iree_allocator_system(),
        &view));
    iree_hal_buffer_release(buffer);
    floor_expect(iree_hal_buffer_view_byte_length(view) == memory->length,
                 "the tensor has another length");
    iree_hal_buffer_view_release(view);
  }
}

const floor_workload_t floor_tensors[] = {
    {"mul", mul_prepare, NULL, mul_run},
    {"mul_reused", mul_reused_prepare, NULL, mul_reused_run},
    {"upload", memory_prepare, "67108864", upload_run},
    {"download", memory_prepare, "67108864", download_run},
    {"upload_new", memory_prepare, "67108864", upload_new_run},
    {"download_new", memory_prepare, "67108864", download_new_run},
    {"import_64MiB", import_prepare, "67108864", import_run},
    {"map_64KiB", memory_prepare, "65536", map_run},
    {"map_64MiB", memory_prepare, "67108864", map_run},
    {NULL},
};
