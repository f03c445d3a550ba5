#include <string.h>

#include "internal.h"
#include "span_log.h"

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

iree_status_t iree_ffi_memory_find(iree_ffi_instance_t* instance,
                                   iree_hal_device_group_t* group,
                                   uint32_t ordinal,
                                   iree_ffi_memory_t* out_memory) {
  out_memory->device = NULL;
  out_memory->allocator = iree_ffi_instance_heap_allocator(instance);
  if (!group) return iree_ok_status();
  if (ordinal >= iree_hal_device_group_device_count(group)) {
    return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                            "the group has no device %u", ordinal);
  }
  out_memory->device = iree_hal_device_group_device_at(group, ordinal);
  out_memory->allocator = iree_hal_device_allocator(out_memory->device);
  return iree_ok_status();
}

iree_status_t iree_ffi_read_shape(const double* dims, uint32_t rank,
                                  uint32_t element_type,
                                  iree_host_size_t length,
                                  iree_hal_dim_t* out_shape) {
  if (rank > IREE_FFI_MAX_RANK) {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "shape has %u dimensions, more than %d", rank,
                            IREE_FFI_MAX_RANK);
  }
  for (uint32_t i = 0; i < rank; ++i) out_shape[i] = (iree_hal_dim_t)dims[i];
  iree_device_size_t needed = 0;
  IREE_RETURN_IF_ERROR(iree_hal_buffer_compute_view_size(
      rank, out_shape, element_type, IREE_HAL_ENCODING_TYPE_DENSE_ROW_MAJOR,
      &needed));
  if (needed == length) return iree_ok_status();
  return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                          "contents must have %" PRIu64 " bytes, got %" PRIhsz,
                          (uint64_t)needed, length);
}

static iree_status_t iree_ffi_copy_into(iree_hal_buffer_mapping_t* mapping,
                                        void* bytes) {
  // An empty buffer may not have an address.
  if (mapping->contents.data_length > 0) {
    memcpy(mapping->contents.data, bytes, mapping->contents.data_length);
  }
  return iree_ok_status();
}

iree_status_t iree_ffi_buffer_view_make(iree_ffi_memory_t memory,
                                        uint32_t element_type,
                                        const double* dims, uint32_t rank,
                                        iree_const_byte_span_t bytes,
                                        iree_hal_buffer_view_t** out_view) {
  iree_hal_dim_t shape[IREE_FFI_MAX_RANK];
  IREE_RETURN_IF_ERROR(
      iree_ffi_read_shape(dims, rank, element_type, bytes.data_length, shape));
  const iree_hal_buffer_params_t params = {
      .type = IREE_HAL_MEMORY_TYPE_DEVICE_LOCAL,
      .usage = IREE_HAL_BUFFER_USAGE_DEFAULT,
  };
  if (!memory.device) {
    // Copying to a device needs a view even where the host can write directly.
    return iree_hal_buffer_view_generate_buffer(
        /*device=*/NULL, memory.allocator, rank, shape, element_type,
        IREE_HAL_ENCODING_TYPE_DENSE_ROW_MAJOR, params, iree_ffi_copy_into,
        (void*)bytes.data, out_view);
  }
  return iree_hal_buffer_view_allocate_buffer_copy(
      memory.device, memory.allocator, rank, shape, element_type,
      IREE_HAL_ENCODING_TYPE_DENSE_ROW_MAJOR, params, bytes, out_view);
}

iree_status_t iree_ffi_buffer_view_allocate(iree_ffi_memory_t memory,
                                            uint32_t element_type,
                                            const double* dims, uint32_t rank,
                                            double length,
                                            iree_hal_buffer_view_t** out_view) {
  iree_hal_dim_t shape[IREE_FFI_MAX_RANK];
  IREE_RETURN_IF_ERROR(iree_ffi_read_shape(dims, rank, element_type,
                                           (iree_host_size_t)length, shape));
  const iree_hal_buffer_params_t params = {
      .type = IREE_HAL_MEMORY_TYPE_DEVICE_LOCAL,
      .usage = IREE_HAL_BUFFER_USAGE_DEFAULT,
  };
  iree_hal_buffer_t* buffer = NULL;
  IREE_RETURN_IF_ERROR(iree_hal_allocator_allocate_buffer(
      memory.allocator, params, (iree_device_size_t)length, &buffer));
  iree_status_t status = iree_hal_buffer_view_create(
      buffer, rank, shape, element_type, IREE_HAL_ENCODING_TYPE_DENSE_ROW_MAJOR,
      iree_hal_allocator_host_allocator(memory.allocator), out_view);
  iree_hal_buffer_release(buffer);
  return status;
}

