#include <string.h>

#include "internal.h"
#include "iree/modules/hal/types.h"
#include "iree/tooling/buffer_view_matchers.h"
#include "iree/tooling/function_io.h"
#include "iree/tooling/function_util.h"

//===----------------------------------------------------------------------===//
// Tensors from text and bytes
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_tensor_copy(iree_hal_buffer_mapping_t* mapping,
                                          void* user_data) {
  const iree_const_byte_span_t* contents =
      (const iree_const_byte_span_t*)user_data;
  if (contents->data_length != mapping->contents.data_length) {
    return iree_make_status(
        IREE_STATUS_OUT_OF_RANGE, "tensor of %" PRIhsz " bytes given %" PRIhsz,
        mapping->contents.data_length, contents->data_length);
  }
  memcpy(mapping->contents.data, contents->data, contents->data_length);
  return iree_ok_status();
}

static iree_status_t iree_ffi_tensor_generate(
    iree_string_view_t type, iree_const_byte_span_t contents,
    iree_hal_device_t* device, iree_hal_allocator_t* allocator,
    iree_hal_buffer_view_t** out_view) {
  iree_hal_element_type_t element_type = IREE_HAL_ELEMENT_TYPE_NONE;
  iree_host_size_t rank = 0;
  iree_hal_dim_t shape[128] = {0};
  IREE_RETURN_IF_ERROR(iree_hal_parse_shape_and_element_type(
      type, IREE_ARRAYSIZE(shape), &rank, shape, &element_type));
  iree_hal_buffer_params_t params = {
      .usage = IREE_HAL_BUFFER_USAGE_DEFAULT,
      .access = IREE_HAL_MEMORY_ACCESS_ALL,
      .type = IREE_HAL_MEMORY_TYPE_DEVICE_LOCAL,
  };
  return iree_hal_buffer_view_generate_buffer(
      device, allocator, rank, shape, element_type,
      IREE_HAL_ENCODING_TYPE_DENSE_ROW_MAJOR, params, iree_ffi_tensor_copy,
      &contents, out_view);
}

iree_hal_buffer_view_t* iree_ffi_tensor_parse(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
    uint32_t ordinal, const uint8_t* text, uint32_t text_length,
    const uint8_t* contents, size_t contents_length) {
  iree_hal_device_t* device = NULL;
  iree_hal_allocator_t* allocator = iree_ffi_instance_heap_allocator(instance);
  iree_status_t status = iree_ok_status();
  if (group) {
    status = iree_ffi_device_at(group, ordinal, &device);
    if (iree_status_is_ok(status))
      allocator = iree_hal_device_allocator(device);
  }
  iree_hal_buffer_view_t* view = NULL;
  if (iree_status_is_ok(status)) {
    iree_string_view_t spec = iree_ffi_view(text, text_length);
    status =
        contents
            ? iree_ffi_tensor_generate(
                  spec, iree_make_const_byte_span(contents, contents_length),
                  device, allocator, &view)
            : iree_hal_buffer_view_parse(spec, device, allocator, &view);
  }
  iree_ffi_check(status);
  return (iree_hal_buffer_view_t*)iree_ffi_hand_out(IREE_FFI_KIND_BUFFER_VIEW,
                                                    view);
}

//===----------------------------------------------------------------------===//
// Storage
//===----------------------------------------------------------------------===//

iree_ffi_ref_t* iree_ffi_buffer_view_storage(iree_hal_buffer_view_t* view) {
  iree_vm_ref_t ref =
      iree_hal_buffer_retain_ref(iree_hal_buffer_view_buffer(view));
  void* object = NULL;
  iree_ffi_check(iree_ffi_ref_take(&ref, IREE_FFI_KIND_REF, &object));
  iree_vm_ref_release(&ref);
  return (iree_ffi_ref_t*)iree_ffi_hand_out(IREE_FFI_KIND_REF, object);
}

iree_hal_buffer_view_t* iree_ffi_buffer_view_of_storage(iree_ffi_ref_t* ref) {
  iree_vm_ref_t buffer_ref = iree_vm_ref_null();
  iree_status_t status = iree_ffi_ref_make(IREE_FFI_KIND_REF, ref, &buffer_ref);
  iree_hal_buffer_view_t* view = NULL;
  if (iree_status_is_ok(status)) {
    iree_hal_buffer_t* buffer = NULL;
    status = iree_hal_buffer_check_deref(buffer_ref, &buffer);
    if (iree_status_is_ok(status)) {
      iree_hal_dim_t shape[1] = {
          (iree_hal_dim_t)iree_hal_buffer_byte_length(buffer)};
      status = iree_hal_buffer_view_create(
          buffer, IREE_ARRAYSIZE(shape), shape, IREE_HAL_ELEMENT_TYPE_INT_8,
          IREE_HAL_ENCODING_TYPE_DENSE_ROW_MAJOR, iree_ffi_allocator(), &view);
    }
  }
  iree_vm_ref_release(&buffer_ref);
  iree_ffi_check(status);
  return (iree_hal_buffer_view_t*)iree_ffi_hand_out(IREE_FFI_KIND_BUFFER_VIEW,
                                                    view);
}

