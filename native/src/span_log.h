// What the host does while a profile is captured: calls, waits, copies, and the
// VM's operations if the capture asks for them.
//
// Included by IREE's native_module.c too, so it needs only IREE's headers.

#ifndef IREE_FFI_SPAN_LOG_H_
#define IREE_FFI_SPAN_LOG_H_

#include "iree/base/api.h"
#include "iree/base/internal/atomics.h"
#include "iree/vm/api.h"

// What a span is; the numbers are part of the format of bundles.
typedef enum iree_ffi_span_kind_e {
  // A call of a function from outside the VM.
  IREE_FFI_SPAN_CALL = 1,
  // Waiting for a fence.
  IREE_FFI_SPAN_WAIT = 2,
  // A call from the VM to a module in native code, such as `hal`.
  IREE_FFI_SPAN_IMPORT = 3,
  // Copying bytes into a tensor.
  IREE_FFI_SPAN_WRITE = 4,
  // Copying bytes out of a tensor.
  IREE_FFI_SPAN_READ = 5,
  // Whatever the caller of iree_ffi_profiling_span names.
  IREE_FFI_SPAN_NAMED = 6,
  // An operation of the VM; its payload is the depth of its frame.
  IREE_FFI_SPAN_VM = 7,
  // A call from the VM to a function in TypeScript.
  IREE_FFI_SPAN_HOST = 8,
} iree_ffi_span_kind_t;

// The spans of one capture.
typedef struct iree_ffi_span_log_t iree_ffi_span_log_t;

// How many captures there are. Read before every call, so it must be cheap.
extern iree_atomic_int32_t iree_ffi_span_log_count;

// Creates a log, which every thread adds its spans to until it is stopped.
// Without |has_operations| it receives no operations of the VM.
iree_status_t iree_ffi_span_log_start(bool has_operations,
                                      iree_ffi_span_log_t** out_log);
void iree_ffi_span_log_stop(iree_ffi_span_log_t* log);
void iree_ffi_span_log_free(iree_ffi_span_log_t* log);

// The spans of a stopped log, in the format of the bundle's chunk, and how many
// spans had no room in it.
iree_const_byte_span_t iree_ffi_span_log_bytes(const iree_ffi_span_log_t* log);
uint64_t iree_ffi_span_log_dropped_count(const iree_ffi_span_log_t* log);

// Adds one span to one log.
void iree_ffi_span_log_add(iree_ffi_span_log_t* log, iree_ffi_span_kind_t kind,
                           iree_string_view_t name, iree_time_t start,
                           iree_time_t end);

// The time if there is a log, else 0.
static inline iree_time_t iree_ffi_span_begin(void) {
  return IREE_UNLIKELY(iree_atomic_load(&iree_ffi_span_log_count,
                                        iree_memory_order_relaxed) != 0)
             ? iree_time_now()
             : 0;
}

void iree_ffi_span_add(iree_ffi_span_kind_t kind, iree_time_t start,
                       uint64_t bytes, bool is_failure);
void iree_ffi_span_add_function(iree_ffi_span_kind_t kind, iree_time_t start,
                                iree_vm_function_t function, bool is_failure);

// Whether a log receives operations of the VM.
bool iree_ffi_span_log_has_operations(void);
void iree_ffi_span_add_operation(iree_string_view_t text, uint64_t depth,
                                 iree_time_t start, iree_time_t end,
                                 bool is_failure);

// Ends a span that iree_ffi_span_begin began, if it did.
static inline void iree_ffi_span_end(iree_ffi_span_kind_t kind,
                                     iree_time_t start, uint64_t bytes,
                                     iree_status_t status) {
  if (IREE_UNLIKELY(start != 0)) {
    iree_ffi_span_add(kind, start, bytes, !iree_status_is_ok(status));
  }
}
static inline void iree_ffi_span_end_function(iree_ffi_span_kind_t kind,
                                              iree_time_t start,
                                              iree_vm_function_t function,
                                              iree_status_t status) {
  if (IREE_UNLIKELY(start != 0)) {
    iree_ffi_span_add_function(
        kind, start, function,
        !iree_status_is_ok(status) && !iree_status_is_deferred(status));
  }
}

#endif  // IREE_FFI_SPAN_LOG_H_
