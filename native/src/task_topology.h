// Which processors the workers of a local-task device run on.

#ifndef IREE_FFI_TASK_TOPOLOGY_H_
#define IREE_FFI_TASK_TOPOLOGY_H_

#include "internal.h"
#include "iree/task/api.h"

// How workers are spread and what each has. The first that is given decides:
// sets of processors, a number of workers, nodes.
typedef struct iree_ffi_task_options_t {
  uint32_t group_count;
  uint32_t max_group_count;
  iree_task_topology_performance_level_t performance_level;
  iree_task_topology_distribution_t distribution;
  iree_task_executor_options_t executor;
  iree_string_view_t nodes;
  // Packed: of each set a count and processors.
  uint32_t set_count;
  iree_ffi_reader_t sets;
} iree_ffi_task_options_t;

// Reads the record that iree_ffi_device_group_create takes; it has to live as
// long as |out_options|.
iree_status_t iree_ffi_task_options_read(iree_ffi_reader_t reader,
                                         iree_ffi_task_options_t* out_options);

typedef iree_status_t (*iree_ffi_task_topology_fn_t)(
    const iree_task_topology_t* topology, void* user_data);

// Calls |visit| with each topology that has workers.
iree_status_t iree_ffi_task_topologies_visit(
    const iree_ffi_task_options_t* options, iree_ffi_task_topology_fn_t visit,
    void* user_data);

#endif  // IREE_FFI_TASK_TOPOLOGY_H_