iree_hal_buffer_view_t* iree_ffi_buffer_view_create(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
    uint32_t ordinal, uint32_t element_type, const double* dims, uint32_t rank,
    const uint8_t* bytes, double length) {
  iree_ffi_memory_t memory;
  iree_hal_buffer_view_t* view = NULL;
  iree_status_t status =
      iree_ffi_memory_find(instance, group, ordinal, &memory);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_buffer_view_make(
        memory, element_type, dims, rank,
        iree_make_const_byte_span(bytes, (iree_host_size_t)length), &view);
  }
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_BUFFER_VIEW, view);
}

//===----------------------------------------------------------------------===//
// Contents
//===----------------------------------------------------------------------===//

// The view's contents may end before its buffer does.
static iree_status_t iree_ffi_buffer_view_check_range(
    iree_hal_buffer_view_t* view, double offset, double length) {
  double end = (double)iree_hal_buffer_view_byte_length(view);
  if (offset >= 0 && length >= 0 && offset + length <= end) {
    return iree_ok_status();
  }
  return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                          "bytes %.0f to %.0f are out of range: the tensor has "
                          "%.0f",
                          offset, offset + length, end);
}

bool iree_ffi_buffer_is_mappable(iree_hal_buffer_t* buffer) {
  return iree_all_bits_set(iree_hal_buffer_memory_type(buffer),
                           IREE_HAL_MEMORY_TYPE_HOST_VISIBLE) &&
         iree_all_bits_set(iree_hal_buffer_allowed_usage(buffer),
                           IREE_HAL_BUFFER_USAGE_MAPPING_SCOPED);
}

static iree_status_t iree_ffi_buffer_device(iree_hal_buffer_t* buffer,
                                            iree_hal_device_t** out_device) {
  iree_hal_buffer_placement_t placement =
      iree_hal_buffer_allocation_placement(buffer);
  *out_device = placement.device;
  if (placement.device) return iree_ok_status();
  return iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                          "cannot copy memory that the host cannot access: it "
                          "does not belong to a device");
}

static iree_status_t iree_ffi_contents_transfer_out(iree_hal_buffer_t* buffer,
                                                    iree_device_size_t offset,
                                                    uint8_t* target,
                                                    iree_device_size_t length) {
  if (iree_ffi_buffer_is_mappable(buffer)) {
    return iree_hal_buffer_map_read(buffer, offset, target, length);
  }
  iree_hal_device_t* device = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_buffer_device(buffer, &device));
  return iree_hal_device_transfer_d2h(device, buffer, offset, target, length,
                                      IREE_HAL_TRANSFER_BUFFER_FLAG_DEFAULT,
                                      iree_infinite_timeout());
}

static iree_status_t iree_ffi_contents_read(iree_hal_buffer_t* buffer,
                                            iree_device_size_t offset,
                                            uint8_t* target,
                                            iree_device_size_t length) {
  if (length == 0) return iree_ok_status();
  const iree_time_t start = iree_ffi_span_begin();
  iree_status_t status =
      iree_ffi_contents_transfer_out(buffer, offset, target, length);
  iree_ffi_span_end(IREE_FFI_SPAN_READ, start, length, status);
  return status;
}

uint32_t iree_ffi_buffer_view_read(iree_hal_buffer_view_t* view, double offset,
                                   uint8_t* target, double length) {
  iree_status_t status = iree_ffi_buffer_view_check_range(view, offset, length);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_contents_read(iree_hal_buffer_view_buffer(view),
                                    (iree_device_size_t)offset, target,
                                    (iree_device_size_t)length);
  }
  return iree_ffi_check(iree_ffi_unless_lost(status));
}

static void iree_ffi_host_copy_free(void* user_data,
                                    iree_hal_buffer_t* buffer) {
  iree_allocator_free_aligned(iree_ffi_allocator(), user_data);
}