uint32_t iree_ffi_list_to_host(iree_vm_list_t* list,
                               iree_hal_device_group_t* group,
                               uint32_t ordinal) {
  iree_hal_device_t* device = NULL;
  iree_status_t status = iree_ffi_device_at(group, ordinal, &device);
  if (iree_status_is_ok(status)) {
    iree_hal_buffer_params_t params = {
        .usage = IREE_HAL_BUFFER_USAGE_TRANSFER | IREE_HAL_BUFFER_USAGE_MAPPING,
        .access = IREE_HAL_MEMORY_ACCESS_ALL,
        .type = IREE_HAL_MEMORY_TYPE_HOST_LOCAL |
                IREE_HAL_MEMORY_TYPE_DEVICE_VISIBLE,
        .queue_affinity = IREE_HAL_QUEUE_AFFINITY_ANY,
    };
    status = iree_tooling_transfer_variants(
        list, device, iree_hal_device_allocator(device), params,
        /*wait_fence=*/NULL, /*signal_fence=*/NULL);
  }
  return iree_ffi_check(status);
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

// Uses only the numeric part of IREE's comparison: its messages have room for
// 8-byte elements and for type names of 7 characters, and it reads an element
// even from an empty view.

static iree_status_t iree_ffi_tensor_append_type(
    iree_hal_buffer_view_t* view, iree_string_builder_t* builder) {
  iree_host_size_t rank = iree_hal_buffer_view_shape_rank(view);
  IREE_RETURN_IF_ERROR(iree_hal_append_shape_string(
      rank, iree_hal_buffer_view_shape_dims(view), builder));
  char name[32] = {0};
  iree_host_size_t length = 0;
  IREE_RETURN_IF_ERROR(iree_hal_format_element_type(
      iree_hal_buffer_view_element_type(view), sizeof(name), name, &length));
  return iree_string_builder_append_format(
      builder, "%s%.*s", rank > 0 ? "x" : "", (int)length, name);
}

static iree_status_t iree_ffi_tensor_append_element(
    iree_hal_element_type_t type, iree_host_size_t index,
    const iree_hal_buffer_mapping_t* mapping, iree_string_builder_t* builder) {
  iree_host_size_t size = iree_hal_element_dense_byte_count(type);
  char text[128] = {0};
  iree_host_size_t length = 0;
  IREE_RETURN_IF_ERROR(iree_hal_format_element(
      iree_make_const_byte_span(mapping->contents.data + index * size, size),
      type, sizeof(text), text, &length));
  return iree_string_builder_append_string(builder,
                                           iree_make_string_view(text, length));
}

static iree_status_t iree_ffi_tensor_compare_elements(
    iree_hal_buffer_equality_t equality, iree_hal_element_type_t type,
    iree_host_size_t count, const iree_hal_buffer_mapping_t* expected,
    const iree_hal_buffer_mapping_t* actual, iree_string_builder_t* builder) {
  iree_host_size_t index = 0;
  if (iree_hal_compare_buffer_elements_elementwise(
          equality, type, count,
          iree_make_const_byte_span(expected->contents.data,
                                    expected->contents.data_length),
          iree_make_const_byte_span(actual->contents.data,
                                    actual->contents.data_length),
          &index)) {
    return iree_ok_status();
  }
  IREE_RETURN_IF_ERROR(iree_string_builder_append_format(
      builder, "element at index %" PRIhsz " (", index));
  IREE_RETURN_IF_ERROR(
      iree_ffi_tensor_append_element(type, index, actual, builder));
  IREE_RETURN_IF_ERROR(iree_string_builder_append_cstring(
      builder, ") does not match the expected ("));
  IREE_RETURN_IF_ERROR(
      iree_ffi_tensor_append_element(type, index, expected, builder));
  return iree_string_builder_append_cstring(builder, ")");
}

static iree_status_t iree_ffi_tensor_map(iree_hal_buffer_view_t* view,
                                         iree_hal_buffer_mapping_t* mapping) {
  return iree_hal_buffer_map_range(
      iree_hal_buffer_view_buffer(view), IREE_HAL_MAPPING_MODE_SCOPED,
      IREE_HAL_MEMORY_ACCESS_READ, 0, iree_hal_buffer_view_byte_length(view),
      mapping);
}

static iree_status_t iree_ffi_tensor_compare_contents(
    iree_hal_buffer_equality_t equality, iree_hal_buffer_view_t* expected,
    iree_hal_buffer_view_t* actual, iree_string_builder_t* builder) {
  // Elements smaller than a byte are packed, so their bytes are compared.
  iree_hal_element_type_t type = iree_hal_buffer_view_element_type(expected);
  iree_device_size_t count = iree_hal_buffer_view_element_count(expected);
  if (!iree_hal_element_is_byte_aligned(type)) {
    type = IREE_HAL_ELEMENT_TYPE_OPAQUE_8;
    count = iree_hal_buffer_view_byte_length(expected);
  }
  if (count == 0) return iree_ok_status();
  iree_hal_buffer_mapping_t lhs;
  IREE_RETURN_IF_ERROR(iree_ffi_tensor_map(expected, &lhs));
  iree_hal_buffer_mapping_t rhs;
  iree_status_t status = iree_ffi_tensor_map(actual, &rhs);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_tensor_compare_elements(
        equality, type, (iree_host_size_t)count, &lhs, &rhs, builder);
    iree_status_ignore(iree_hal_buffer_unmap_range(&rhs));
  }
  iree_status_ignore(iree_hal_buffer_unmap_range(&lhs));
  return status;
}

