// Reads lines `WORKLOAD COUNT` and answers each with the work's duration in
// nanoseconds.
//
//   floor FOLDER     the folder with the compiled programs

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "floor.h"

enum { MAX_WORKLOADS = 64 };

static const floor_workload_t* const groups[] = {floor_calls,   floor_tensors,
                                                 floor_models,  floor_lists,
                                                 floor_loading, floor_workers};
static const char* folder = NULL;
// Prepared workloads, in the order of the list.
static void* states[MAX_WORKLOADS];

void floor_expect(bool condition, const char* what) {
  if (condition) return;
  fprintf(stderr, "floor: %s\n", what);
  exit(1);
}

char* floor_path(const char* name) {
  size_t length = strlen(folder) + strlen(name) + 2;
  char* path = malloc(length);
  floor_expect(path != NULL, "out of memory");
  snprintf(path, length, "%s/%s", folder, name);
  return path;
}

static const floor_workload_t* find(const char* name, size_t* out_ordinal) {
  size_t ordinal = 0;
  for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); ++i) {
    for (const floor_workload_t* workload = groups[i]; workload->name;
         ++workload, ++ordinal) {
      if (strcmp(workload->name, name)) continue;
      floor_expect(ordinal < MAX_WORKLOADS, "too many workloads");
      *out_ordinal = ordinal;
      return workload;
    }
  }
  return NULL;
}

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  folder = argv[1];
  floor_instance();  // registers the types of list elements
  char name[64];
  unsigned long long count = 0;
  while (scanf("%63s %llu", name, &count) == 2) {
    size_t ordinal = 0;
    const floor_workload_t* workload = find(name, &ordinal);
    floor_expect(workload != NULL, "no such workload");
    if (!states[ordinal])
      states[ordinal] = workload->prepare(workload->parameter);
    uint64_t start = now_ns();
    workload->run(states[ordinal], count);
    printf("%llu\n", (unsigned long long)(now_ns() - start));
    fflush(stdout);
  }
  return 0;
}