// Copies |length| bytes of |buffer| to host memory.
static iree_status_t iree_ffi_buffer_copy_to_host(
    iree_hal_buffer_t* buffer, iree_device_size_t length,
    iree_hal_buffer_t** out_copy) {
  // Buffers are aligned like IREE's own and always have an address.
  uint8_t* bytes = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc_aligned(
      iree_ffi_allocator(), iree_max(1, (iree_host_size_t)length),
      IREE_HAL_HEAP_BUFFER_ALIGNMENT, /*offset=*/0, (void**)&bytes));
  iree_status_t status = iree_ffi_contents_read(buffer, 0, bytes, length);
  if (iree_status_is_ok(status)) {
    const iree_hal_buffer_release_callback_t release = {iree_ffi_host_copy_free,
                                                        bytes};
    status = iree_hal_heap_buffer_wrap(
        iree_hal_buffer_placement_undefined(), IREE_HAL_MEMORY_TYPE_HOST_LOCAL,
        IREE_HAL_MEMORY_ACCESS_READ, IREE_HAL_BUFFER_USAGE_MAPPING_SCOPED,
        length, iree_make_byte_span(bytes, (iree_host_size_t)length), release,
        iree_ffi_allocator(), out_copy);
  }
  if (!iree_status_is_ok(status)) {
    iree_allocator_free_aligned(iree_ffi_allocator(), bytes);
  }
  return status;
}

iree_status_t iree_ffi_buffer_view_make_readable(
    iree_hal_buffer_view_t* view, iree_hal_buffer_view_t** out_view) {
  iree_hal_buffer_t* buffer = iree_hal_buffer_view_buffer(view);
  if (iree_ffi_buffer_is_mappable(buffer)) {
    iree_hal_buffer_view_retain(view);
    *out_view = view;
    return iree_ok_status();
  }
  iree_hal_buffer_t* copy = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_buffer_copy_to_host(
      buffer, iree_hal_buffer_view_byte_length(view), &copy));
  iree_status_t status = iree_hal_buffer_view_create_like(
      copy, view, iree_ffi_allocator(), out_view);
  iree_hal_buffer_release(copy);
  return status;
}

static iree_status_t iree_ffi_contents_transfer_in(iree_hal_buffer_t* buffer,
                                                   iree_device_size_t offset,
                                                   const uint8_t* bytes,
                                                   iree_device_size_t length) {
  if (iree_ffi_buffer_is_mappable(buffer)) {
    return iree_hal_buffer_map_write(buffer, offset, bytes, length);
  }
  iree_hal_device_t* device = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_buffer_device(buffer, &device));
  return iree_hal_device_transfer_h2d(device, bytes, buffer, offset, length,
                                      IREE_HAL_TRANSFER_BUFFER_FLAG_DEFAULT,
                                      iree_infinite_timeout());
}

iree_status_t iree_ffi_contents_write(iree_hal_buffer_t* buffer,
                                      iree_device_size_t offset,
                                      const uint8_t* bytes,
                                      iree_device_size_t length) {
  if (length == 0) return iree_ok_status();
  const iree_time_t start = iree_ffi_span_begin();
  iree_status_t status =
      iree_ffi_contents_transfer_in(buffer, offset, bytes, length);
  iree_ffi_span_end(IREE_FFI_SPAN_WRITE, start, length, status);
  return status;
}

iree_status_t iree_ffi_buffer_view_fill(iree_hal_buffer_view_t* view,
                                        double offset, const uint8_t* bytes,
                                        double length) {
  IREE_RETURN_IF_ERROR(iree_ffi_buffer_view_check_range(view, offset, length));
  return iree_ffi_contents_write(iree_hal_buffer_view_buffer(view),
                                 (iree_device_size_t)offset, bytes,
                                 (iree_device_size_t)length);
}

uint32_t iree_ffi_buffer_view_write(iree_hal_buffer_view_t* view, double offset,
                                    const uint8_t* source, double length) {
  return iree_ffi_check(
      iree_ffi_buffer_view_fill(view, offset, source, length));
}

//===----------------------------------------------------------------------===//
// Description
//===----------------------------------------------------------------------===//

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
  iree_status_t status =
      iree_hal_buffer_view_append_to_builder(view, max_element_count, &builder);
  return iree_ffi_write_builder(iree_ffi_unless_lost(status), &builder, buffer,
                                capacity);
}
