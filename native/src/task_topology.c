#include "task_topology.h"

iree_status_t iree_ffi_task_options_read(iree_ffi_reader_t reader,
                                         iree_ffi_task_options_t* out_options) {
  uint32_t level = 0;
  uint32_t distribution = 0;
  uint32_t spin_microseconds = 0;
  uint32_t stack_size = 0;
  uint32_t local_memory_size = 0;
  uint32_t* const fields[] = {
      &out_options->group_count,
      &out_options->max_group_count,
      &level,
      &distribution,
      &spin_microseconds,
      &stack_size,
      &local_memory_size,
  };
  for (iree_host_size_t i = 0; i < IREE_ARRAYSIZE(fields); ++i) {
    IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, fields[i]));
  }
  IREE_RETURN_IF_ERROR(iree_ffi_read_string(&reader, &out_options->nodes));
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &out_options->set_count));
  out_options->sets = reader;
  out_options->performance_level =
      (iree_task_topology_performance_level_t)level;
  out_options->distribution = (iree_task_topology_distribution_t)distribution;
  iree_task_executor_options_initialize(&out_options->executor);
  out_options->executor.worker_spin_ns =
      (iree_duration_t)spin_microseconds * 1000;
  out_options->executor.worker_stack_size = stack_size;
  out_options->executor.worker_local_memory_size = local_memory_size;
  return iree_ok_status();
}

// A machine may have nodes without a CPU that this process may use.
static iree_status_t iree_ffi_task_topology_visit(
    const iree_task_topology_t* topology, iree_ffi_task_topology_fn_t visit,
    void* user_data) {
  if (topology->group_count == 0) return iree_ok_status();
  return visit(topology, user_data);
}

static iree_status_t iree_ffi_task_topologies_of_sets(
    const iree_ffi_task_options_t* options, iree_ffi_task_topology_fn_t visit,
    void* user_data) {
  iree_ffi_reader_t reader = options->sets;
  for (uint32_t i = 0; i < options->set_count; ++i) {
    uint32_t cpu_ids[IREE_TASK_TOPOLOGY_MAX_GROUP_COUNT];
    uint32_t count = 0;
    IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &count));
    if (count > IREE_ARRAYSIZE(cpu_ids)) {
      return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                              "%u CPUs in a set; it has at most %d", count,
                              IREE_TASK_TOPOLOGY_MAX_GROUP_COUNT);
    }
    for (uint32_t j = 0; j < count; ++j) {
      IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &cpu_ids[j]));
    }
    iree_task_topology_t topology;
    IREE_RETURN_IF_ERROR(iree_task_topology_initialize_from_logical_cpu_set(
        count, cpu_ids, &topology));
    iree_status_t status =
        iree_ffi_task_topology_visit(&topology, visit, user_data);
    iree_task_topology_deinitialize(&topology);
    IREE_RETURN_IF_ERROR(status);
  }
  return iree_ok_status();
}

static iree_status_t iree_ffi_task_topologies_of_nodes(
    const iree_ffi_task_options_t* options, iree_ffi_task_topology_fn_t visit,
    void* user_data) {
  iree_task_node_selection_t nodes;
  IREE_RETURN_IF_ERROR(iree_task_topology_select_nodes(options->nodes, &nodes));
  for (iree_host_size_t i = 0; i < nodes.count; ++i) {
    iree_task_topology_t topology;
    IREE_RETURN_IF_ERROR(iree_task_topology_initialize_from_physical_cores(
        nodes.ids[i], options->performance_level, options->distribution,
        options->max_group_count, &topology));
    iree_status_t status =
        iree_ffi_task_topology_visit(&topology, visit, user_data);
    iree_task_topology_deinitialize(&topology);
    IREE_RETURN_IF_ERROR(status);
  }
  return iree_ok_status();
}

iree_status_t iree_ffi_task_topologies_visit(
    const iree_ffi_task_options_t* options, iree_ffi_task_topology_fn_t visit,
    void* user_data) {
  if (options->set_count > 0) {
    return iree_ffi_task_topologies_of_sets(options, visit, user_data);
  }
  if (options->group_count == 0) {
    return iree_ffi_task_topologies_of_nodes(options, visit, user_data);
  }
  iree_task_topology_t topology;
  iree_task_topology_initialize_from_group_count(options->group_count,
                                                 &topology);
  iree_status_t status =
      iree_ffi_task_topology_visit(&topology, visit, user_data);
  iree_task_topology_deinitialize(&topology);
  return status;
}

//===----------------------------------------------------------------------===//
// Topologies as data
//===----------------------------------------------------------------------===//

static void iree_ffi_task_group_write_sharing(
    const iree_task_topology_group_t* group, iree_ffi_writer_t* writer) {
  const iree_task_affinity_set_t mask = group->constructive_sharing_mask;
  if (iree_task_affinity_set_equal(mask, iree_task_affinity_for_any_worker())) {
    iree_ffi_write_u32(writer, UINT32_MAX);
    return;
  }
  iree_ffi_write_u32(writer, (uint32_t)iree_task_affinity_set_count_ones(mask));
  for (uint32_t i = 0; i < IREE_TASK_TOPOLOGY_MAX_GROUP_COUNT; ++i) {
    if (iree_task_affinity_set_test(mask,
                                    iree_task_affinity_bit_for_worker(i))) {
      iree_ffi_write_u32(writer, i);
    }
  }
}

static iree_status_t iree_ffi_task_topology_write(
    const iree_task_topology_t* topology, void* user_data) {
  iree_ffi_writer_t* writer = (iree_ffi_writer_t*)user_data;
  iree_ffi_write_u32(writer, 1);
  iree_ffi_write_u32(writer, topology->numa_node_id);
  iree_ffi_write_u32(writer, (uint32_t)topology->group_count);
  for (iree_host_size_t i = 0; i < topology->group_count; ++i) {
    const iree_task_topology_group_t* group = &topology->groups[i];
    const iree_thread_affinity_t affinity = group->ideal_thread_affinity;
    char ids[128];
    iree_host_size_t ids_length = iree_task_topology_format_processor_debug_ids(
        group->processor_index, sizeof(ids), ids);
    iree_ffi_write_u32(writer, group->group_index);
    iree_ffi_write_string(writer, iree_make_cstring_view(group->name));
    iree_ffi_write_u32(writer, group->processor_index);
    iree_ffi_write_string(writer, iree_make_string_view(ids, ids_length));
    iree_ffi_write_u32(writer, affinity.group_any);
    iree_ffi_write_u32(writer, affinity.id_assigned);
    iree_ffi_write_u32(writer, affinity.group);
    iree_ffi_write_u32(writer, affinity.id);
    iree_ffi_write_u32(writer, affinity.smt);
    iree_ffi_write_u32(writer, group->caches.l1_data);
    iree_ffi_write_u32(writer, group->caches.l2_data);
    iree_ffi_write_u32(writer, group->caches.l3_data);
    iree_ffi_task_group_write_sharing(group, writer);
  }
  return iree_ok_status();
}

uint32_t iree_ffi_task_topologies(const uint8_t* task, uint32_t task_length,
                                  uint8_t* buffer, uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_task_options_t options;
  iree_status_t status =
      iree_ffi_task_options_read(iree_ffi_reader(task, task_length), &options);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_task_topologies_visit(
        &options, iree_ffi_task_topology_write, &writer);
  }
  if (iree_ffi_check(status)) return IREE_FFI_FAILED;
  iree_ffi_write_u32(&writer, 0);
  return iree_ffi_writer_length(&writer);
}
