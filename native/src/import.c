#include <string.h>

#include "internal.h"
#include "iree/base/internal/atomics.h"

// The caller holds the import, and so does the buffer over the memory, which can
// be anywhere by the time it is released.
struct iree_ffi_import_t {
  iree_atomic_ref_count_t ref_count;
  iree_atomic_int32_t is_released;
  iree_hal_buffer_view_t* view;
};

uint32_t iree_ffi_import_alignment(void) {
  return IREE_HAL_HEAP_BUFFER_ALIGNMENT;
}

uint32_t iree_ffi_import_offset(const uint8_t* bytes) {
  return (uint32_t)(iree_host_align((uintptr_t)bytes,
                                    IREE_HAL_HEAP_BUFFER_ALIGNMENT) -
                    (uintptr_t)bytes);
}

void iree_ffi_import_release(iree_ffi_import_t* import) {
  if (iree_atomic_ref_count_dec(&import->ref_count) != 1) return;
  iree_hal_buffer_view_release(import->view);
  iree_allocator_free(iree_ffi_allocator(), import);
}

static void iree_ffi_import_released(void* user_data,
                                     iree_hal_buffer_t* buffer) {
  iree_ffi_import_t* import = (iree_ffi_import_t*)user_data;
  iree_atomic_store(&import->is_released, 1, iree_memory_order_release);
  iree_ffi_import_release(import);
}

static iree_status_t iree_ffi_import_make(iree_ffi_memory_t memory,
                                          uint32_t element_type,
                                          const double* dims, uint32_t rank,
                                          iree_byte_span_t bytes,
                                          iree_ffi_import_t* import) {
  iree_hal_dim_t shape[IREE_FFI_MAX_RANK];
  IREE_RETURN_IF_ERROR(iree_ffi_read_shape(dims, rank, element_type,
                                           bytes.data_length, shape));
  const iree_hal_buffer_params_t params = {
      .type = IREE_HAL_MEMORY_TYPE_DEVICE_LOCAL,
      .usage = IREE_HAL_BUFFER_USAGE_DEFAULT,
  };
  iree_hal_external_buffer_t external = {
      .type = IREE_HAL_EXTERNAL_BUFFER_TYPE_HOST_ALLOCATION,
      .size = bytes.data_length,
      .handle.host_allocation.ptr = bytes.data,
  };
  const iree_hal_buffer_release_callback_t callback = {
      .fn = iree_ffi_import_released,
      .user_data = import,
  };
  iree_hal_buffer_t* buffer = NULL;
  iree_atomic_ref_count_inc(&import->ref_count);
  iree_status_t status = iree_hal_allocator_import_buffer(
      memory.allocator, params, &external, callback, &buffer);
  if (!iree_status_is_ok(status)) {
    // No buffer is going to call back.
    iree_ffi_import_release(import);
    return status;
  }
  status = iree_hal_buffer_view_create(
      buffer, rank, shape, element_type, IREE_HAL_ENCODING_TYPE_DENSE_ROW_MAJOR,
      iree_ffi_allocator(), &import->view);
  iree_hal_buffer_release(buffer);
  return status;
}

iree_ffi_import_t* iree_ffi_import_create(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
    uint32_t ordinal, uint32_t element_type, const double* dims, uint32_t rank,
    uint8_t* bytes, double length) {
  iree_ffi_memory_t memory;
  iree_ffi_import_t* import = NULL;
  if (iree_ffi_check(iree_ffi_memory_find(instance, group, ordinal, &memory)) ||
      iree_ffi_check(iree_allocator_malloc(iree_ffi_allocator(),
                                           sizeof(*import), (void**)&import))) {
    return NULL;
  }
  memset(import, 0, sizeof(*import));
  iree_atomic_ref_count_init(&import->ref_count);
  if (iree_ffi_check(iree_ffi_import_make(
          memory, element_type, dims, rank,
          iree_make_byte_span(bytes, (iree_host_size_t)length), import))) {
    iree_ffi_import_release(import);
    return NULL;
  }
  return iree_ffi_hand_out(IREE_FFI_KIND_IMPORT, import);
}

iree_hal_buffer_view_t* iree_ffi_import_take_view(iree_ffi_import_t* import) {
  iree_hal_buffer_view_t* view = import->view;
  import->view = NULL;
  return iree_ffi_hand_out(IREE_FFI_KIND_BUFFER_VIEW, view);
}

uint32_t iree_ffi_import_is_released(iree_ffi_import_t* import) {
  return iree_atomic_load(&import->is_released, iree_memory_order_acquire) != 0;
}