static bool iree_ffi_tensor_same_type(iree_hal_buffer_view_t* lhs,
                                      iree_hal_buffer_view_t* rhs) {
  iree_host_size_t rank = iree_hal_buffer_view_shape_rank(lhs);
  return rank == iree_hal_buffer_view_shape_rank(rhs) &&
         memcmp(iree_hal_buffer_view_shape_dims(lhs),
                iree_hal_buffer_view_shape_dims(rhs),
                rank * sizeof(iree_hal_dim_t)) == 0 &&
         iree_hal_buffer_view_element_type(lhs) ==
             iree_hal_buffer_view_element_type(rhs) &&
         iree_hal_buffer_view_encoding_type(lhs) ==
             iree_hal_buffer_view_encoding_type(rhs);
}

static iree_status_t iree_ffi_tensor_describe_difference(
    iree_hal_buffer_equality_t equality, iree_hal_buffer_view_t* expected,
    iree_hal_buffer_view_t* actual, iree_string_builder_t* builder) {
  if (iree_ffi_tensor_same_type(expected, actual)) {
    IREE_RETURN_IF_ERROR(
        iree_ffi_tensor_compare_contents(equality, expected, actual, builder));
    if (iree_string_builder_size(builder) == 0) return iree_ok_status();
  } else {
    IREE_RETURN_IF_ERROR(
        iree_string_builder_append_cstring(builder, "metadata is "));
    IREE_RETURN_IF_ERROR(iree_ffi_tensor_append_type(actual, builder));
    IREE_RETURN_IF_ERROR(iree_string_builder_append_cstring(
        builder, "; expected that the view matches "));
    IREE_RETURN_IF_ERROR(iree_ffi_tensor_append_type(expected, builder));
  }
  IREE_RETURN_IF_ERROR(iree_string_builder_append_cstring(
      builder, "; expected that the view is equal to contents of a view of "));
  return iree_ffi_tensor_append_type(expected, builder);
}

uint32_t iree_ffi_tensor_compare(iree_hal_buffer_view_t* expected,
                                 iree_hal_buffer_view_t* actual, uint32_t exact,
                                 double f16_atol, double f32_atol,
                                 double f64_atol, double bf16_atol, double rtol,
                                 uint8_t* buffer, uint32_t capacity) {
  iree_hal_buffer_equality_t equality = {
      .mode = exact ? IREE_HAL_BUFFER_EQUALITY_EXACT
                    : IREE_HAL_BUFFER_EQUALITY_APPROXIMATE,
      .f16_atol = (float)f16_atol,
      .f32_atol = (float)f32_atol,
      .f64_atol = f64_atol,
      .bf16_atol = (float)bf16_atol,
      .rtol = rtol,
  };
  iree_string_builder_t builder;
  iree_string_builder_initialize(iree_ffi_allocator(), &builder);
  iree_hal_buffer_view_t* lhs = NULL;
  iree_hal_buffer_view_t* rhs = NULL;
  iree_status_t status = iree_ffi_buffer_view_make_readable(expected, &lhs);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_buffer_view_make_readable(actual, &rhs);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_tensor_describe_difference(equality, lhs, rhs, &builder);
  }
  iree_hal_buffer_view_release(lhs);
  iree_hal_buffer_view_release(rhs);
  return iree_ffi_write_builder(iree_ffi_unless_lost(status), &builder, buffer,
                                capacity);
}
