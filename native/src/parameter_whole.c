#include "internal.h"

// Forwards operations to another provider, but rejects those that use only the
// beginning of a parameter. A program whose parameter is shorter than the
// file's was compiled for other contents.
typedef struct iree_ffi_whole_provider_t {
  iree_io_parameter_provider_t base;
  iree_io_parameter_index_t* index;
  iree_io_parameter_provider_t* next;
} iree_ffi_whole_provider_t;

static void iree_ffi_whole_destroy(
    iree_io_parameter_provider_t* IREE_RESTRICT base) {
  iree_ffi_whole_provider_t* provider = (iree_ffi_whole_provider_t*)base;
  iree_io_parameter_provider_release(provider->next);
  iree_io_parameter_index_release(provider->index);
  iree_allocator_free(iree_ffi_allocator(), provider);
}

static iree_status_t iree_ffi_whole_notify(
    iree_io_parameter_provider_t* base,
    iree_io_parameter_provider_signal_t signal) {
  return iree_io_parameter_provider_notify(
      ((iree_ffi_whole_provider_t*)base)->next, signal);
}

static bool iree_ffi_whole_query_support(iree_io_parameter_provider_t* base,
                                         iree_string_view_t scope) {
  return iree_io_parameter_provider_query_support(
      ((iree_ffi_whole_provider_t*)base)->next, scope);
}

//===----------------------------------------------------------------------===//
// The check
//===----------------------------------------------------------------------===//

// Whether any operation uses a part of parameter |key| other than its
// beginning: the program then knows that it uses parts.
static iree_status_t iree_ffi_whole_has_parts(
    iree_host_size_t count, iree_io_parameter_enumerator_t enumerator,
    iree_string_view_t key, bool* out_has_parts) {
  *out_has_parts = false;
  for (iree_host_size_t i = 0; i < count && !*out_has_parts; ++i) {
    iree_string_view_t other = iree_string_view_empty();
    iree_io_parameter_span_t span = {0};
    IREE_RETURN_IF_ERROR(enumerator.fn(enumerator.user_data, i, &other, &span));
    *out_has_parts =
        span.parameter_offset > 0 && iree_string_view_equal(other, key);
  }
  return iree_ok_status();
}

static iree_status_t iree_ffi_whole_check(
    iree_io_parameter_index_t* index, iree_host_size_t count,
    iree_io_parameter_enumerator_t enumerator) {
  for (iree_host_size_t i = 0; i < count; ++i) {
    iree_string_view_t key = iree_string_view_empty();
    iree_io_parameter_span_t span = {0};
    IREE_RETURN_IF_ERROR(enumerator.fn(enumerator.user_data, i, &key, &span));
    if (span.parameter_offset > 0) continue;
    const iree_io_parameter_index_entry_t* entry = NULL;
    IREE_RETURN_IF_ERROR(iree_io_parameter_index_lookup(index, key, &entry));
    if (span.length >= entry->length) continue;
    bool has_parts = false;
    IREE_RETURN_IF_ERROR(
        iree_ffi_whole_has_parts(count, enumerator, key, &has_parts));
    if (has_parts) continue;
    return iree_make_status(
        IREE_STATUS_INVALID_ARGUMENT,
        "parameter `%.*s` has %" PRIu64 " bytes, more than the %" PRIu64
        " of the program's parameter",
        (int)key.size, key.data, entry->length, (uint64_t)span.length);
  }
  return iree_ok_status();
}

