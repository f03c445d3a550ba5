#include "internal.h"
#include "iree/base/internal/atomics.h"
#include "iree/base/threading/call_once.h"
#include "iree/base/threading/mutex.h"

// A caller's memory. Any thread may release the buffer over it, anywhere; the
// caller can then ask for the key.
typedef struct iree_ffi_import_t {
  struct iree_ffi_import_t* next;
  double key;
} iree_ffi_import_t;

// Guards the released imports whose keys the caller has not taken.
static iree_slim_mutex_t iree_ffi_import_mutex;
static iree_once_flag iree_ffi_import_once = IREE_ONCE_FLAG_INIT;
static iree_ffi_import_t* iree_ffi_import_first_released;

static void iree_ffi_import_initialize_mutex(void) {
  iree_slim_mutex_initialize(&iree_ffi_import_mutex);
}

static void iree_ffi_import_lock(void) {
  iree_call_once(&iree_ffi_import_once, iree_ffi_import_initialize_mutex);
  iree_slim_mutex_lock(&iree_ffi_import_mutex);
}

static void iree_ffi_import_unlock(void) {
  iree_slim_mutex_unlock(&iree_ffi_import_mutex);
}

uint32_t iree_ffi_import_alignment(void) {
  return IREE_HAL_HEAP_BUFFER_ALIGNMENT;
}

uint32_t iree_ffi_import_offset(const uint8_t* bytes) {
  return (uint32_t)(iree_host_align((uintptr_t)bytes,
                                    IREE_HAL_HEAP_BUFFER_ALIGNMENT) -
                    (uintptr_t)bytes);
}

double iree_ffi_import_new_key(void) {
  static iree_atomic_int64_t last_key = IREE_ATOMIC_VAR_INIT(0);
  return (
      double)(iree_atomic_fetch_add(&last_key, 1, iree_memory_order_relaxed) +
              1);
}

static void iree_ffi_import_released(void* user_data,
                                     iree_hal_buffer_t* buffer) {
  iree_ffi_import_t* import = (iree_ffi_import_t*)user_data;
  iree_ffi_import_lock();
  import->next = iree_ffi_import_first_released;
  iree_ffi_import_first_released = import;
  iree_ffi_import_unlock();
}

double iree_ffi_import_take_released(void) {
  iree_ffi_import_lock();
  iree_ffi_import_t* import = iree_ffi_import_first_released;
  if (import) iree_ffi_import_first_released = import->next;
  iree_ffi_import_unlock();
  if (!import) return 0;
  const double key = import->key;
  iree_allocator_free(iree_ffi_allocator(), import);
  return key;
}

static iree_status_t iree_ffi_import_make(iree_ffi_memory_t memory,
                                          uint32_t element_type,
                                          const double* dims, uint32_t rank,
                                          iree_byte_span_t bytes, double key,
                                          iree_hal_buffer_view_t** out_view) {
  iree_hal_dim_t shape[IREE_FFI_MAX_RANK];
  IREE_RETURN_IF_ERROR(
      iree_ffi_read_shape(dims, rank, element_type, bytes.data_length, shape));
  iree_ffi_import_t* import = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(iree_ffi_allocator(),
                                             sizeof(*import), (void**)&import));
  import->key = key;
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
  iree_status_t status = iree_hal_allocator_import_buffer(
      memory.allocator, params, &external, callback, &buffer);
  if (!iree_status_is_ok(status)) {
    // Without a buffer, the release callback never runs.
    iree_allocator_free(iree_ffi_allocator(), import);
    return status;
  }
  status = iree_hal_buffer_view_create(buffer, rank, shape, element_type,
                                       IREE_HAL_ENCODING_TYPE_DENSE_ROW_MAJOR,
                                       iree_ffi_allocator(), out_view);
  iree_hal_buffer_release(buffer);
  return status;
}

iree_hal_buffer_view_t* iree_ffi_import_create(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
    uint32_t ordinal, uint32_t element_type, const double* dims, uint32_t rank,
    uint8_t* bytes, double length, double key) {
  iree_ffi_memory_t memory;
  iree_hal_buffer_view_t* view = NULL;
  if (iree_ffi_check(iree_ffi_memory_find(instance, group, ordinal, &memory)) ||
      iree_ffi_check(iree_ffi_import_make(
          memory, element_type, dims, rank,
          iree_make_byte_span(bytes, (iree_host_size_t)length), key, &view))) {
    return NULL;
  }
  return iree_ffi_hand_out(IREE_FFI_KIND_BUFFER_VIEW, view);
}
