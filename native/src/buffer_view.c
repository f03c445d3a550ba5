#include "internal.h"

uint32_t iree_ffi_buffer_view_describe(iree_hal_buffer_view_t* view,
                                       uint8_t* buffer, uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  char element_type[32] = {0};
  iree_host_size_t element_type_length = 0;
  if (iree_ffi_check(iree_hal_format_element_type(
          iree_hal_buffer_view_element_type(view), sizeof(element_type),
          element_type, &element_type_length))) {
    return IREE_FFI_FAILED;
  }
  iree_ffi_write_string(
      &writer, iree_make_string_view(element_type, element_type_length));
  iree_host_size_t rank = iree_hal_buffer_view_shape_rank(view);
  iree_ffi_write_u32(&writer, (uint32_t)rank);
  iree_ffi_write_u64(&writer, iree_hal_buffer_view_byte_length(view));
  for (iree_host_size_t i = 0; i < rank; ++i) {
    iree_ffi_write_u64(&writer,
                       (uint64_t)iree_hal_buffer_view_shape_dim(view, i));
  }
  return iree_ffi_writer_length(&writer);
}

uint32_t iree_ffi_buffer_view_format(iree_hal_buffer_view_t* view,
                                     uint32_t max_element_count,
                                     uint8_t* buffer, uint32_t capacity) {
  iree_string_builder_t builder;
  iree_string_builder_initialize(iree_ffi_allocator(), &builder);
  iree_status_t status = iree_hal_buffer_view_append_to_builder(
      view, max_element_count, &builder);
  return iree_ffi_write_builder(status, &builder, buffer, capacity);
}
