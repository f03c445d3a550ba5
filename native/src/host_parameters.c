#include <string.h>

#include "host.h"
#include "parameter_scopes.h"

// Parameters of a scope that the isolate reads. The program waits for them:
// its thread makes one call for all spans of an operation.
typedef struct iree_ffi_host_provider_t {
  iree_io_parameter_provider_t base;
  iree_ffi_host_t* host;
  // Given back when the provider is destroyed.
  iree_ffi_host_released_t* released;
  iree_string_view_t scope;
  char scope_storage[];
} iree_ffi_host_provider_t;

static void iree_ffi_host_provider_destroy(
    iree_io_parameter_provider_t* IREE_RESTRICT base) {
  iree_ffi_host_provider_t* provider = (iree_ffi_host_provider_t*)base;
  iree_ffi_host_give_back(provider->host, provider->released);
  iree_ffi_host_release(provider->host);
  iree_allocator_free(iree_ffi_allocator(), provider);
}

static iree_status_t iree_ffi_host_provider_notify(
    iree_io_parameter_provider_t* base,
    iree_io_parameter_provider_signal_t signal) {
  return iree_ok_status();
}

static bool iree_ffi_host_provider_query_support(
    iree_io_parameter_provider_t* base, iree_string_view_t scope) {
  return iree_string_view_equal(((iree_ffi_host_provider_t*)base)->scope,
                                scope);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

// Waits until the targets may be written, and lets the isolate fill them.
static iree_status_t iree_ffi_host_provider_read(
    iree_ffi_host_provider_t* provider,
    const iree_hal_semaphore_list_t wait_semaphore_list, iree_host_size_t count,
    iree_ffi_host_span_t* spans) {
  IREE_RETURN_IF_ERROR(iree_hal_semaphore_list_wait(
      wait_semaphore_list, iree_infinite_timeout(), IREE_ASYNC_WAIT_FLAG_NONE));
  iree_ffi_host_call_t call = {
      .module_key = provider->released->key,
      .ordinal = (uint32_t)count,
      .state = provider->released->key,
      .span_count = count,
      .spans = spans,
      .status = iree_ok_status(),
      .is_done = IREE_ATOMIC_VAR_INIT(0),
  };
  return iree_ffi_host_perform(provider->host, &call);
}

// Reports the outcome to everything that waits for the operation, too.
static iree_status_t iree_ffi_host_provider_end(
    const iree_hal_semaphore_list_t signal_semaphore_list,
    iree_status_t status) {
  if (iree_status_is_ok(status)) {
    status = iree_hal_semaphore_list_signal(signal_semaphore_list,
                                            /*frontier=*/NULL);
  }
  if (!iree_status_is_ok(status)) {
    iree_hal_semaphore_list_fail(signal_semaphore_list,
                                 iree_status_clone(status));
  }
  return status;
}

static iree_status_t iree_ffi_host_spans_create(
    iree_host_size_t count, iree_io_parameter_enumerator_t enumerator,
    iree_ffi_host_span_t** out_spans) {
  iree_ffi_host_span_t* spans = NULL;
  IREE_RETURN_IF_ERROR(
      iree_allocator_malloc_array(iree_ffi_allocator(), iree_max(count, 1),
                                  sizeof(*spans), (void**)&spans));
  memset(spans, 0, iree_max(count, 1) * sizeof(*spans));
  for (iree_host_size_t i = 0; i < count; ++i) {
    iree_io_parameter_span_t span = {0};
    iree_status_t status =
        enumerator.fn(enumerator.user_data, i, &spans[i].key, &span);
    if (!iree_status_is_ok(status)) {
      iree_allocator_free(iree_ffi_allocator(), spans);
      return status;
    }
    spans[i].parameter_offset = span.parameter_offset;
    spans[i].buffer_offset = span.buffer_offset;
    spans[i].length = span.length;
  }
  *out_spans = spans;
  return iree_ok_status();
}

static iree_status_t iree_ffi_host_provider_load(
    iree_io_parameter_provider_t* base, iree_hal_device_t* device,
    iree_hal_queue_affinity_t queue_affinity,
    const iree_hal_semaphore_list_t wait_semaphore_list,
    const iree_hal_semaphore_list_t signal_semaphore_list,
    iree_string_view_t source_scope, iree_hal_buffer_params_t target_params,
    iree_host_size_t count, iree_io_parameter_enumerator_t enumerator,
    iree_io_parameter_emitter_t emitter) {
  iree_ffi_host_span_t* spans = NULL;
  iree_status_t status = iree_ffi_host_spans_create(count, enumerator, &spans);
  target_params.usage |= IREE_HAL_BUFFER_USAGE_TRANSFER_TARGET;
  for (iree_host_size_t i = 0; iree_status_is_ok(status) && i < count; ++i) {
    status = iree_hal_allocator_allocate_buffer(
        iree_hal_device_allocator(device), target_params,
        spans[i].buffer_offset + spans[i].length, &spans[i].buffer);
    if (iree_status_is_ok(status)) {
      status = emitter.fn(emitter.user_data, i, spans[i].buffer);
    }
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_host_provider_read((iree_ffi_host_provider_t*)base,
                                         wait_semaphore_list, count, spans);
  }
  for (iree_host_size_t i = 0; spans && i < count; ++i) {
    iree_hal_buffer_release(spans[i].buffer);
  }
  iree_allocator_free(iree_ffi_allocator(), spans);
  return iree_ffi_host_provider_end(signal_semaphore_list, status);
}

static iree_status_t iree_ffi_host_provider_gather(
    iree_io_parameter_provider_t* base, iree_hal_device_t* device,
    iree_hal_queue_affinity_t queue_affinity,
    const iree_hal_semaphore_list_t wait_semaphore_list,
    const iree_hal_semaphore_list_t signal_semaphore_list,
    iree_string_view_t source_scope, iree_hal_buffer_t* target_buffer,
    iree_host_size_t count, iree_io_parameter_enumerator_t enumerator) {
  iree_ffi_host_span_t* spans = NULL;
  iree_status_t status = iree_ffi_host_spans_create(count, enumerator, &spans);
  if (iree_status_is_ok(status)) {
    for (iree_host_size_t i = 0; i < count; ++i) {
      spans[i].buffer = target_buffer;
    }
    status = iree_ffi_host_provider_read((iree_ffi_host_provider_t*)base,
                                         wait_semaphore_list, count, spans);
  }
  iree_allocator_free(iree_ffi_allocator(), spans);
  return iree_ffi_host_provider_end(signal_semaphore_list, status);
}

static iree_status_t iree_ffi_host_provider_scatter(
    iree_io_parameter_provider_t* base, iree_hal_device_t* device,
    iree_hal_queue_affinity_t queue_affinity,
    const iree_hal_semaphore_list_t wait_semaphore_list,
    const iree_hal_semaphore_list_t signal_semaphore_list,
    iree_hal_buffer_t* source_buffer, iree_string_view_t target_scope,
    iree_host_size_t count, iree_io_parameter_enumerator_t enumerator) {
  return iree_ffi_host_provider_end(
      signal_semaphore_list,
      iree_make_status(IREE_STATUS_PERMISSION_DENIED,
                       "a function reads the parameters of scope '%.*s': they "
                       "cannot be written",
                       (int)target_scope.size, target_scope.data));
}

static const iree_io_parameter_provider_vtable_t iree_ffi_host_provider_vtable =
    {
        .destroy = iree_ffi_host_provider_destroy,
        .notify = iree_ffi_host_provider_notify,
        .query_support = iree_ffi_host_provider_query_support,
        .load = iree_ffi_host_provider_load,
        .gather = iree_ffi_host_provider_gather,
        .scatter = iree_ffi_host_provider_scatter,
};

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_host_provider_create(
    iree_string_view_t scope, iree_ffi_host_t* host, uint32_t key,
    iree_io_parameter_provider_t** out_provider) {
  iree_ffi_host_provider_t* provider = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(
      iree_ffi_allocator(), sizeof(*provider) + scope.size, (void**)&provider));
  iree_status_t status =
      iree_ffi_host_released_create(key, &provider->released);
  if (!iree_status_is_ok(status)) {
    iree_allocator_free(iree_ffi_allocator(), provider);
    return status;
  }
  iree_atomic_ref_count_init(&provider->base.ref_count);
  provider->base.vtable = &iree_ffi_host_provider_vtable;
  provider->host = host;
  iree_ffi_host_retain(host);
  memcpy(provider->scope_storage, scope.data, scope.size);
  provider->scope = iree_make_string_view(provider->scope_storage, scope.size);
  *out_provider = &provider->base;
  return iree_ok_status();
}

