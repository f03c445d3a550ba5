// Threads that each call a function of their own program: mul(4xf32, 4xf32),
// from and to host arrays.

#include <pthread.h>
#include <stdlib.h>

#include "floor.h"

enum { MAX_THREADS = 4 };

typedef struct worker_t {
  floor_function_t function;
  uint64_t count;
  pthread_t thread;
} worker_t;

typedef struct workers_t {
  int count;
  worker_t workers[MAX_THREADS];
} workers_t;

static void* work(void* argument) {
  static const iree_hal_dim_t shape[] = {4};
  static const float a[] = {1, 2, 3, 4};
  static const float b[] = {2, 2, 2, 2};
  worker_t* worker = argument;
  const float* const data[] = {a, b};
  float result[4] = {0, 0, 0, 8};
  for (uint64_t i = 0; i < worker->count; ++i) {
    floor_call_with_arrays(&worker->function, 2, 1, shape, data, result, 4);
  }
  floor_expect(result[3] == 8, "mul returns a wrong result");
  return NULL;
}

static void* workers_prepare(const char* parameter) {
  workers_t* state = calloc(1, sizeof(*state));
  state->count = atoi(parameter);
  for (int i = 0; i < state->count; ++i) {
    floor_function_open("local-sync", NULL, "tensors.vmfb", "tensors.mul",
                        &state->workers[i].function);
  }
  return state;
}

static void workers_run(void* argument, uint64_t count) {
  workers_t* state = argument;
  for (int i = 0; i < state->count; ++i) {
    worker_t* worker = &state->workers[i];
    worker->count = count;
    floor_expect(pthread_create(&worker->thread, NULL, work, worker) == 0,
                 "cannot create a thread");
  }
  for (int i = 0; i < state->count; ++i)
    pthread_join(state->workers[i].thread, NULL);
}

const floor_workload_t floor_workers[] = {
    {"workers_1", workers_prepare, "1", workers_run},
    {"workers_2", workers_prepare, "2", workers_run},
    {"workers_4", workers_prepare, "4", workers_run},
    {NULL},
};
