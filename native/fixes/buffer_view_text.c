// Formats tensors in memory that the host cannot map. IREE's function always maps, so a tensor on a GPU fails with
// PERMISSION_DENIED; this one copies such contents first. IREE's function is kept under another name for the rest.

#include "internal.h"

iree_status_t iree_ffi_buffer_view_append_mapped(
    iree_hal_buffer_view_t* view, iree_host_size_t max_element_count,
    iree_string_builder_t* builder);

IREE_API_EXPORT iree_status_t iree_hal_buffer_view_append_to_builder(
    iree_hal_buffer_view_t* view, iree_host_size_t max_element_count,
    iree_string_builder_t* builder) {
  iree_hal_buffer_view_t* readable = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_buffer_view_make_readable(view, &readable));
  iree_status_t status = iree_ffi_buffer_view_append_mapped(
      readable, max_element_count, builder);
  iree_hal_buffer_view_release(readable);
  return status;
}
