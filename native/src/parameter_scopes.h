// Parameter scopes: shared by the source files about them.

#ifndef IREE_FFI_PARAMETER_SCOPES_H_
#define IREE_FFI_PARAMETER_SCOPES_H_

#include "internal.h"
#include "iree/io/parameter_provider.h"

struct iree_ffi_parameter_scopes_t {
  uint32_t count;
  uint32_t capacity;
  iree_io_parameter_provider_t* providers[];
};

// Fails once all places are taken.
iree_status_t iree_ffi_parameter_scopes_check(
    const iree_ffi_parameter_scopes_t* scopes);

#endif  // IREE_FFI_PARAMETER_SCOPES_H_
