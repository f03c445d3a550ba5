#include <string.h>

#include "internal.h"

struct iree_ffi_mapping_t {
  iree_hal_buffer_t* buffer;
  iree_hal_buffer_mapping_t mapping;
};

// The host accesses other memory through a copy, which is updated when it is
// mapped and written back when it is unmapped.
static bool iree_ffi_mapping_is_coherent(const iree_ffi_mapping_t* mapping) {
  return iree_all_bits_set(iree_hal_buffer_memory_type(mapping->buffer),
                           IREE_HAL_MEMORY_TYPE_HOST_COHERENT);
}

static iree_status_t iree_ffi_mapping_initialize(iree_hal_buffer_view_t* view,
                                                 uint64_t length,
                                                 iree_ffi_mapping_t* mapping) {
  iree_hal_buffer_t* buffer = iree_hal_buffer_view_buffer(view);
  if (length != iree_hal_buffer_view_byte_length(view)) {
    return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                            "contents of %" PRIdsz
                            " bytes cannot be mapped as %" PRIu64,
                            iree_hal_buffer_view_byte_length(view), length);
  }
  mapping->buffer = buffer;
  iree_hal_buffer_retain(buffer);
  if (!iree_all_bits_set(iree_hal_buffer_memory_type(buffer),
                         IREE_HAL_MEMORY_TYPE_HOST_VISIBLE) ||
      !iree_all_bits_set(iree_hal_buffer_allowed_usage(buffer),
                         IREE_HAL_BUFFER_USAGE_MAPPING_PERSISTENT)) {
    return iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                            "the host cannot access the tensor's memory");
  }
  IREE_RETURN_IF_ERROR(iree_hal_buffer_map_range(
      buffer, IREE_HAL_MAPPING_MODE_PERSISTENT,
      IREE_HAL_MEMORY_ACCESS_READ | IREE_HAL_MEMORY_ACCESS_WRITE, 0,
      iree_hal_buffer_view_byte_length(view), &mapping->mapping));
  if (!iree_ffi_mapping_is_coherent(mapping)) {
    IREE_RETURN_IF_ERROR(iree_hal_buffer_mapping_invalidate_range(
        &mapping->mapping, 0, IREE_HAL_WHOLE_BUFFER));
  }
  return iree_ffi_mapped_files_check();
}

iree_ffi_mapping_t* iree_ffi_mapping_create(iree_hal_buffer_view_t* view,
                                            uint64_t length) {
  iree_ffi_mapping_t* mapping = NULL;
  if (iree_ffi_check(iree_allocator_malloc(
          iree_ffi_allocator(), sizeof(*mapping), (void**)&mapping))) {
    return NULL;
  }
  memset(mapping, 0, sizeof(*mapping));
  if (iree_ffi_check(iree_ffi_mapping_initialize(view, length, mapping))) {
    iree_ffi_mapping_free(mapping);
    return NULL;
  }
  return iree_ffi_hand_out(IREE_FFI_KIND_MAPPING, mapping);
}

uint8_t* iree_ffi_mapping_data(iree_ffi_mapping_t* mapping) {
  return mapping->mapping.contents.data;
}

void iree_ffi_mapping_free(iree_ffi_mapping_t* mapping) {
  if (mapping->mapping.buffer) {
    // A failure cannot be reported at this point.
    if (!iree_ffi_mapping_is_coherent(mapping)) {
      iree_status_free(iree_hal_buffer_mapping_flush_range(
          &mapping->mapping, 0, IREE_HAL_WHOLE_BUFFER));
    }
    iree_status_free(iree_hal_buffer_unmap_range(&mapping->mapping));
  }
  iree_hal_buffer_release(mapping->buffer);
  iree_allocator_free(iree_ffi_allocator(), mapping);
}
