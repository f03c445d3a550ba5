#include "internal.h"
#include "iree/tooling/device_util.h"

struct iree_ffi_profiling_t {
  iree_hal_device_group_t* group;
  iree_hal_profiling_session_t* session;
};

iree_ffi_profiling_t* iree_ffi_profiling_begin(iree_hal_device_group_t* group,
                                               uint32_t ordinal) {
  iree_hal_device_t* device = NULL;
  iree_ffi_profiling_t* profiling = NULL;
  iree_status_t status = iree_ffi_device_at(group, ordinal, &device);
  if (iree_status_is_ok(status)) {
    status = iree_allocator_malloc(iree_ffi_allocator(), sizeof(*profiling),
                                   (void**)&profiling);
  }
  if (iree_status_is_ok(status)) {
    profiling->group = group;
    profiling->session = NULL;
    iree_hal_device_group_retain(group);
    status = iree_hal_begin_profiling_from_flags(device, iree_ffi_allocator(),
                                                 &profiling->session);
  }
  if (!iree_status_is_ok(status) && profiling) {
    iree_ffi_profiling_free(profiling);
    profiling = NULL;
  }
  iree_ffi_check(status);
  return (iree_ffi_profiling_t*)iree_ffi_hand_out(IREE_FFI_KIND_PROFILING,
                                                  profiling);
}

static iree_status_t iree_ffi_profiling_stop(iree_ffi_profiling_t* profiling) {
  iree_hal_profiling_session_t* session = profiling->session;
  profiling->session = NULL;
  return iree_hal_profiling_session_end(session);
}

uint32_t iree_ffi_profiling_end(iree_ffi_profiling_t* profiling) {
  return iree_ffi_check(iree_ffi_profiling_stop(profiling));
}

void iree_ffi_profiling_free(iree_ffi_profiling_t* profiling) {
  iree_status_ignore(iree_ffi_profiling_stop(profiling));
  iree_hal_device_group_release(profiling->group);
  iree_allocator_free(iree_ffi_allocator(), profiling);
}
