#include "internal.h"

uint32_t iree_ffi_device_id(iree_hal_device_group_t* group, uint32_t ordinal,
                            uint8_t* buffer, uint32_t capacity) {
  iree_hal_device_t* device = NULL;
  if (iree_ffi_check(iree_ffi_device_at(group, ordinal, &device))) {
    return IREE_FFI_FAILED;
  }
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_string_view_t id = iree_hal_device_id(device);
  iree_ffi_write_bytes(&writer, id.data, id.size);
  return iree_ffi_writer_length(&writer);
}

uint32_t iree_ffi_device_query_i64(iree_hal_device_group_t* group,
                                   uint32_t ordinal, const uint8_t* category,
                                   uint32_t category_length, const uint8_t* key,
                                   uint32_t key_length, int64_t* out_value) {
  iree_hal_device_t* device = NULL;
  iree_status_t status = iree_ffi_device_at(group, ordinal, &device);
  if (iree_status_is_ok(status)) {
    status = iree_hal_device_query_i64(
        device, iree_ffi_view(category, category_length),
        iree_ffi_view(key, key_length), out_value);
  }
  return iree_ffi_check(status);
}

uint32_t iree_ffi_device_trim(iree_hal_device_group_t* group,
                              uint32_t ordinal) {
  iree_hal_device_t* device = NULL;
  iree_status_t status = iree_ffi_device_at(group, ordinal, &device);
  if (iree_status_is_ok(status)) status = iree_hal_device_trim(device);
  return iree_ffi_check(status);
}

uint32_t iree_ffi_device_statistics(iree_hal_device_group_t* group,
                                    uint32_t ordinal,
                                    uint64_t* out_statistics) {
  iree_hal_device_t* device = NULL;
  iree_status_t status = iree_ffi_device_at(group, ordinal, &device);
  if (iree_status_is_ok(status)) {
    iree_hal_allocator_statistics_t statistics;
    iree_hal_allocator_query_statistics(iree_hal_device_allocator(device),
                                        &statistics);
    out_statistics[0] = statistics.host_bytes_peak;
    out_statistics[1] = statistics.host_bytes_allocated;
    out_statistics[2] = statistics.host_bytes_freed;
    out_statistics[3] = statistics.device_bytes_peak;
    out_statistics[4] = statistics.device_bytes_allocated;
    out_statistics[5] = statistics.device_bytes_freed;
  }
  return iree_ffi_check(status);
}

uint32_t iree_ffi_device_format_statistics(iree_hal_device_group_t* group,
                                           uint32_t ordinal, uint8_t* buffer,
                                           uint32_t capacity) {
  iree_string_builder_t builder;
  iree_string_builder_initialize(iree_ffi_allocator(), &builder);
  iree_hal_device_t* device = NULL;
  iree_status_t status = iree_ffi_device_at(group, ordinal, &device);
  if (iree_status_is_ok(status)) {
    iree_hal_allocator_statistics_t statistics;
    iree_hal_allocator_query_statistics(iree_hal_device_allocator(device),
                                        &statistics);
    status = iree_hal_allocator_statistics_format(&statistics, &builder);
  }
  return iree_ffi_write_builder(status, &builder, buffer, capacity);
}

// Writes each usage bit by name: the text of all bits together exceeds the
// buffer that IREE formats it into.
static void iree_ffi_write_usage(iree_ffi_writer_t* writer,
                                 iree_hal_buffer_usage_t usage) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < 32; ++i) count += (usage >> i) & 1;
  iree_ffi_write_u32(writer, count);
  for (uint32_t i = 0; i < 32; ++i) {
    if (((usage >> i) & 1) == 0) continue;
    iree_bitfield_string_temp_t text;
    iree_ffi_write_string(writer, iree_hal_buffer_usage_format(1u << i, &text));
  }
}

uint32_t iree_ffi_device_memory_heaps(iree_hal_device_group_t* group,
                                      uint32_t ordinal, uint8_t* buffer,
                                      uint32_t capacity) {
  iree_hal_device_t* device = NULL;
  iree_hal_allocator_memory_heap_t heaps[16];
  iree_host_size_t count = 0;
  iree_status_t status = iree_ffi_device_at(group, ordinal, &device);
  if (iree_status_is_ok(status)) {
    status = iree_hal_allocator_query_memory_heaps(
        iree_hal_device_allocator(device), IREE_ARRAYSIZE(heaps), heaps,
        &count);
  }
  if (iree_ffi_check(status)) return IREE_FFI_FAILED;
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_write_u32(&writer, (uint32_t)count);
  for (iree_host_size_t i = 0; i < count; ++i) {
    iree_bitfield_string_temp_t text;
    iree_ffi_write_string(&writer,
                          iree_hal_memory_type_format(heaps[i].type, &text));
    iree_ffi_write_usage(&writer, heaps[i].allowed_usage);
    iree_ffi_write_u64(&writer, heaps[i].max_allocation_size);
    iree_ffi_write_u64(&writer, heaps[i].min_alignment);
  }
  return iree_ffi_writer_length(&writer);
}
