// Programs that compute, from and to host arrays.

#include <math.h>
#include <stdlib.h>

#include "floor.h"

//===----------------------------------------------------------------------===//
// matmul(512x512xf32, 512x512xf32)
//===----------------------------------------------------------------------===//

enum { SIDE = 512 };

static const iree_hal_dim_t kSquare[] = {SIDE, SIDE};

typedef struct matmul_t {
  floor_function_t function;
  float* a;
  float* b;
  float* result;
} matmul_t;

static void matmul(matmul_t* state) {
  const float* const data[] = {state->a, state->b};
  floor_call_with_arrays(&state->function, 2, 2, kSquare, data, state->result,
                         SIDE * SIDE);
}

static void* matmul_prepare(const char* parameter) {
  matmul_t* state = calloc(1, sizeof(*state));
  floor_function_open("local-task", NULL, "tensors.vmfb", "tensors.matmul",
                      &state->function);
  state->a = malloc(SIDE * SIDE * sizeof(float));
  state->b = malloc(SIDE * SIDE * sizeof(float));
  state->result = malloc(SIDE * SIDE * sizeof(float));
  for (int i = 0; i < SIDE * SIDE; ++i) {
    state->a[i] = (float)(i % 7);
    state->b[i] = i % SIDE == i / SIDE ? 2 : 0;
  }
  matmul(state);
  floor_expect(state->result[5] == 10, "matmul returns a wrong result");
  return state;
}

static void matmul_run(void* state, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) matmul(state);
}

//===----------------------------------------------------------------------===//
// classify(1x3x64x64xf32) -> 1x10xf32
//===----------------------------------------------------------------------===//

enum { IMAGE = 3 * 64 * 64, CLASSES = 10 };

static const iree_hal_dim_t kImage[] = {1, 3, 64, 64};

typedef struct convnet_t {
  floor_function_t function;
  float image[IMAGE];
  float scores[CLASSES];
} convnet_t;

static void classify(convnet_t* state) {
  const float* const data[] = {state->image};
  floor_call_with_arrays(&state->function, 1, 4, kImage, data, state->scores,
                         CLASSES);
}

static void* convnet_prepare(const char* parameter) {
  convnet_t* state = calloc(1, sizeof(*state));
  floor_function_open("local-task", NULL, "convnet.vmfb", "convnet.classify",
                      &state->function);
  for (int i = 0; i < IMAGE; ++i) state->image[i] = (float)(i % 256) / 255;
  classify(state);
  floor_expect(isfinite(state->scores[0]) && state->scores[0] != 0,
               "classify returns a wrong result");
  return state;
}

static void convnet_run(void* state, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) classify(state);
}

const floor_workload_t floor_models[] = {
    {"matmul", matmul_prepare, NULL, matmul_run},
    {"convnet", convnet_prepare, NULL, convnet_run},
    {NULL},
};
