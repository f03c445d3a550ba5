// Modules whose functions are in the host language: shared by the source files
// about them.

#ifndef IREE_FFI_HOST_H_
#define IREE_FFI_HOST_H_

#include "call.h"
#include "iree/base/threading/mutex.h"
#include "iree/base/threading/notification.h"
#include "iree/modules/hal/debugging.h"
#include "thread_state.h"

// Bytes of a parameter that the isolate reads, and where they belong.
typedef struct iree_ffi_host_span_t {
  iree_string_view_t key;
  uint64_t parameter_offset;
  iree_hal_buffer_t* buffer;
  iree_device_size_t buffer_offset;
  iree_device_size_t length;
} iree_ffi_host_span_t;

// A call of a host function that has not returned. It is on the stack of the
// thread that makes it.
typedef struct iree_ffi_host_call_t {
  struct iree_ffi_host_call_t* next;
  uint32_t id;
  uint32_t module_key;
  uint32_t ordinal;
  uint32_t state;
  // The slots of the function over the memory of this call.
  iree_ffi_slots_t arguments;
  iree_ffi_slots_t results;
  // Name of the trace point that makes the call.
  iree_string_view_t text;
  // What a call for parameters reads.
  iree_host_size_t span_count;
  iree_ffi_host_span_t* spans;
  iree_status_t status;
  iree_atomic_int32_t is_done;
} iree_ffi_host_call_t;

// A number that the isolate gave to something that native code released.
typedef struct iree_ffi_host_released_t {
  struct iree_ffi_host_released_t* next;
  uint32_t key;
} iree_ffi_host_released_t;

// Arguments and results of one call, for the isolate.
typedef struct iree_ffi_host_frame_t {
  uint32_t id;
  uint32_t module_key;
  uint32_t ordinal;
  uint32_t state;
  uint8_t values[IREE_FFI_HOST_FRAME_LENGTH - 16];
} iree_ffi_host_frame_t;

struct iree_ffi_host_t {
  iree_atomic_ref_count_t ref_count;
  iree_ffi_host_frame_t frame;
  // Only the isolate's thread uses these.
  iree_ffi_thread_t* thread;
  iree_ffi_host_callback_t callback;
  iree_ffi_host_call_t* entered;
  iree_ffi_host_call_t* taken;
  // Calls of other threads wait for it, and so does the isolate's listener.
  iree_notification_t notification;
  iree_atomic_int32_t is_closed;
  // Work on other threads that may make calls.
  iree_atomic_int32_t expected_count;
  iree_atomic_int32_t pending_count;
  iree_atomic_int32_t released_count;
  // Guards the lists below.
  iree_slim_mutex_t mutex;
  iree_ffi_host_call_t* pending;
  iree_ffi_host_released_t* released;
};

void iree_ffi_host_retain(iree_ffi_host_t* host);
void iree_ffi_host_release(iree_ffi_host_t* host);

// Creates the entry that gives |key| back.
iree_status_t iree_ffi_host_released_create(
    uint32_t key, iree_ffi_host_released_t** out_released);

// Lets the isolate take the key of |entry|, which is freed.
void iree_ffi_host_give_back(iree_ffi_host_t* host,
                             iree_ffi_host_released_t* entry);

// Makes a call in the isolate, on whichever thread this is.
iree_status_t iree_ffi_host_perform(iree_ffi_host_t* host,
                                    iree_ffi_host_call_t* call);

// Finds a call that the isolate has not finished.
iree_status_t iree_ffi_host_find(iree_ffi_host_t* host, uint32_t id,
                                 iree_ffi_host_call_t** out_call);

// Creates a sink that passes the tensors of trace points to the isolate, which
// knows the sink by |key|.
iree_status_t iree_ffi_host_sink_create(iree_ffi_host_t* host, uint32_t key,
                                        iree_hal_module_debug_sink_t* out_sink);

#endif  // IREE_FFI_HOST_H_