// Also reports the failure to everything that waits for the operations.
static iree_status_t iree_ffi_whole_begin(
    iree_ffi_whole_provider_t* provider,
    const iree_hal_semaphore_list_t signal_semaphore_list,
    iree_host_size_t count, iree_io_parameter_enumerator_t enumerator) {
  iree_status_t status =
      iree_ffi_whole_check(provider->index, count, enumerator);
  if (!iree_status_is_ok(status)) {
    iree_hal_semaphore_list_fail(signal_semaphore_list,
                                 iree_status_clone(status));
  }
  return status;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_whole_load(
    iree_io_parameter_provider_t* base, iree_hal_device_t* device,
    iree_hal_queue_affinity_t queue_affinity,
    const iree_hal_semaphore_list_t wait_semaphore_list,
    const iree_hal_semaphore_list_t signal_semaphore_list,
    iree_string_view_t source_scope, iree_hal_buffer_params_t target_params,
    iree_host_size_t count, iree_io_parameter_enumerator_t enumerator,
    iree_io_parameter_emitter_t emitter) {
  iree_ffi_whole_provider_t* provider = (iree_ffi_whole_provider_t*)base;
  IREE_RETURN_IF_ERROR(
      iree_ffi_whole_begin(provider, signal_semaphore_list, count, enumerator));
  return iree_io_parameter_provider_load(
      provider->next, device, queue_affinity, wait_semaphore_list,
      signal_semaphore_list, source_scope, target_params, count, enumerator,
      emitter);
}

static iree_status_t iree_ffi_whole_gather(
    iree_io_parameter_provider_t* base, iree_hal_device_t* device,
    iree_hal_queue_affinity_t queue_affinity,
    const iree_hal_semaphore_list_t wait_semaphore_list,
    const iree_hal_semaphore_list_t signal_semaphore_list,
    iree_string_view_t source_scope, iree_hal_buffer_t* target_buffer,
    iree_host_size_t count, iree_io_parameter_enumerator_t enumerator) {
  iree_ffi_whole_provider_t* provider = (iree_ffi_whole_provider_t*)base;
  IREE_RETURN_IF_ERROR(
      iree_ffi_whole_begin(provider, signal_semaphore_list, count, enumerator));
  return iree_io_parameter_provider_gather(
      provider->next, device, queue_affinity, wait_semaphore_list,
      signal_semaphore_list, source_scope, target_buffer, count, enumerator);
}

static iree_status_t iree_ffi_whole_scatter(
    iree_io_parameter_provider_t* base, iree_hal_device_t* device,
    iree_hal_queue_affinity_t queue_affinity,
    const iree_hal_semaphore_list_t wait_semaphore_list,
    const iree_hal_semaphore_list_t signal_semaphore_list,
    iree_hal_buffer_t* source_buffer, iree_string_view_t target_scope,
    iree_host_size_t count, iree_io_parameter_enumerator_t enumerator) {
  iree_ffi_whole_provider_t* provider = (iree_ffi_whole_provider_t*)base;
  IREE_RETURN_IF_ERROR(
      iree_ffi_whole_begin(provider, signal_semaphore_list, count, enumerator));
  return iree_io_parameter_provider_scatter(
      provider->next, device, queue_affinity, wait_semaphore_list,
      signal_semaphore_list, source_buffer, target_scope, count, enumerator);
}

static const iree_io_parameter_provider_vtable_t iree_ffi_whole_vtable = {
    .destroy = iree_ffi_whole_destroy,
    .notify = iree_ffi_whole_notify,
    .query_support = iree_ffi_whole_query_support,
    .load = iree_ffi_whole_load,
    .gather = iree_ffi_whole_gather,
    .scatter = iree_ffi_whole_scatter,
};

iree_status_t iree_ffi_whole_provider_wrap(
    iree_io_parameter_index_t* index,
    iree_io_parameter_provider_t** inout_provider) {
  iree_ffi_whole_provider_t* provider = NULL;
  iree_status_t status = iree_allocator_malloc(
      iree_ffi_allocator(), sizeof(*provider), (void**)&provider);
  if (!iree_status_is_ok(status)) {
    iree_io_parameter_provider_release(*inout_provider);
    *inout_provider = NULL;
    return status;
  }
  iree_atomic_ref_count_init(&provider->base.ref_count);
  provider->base.vtable = &iree_ffi_whole_vtable;
  iree_io_parameter_index_retain(index);
  provider->index = index;
  provider->next = *inout_provider;
  *inout_provider = &provider->base;
  return iree_ok_status();
}
