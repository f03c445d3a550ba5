#include "host.h"
#include "iree/modules/hal/types.h"

// Trace points of programs, whose tensors the isolate receives as arguments.

// As many as IREE passes.
#define IREE_FFI_HOST_MAX_TRACED 128

typedef struct iree_ffi_host_sink_t {
  iree_ffi_host_t* host;
  // Given back when the module of the sink is destroyed.
  iree_ffi_host_released_t* released;
} iree_ffi_host_sink_t;

static void iree_ffi_host_sink_release(void* user_data) {
  iree_ffi_host_sink_t* sink = (iree_ffi_host_sink_t*)user_data;
  iree_ffi_host_give_back(sink->host, sink->released);
  iree_ffi_host_release(sink->host);
  iree_allocator_free(iree_ffi_allocator(), sink);
}

static iree_status_t iree_ffi_host_trace(void* user_data,
                                         iree_string_view_t key,
                                         iree_host_size_t count,
                                         iree_hal_buffer_view_t** views,
                                         iree_allocator_t host_allocator) {
  iree_ffi_host_sink_t* sink = (iree_ffi_host_sink_t*)user_data;
  if (count > IREE_FFI_HOST_MAX_TRACED) {
    return iree_make_status(
        IREE_STATUS_RESOURCE_EXHAUSTED,
        "trace point '%.*s' has %" PRIhsz " tensors, more than %d",
        (int)key.size, key.data, count, IREE_FFI_HOST_MAX_TRACED);
  }
  iree_ffi_slot_t slots[IREE_FFI_HOST_MAX_TRACED];
  iree_vm_ref_t refs[IREE_FFI_HOST_MAX_TRACED];
  for (iree_host_size_t i = 0; i < count; ++i) {
    slots[i] = (iree_ffi_slot_t){
        .type = IREE_VM_CCONV_TYPE_REF,
        .offset = (uint32_t)(i * sizeof(refs[0])),
    };
    refs[i] = iree_hal_buffer_view_retain_ref(views[i]);
  }
  iree_ffi_host_call_t call = {
      .module_key = sink->released->key,
      .ordinal = (uint32_t)count,
      .state = sink->released->key,
      .arguments =
          {
              .count = (uint32_t)count,
              .slots = slots,
              .storage =
                  iree_make_byte_span((uint8_t*)refs, count * sizeof(refs[0])),
          },
      .text = key,
      .status = iree_ok_status(),
      .is_done = IREE_ATOMIC_VAR_INIT(0),
  };
  iree_status_t status = iree_ffi_host_perform(sink->host, &call);
  iree_ffi_slots_release_refs(&call.arguments);
  return status;
}

iree_status_t iree_ffi_host_sink_create(
    iree_ffi_host_t* host, uint32_t key,
    iree_hal_module_debug_sink_t* out_sink) {
  iree_ffi_host_sink_t* sink = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(iree_ffi_allocator(),
                                             sizeof(*sink), (void**)&sink));
  iree_status_t status = iree_ffi_host_released_create(key, &sink->released);
  if (!iree_status_is_ok(status)) {
    iree_allocator_free(iree_ffi_allocator(), sink);
    return status;
  }
  sink->host = host;
  iree_ffi_host_retain(host);
  *out_sink = (iree_hal_module_debug_sink_t){
      .release = {.fn = iree_ffi_host_sink_release, .user_data = sink},
      .buffer_view_trace = {.fn = iree_ffi_host_trace, .user_data = sink},
  };
  return iree_ok_status();
}

uint32_t iree_ffi_host_text(iree_ffi_host_t* host, uint32_t id, uint8_t* buffer,
                            uint32_t capacity) {
  iree_ffi_host_call_t* call = NULL;
  if (iree_ffi_check(iree_ffi_host_find(host, id, &call))) {
    return IREE_FFI_FAILED;
  }
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_write_bytes(&writer, call->text.data, call->text.size);
  return iree_ffi_writer_length(&writer);
}
