// A sink that keeps a profile bundle in memory.

#ifndef IREE_FFI_PROFILE_SINK_H_
#define IREE_FFI_PROFILE_SINK_H_

#include "internal.h"

typedef struct iree_ffi_profile_sink_t iree_ffi_profile_sink_t;

iree_status_t iree_ffi_profile_sink_create(iree_ffi_profile_sink_t** out_sink);
iree_hal_profile_sink_t* iree_ffi_profile_sink_base(
    iree_ffi_profile_sink_t* sink);

// Copies the bundle, completed by a chunk with |spans| unless they are empty.
// |dropped_count| of them are missing.
iree_status_t iree_ffi_profile_sink_bundle(iree_ffi_profile_sink_t* sink,
                                           iree_const_byte_span_t spans,
                                           uint64_t dropped_count,
                                           iree_vm_buffer_t** out_bundle);

#endif  // IREE_FFI_PROFILE_SINK_H_