uint32_t iree_ffi_parameter_scopes_push_host(
    iree_ffi_parameter_scopes_t* scopes, const uint8_t* name,
    uint32_t name_length, iree_ffi_host_t* host, uint32_t key) {
  iree_status_t status = iree_ffi_parameter_scopes_check(scopes);
  if (iree_status_is_ok(status)) {
    status =
        iree_ffi_host_provider_create(iree_ffi_view(name, name_length), host,
                                      key, &scopes->providers[scopes->count]);
  }
  if (iree_status_is_ok(status)) ++scopes->count;
  return iree_ffi_check(status);
}

//===----------------------------------------------------------------------===//
// Reads
//===----------------------------------------------------------------------===//

uint32_t iree_ffi_host_spans(iree_ffi_host_t* host, uint32_t id,
                             uint8_t* buffer, uint32_t capacity) {
  iree_ffi_host_call_t* call = NULL;
  if (iree_ffi_check(iree_ffi_host_find(host, id, &call))) {
    return IREE_FFI_FAILED;
  }
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_write_u32(&writer, (uint32_t)call->span_count);
  for (iree_host_size_t i = 0; i < call->span_count; ++i) {
    iree_ffi_write_string(&writer, call->spans[i].key);
    iree_ffi_write_u64(&writer, call->spans[i].parameter_offset);
    iree_ffi_write_u64(&writer, call->spans[i].length);
  }
  return iree_ffi_writer_length(&writer);
}

static iree_status_t iree_ffi_host_fill_span(iree_ffi_host_t* host, uint32_t id,
                                             uint32_t ordinal,
                                             const uint8_t* bytes,
                                             double length) {
  iree_ffi_host_call_t* call = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_host_find(host, id, &call));
  if (ordinal >= call->span_count ||
      length != (double)call->spans[ordinal].length) {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "the call has no span %u of %.0f bytes", ordinal,
                            length);
  }
  const iree_ffi_host_span_t* span = &call->spans[ordinal];
  return iree_ffi_contents_write(span->buffer, span->buffer_offset, bytes,
                                 span->length);
}

uint32_t iree_ffi_host_fill(iree_ffi_host_t* host, uint32_t id,
                            uint32_t ordinal, const uint8_t* bytes,
                            double length) {
  return iree_ffi_check(
      iree_ffi_host_fill_span(host, id, ordinal, bytes, length));
}
