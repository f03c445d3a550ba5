// Places the workers of a local-task device on CPUs.

#ifndef IREE_FFI_TASK_TOPOLOGY_H_
#define IREE_FFI_TASK_TOPOLOGY_H_

#include "internal.h"
#include "iree/task/api.h"

// Placement and properties of workers. The first of these that is set decides:
// CPU sets, a number of workers, nodes.
typedef struct iree_ffi_task_options_t {
  uint32_t group_count;
  uint32_t max_group_count;
  iree_task_topology_performance_level_t performance_level;
  iree_task_topology_distribution_t distribution;
  iree_task_executor_options_t executor;
  iree_string_view_t nodes;
  // Packed: a count and the CPUs of each set.
  uint32_t set_count;
  iree_ffi_reader_t sets;
} iree_ffi_task_options_t;

// Reads the record of iree_ffi_device_group_create, which must outlive
// |out_options|.
iree_status_t iree_ffi_task_options_read(iree_ffi_reader_t reader,
                                         iree_ffi_task_options_t* out_options);

typedef iree_status_t (*iree_ffi_task_topology_fn_t)(
    const iree_task_topology_t* topology, void* user_data);

// Calls |visit| with each topology that has workers.
iree_status_t iree_ffi_task_topologies_visit(
    const iree_ffi_task_options_t* options, iree_ffi_task_topology_fn_t visit,
    void* user_data);

#endif  // IREE_FFI_TASK_TOPOLOGY_H_
