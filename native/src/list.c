#include <string.h>

#include "internal.h"
#include "iree/base/internal/atomics.h"
#include "iree/tooling/function_io.h"

#define IREE_FFI_ELEMENT_SIZE 8

// Maximum nesting depth of lists that can be formatted.
#define IREE_FFI_MAX_FORMAT_DEPTH 1000

iree_vm_list_t* iree_ffi_list_create(uint32_t element_type, uint32_t capacity) {
  iree_vm_list_t* list = NULL;
  iree_ffi_check(iree_vm_list_create(
      iree_vm_make_value_type_def((iree_vm_value_type_t)element_type), capacity,
      iree_ffi_allocator(), &list));
  return iree_ffi_hand_out(IREE_FFI_KIND_LIST, list);
}

uint32_t iree_ffi_list_size(iree_vm_list_t* list) {
  return (uint32_t)iree_vm_list_size(list);
}

uint32_t iree_ffi_list_resize(iree_vm_list_t* list, uint32_t size) {
  return iree_ffi_check(iree_vm_list_resize(list, size));
}

static iree_string_view_t iree_ffi_value_type_name(iree_vm_value_type_t type) {
  switch (type) {
    case IREE_VM_VALUE_TYPE_I8:
      return IREE_SV("i8");
    case IREE_VM_VALUE_TYPE_I16:
      return IREE_SV("i16");
    case IREE_VM_VALUE_TYPE_I32:
      return IREE_SV("i32");
    case IREE_VM_VALUE_TYPE_I64:
      return IREE_SV("i64");
    case IREE_VM_VALUE_TYPE_F32:
      return IREE_SV("f32");
    case IREE_VM_VALUE_TYPE_F64:
      return IREE_SV("f64");
    default:
      return iree_string_view_empty();
  }
}

static iree_string_view_t iree_ffi_type_name(iree_vm_type_def_t type) {
  if (iree_vm_type_def_is_value(type)) {
    return iree_ffi_value_type_name(iree_vm_type_def_as_value(type));
  }
  if (iree_vm_type_def_as_ref(type) == IREE_VM_REF_TYPE_ANY) {
    return IREE_SV("?");
  }
  return iree_vm_type_def_is_ref(type)
             ? iree_vm_ref_type_name(iree_vm_type_def_as_ref(type))
             : iree_string_view_empty();
}

uint32_t iree_ffi_list_element_type(iree_vm_list_t* list, uint8_t* buffer,
                                    uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_string_view_t name = iree_ffi_type_name(iree_vm_list_element_type(list));
  iree_ffi_write_bytes(&writer, name.data, name.size);
  return iree_ffi_writer_length(&writer);
}

uint32_t iree_ffi_list_read(iree_vm_list_t* list, uint32_t start,
                            uint32_t count, uint8_t* values, uint8_t* tags) {
  for (uint32_t i = 0; i < count; ++i) {
    iree_vm_variant_t variant = iree_vm_variant_empty();
    iree_status_t status =
        iree_vm_list_get_variant_assign(list, start + i, &variant);
    if (!iree_status_is_ok(status)) return iree_ffi_check(status);
    // Reads only the type: copying the whole variant would stall on its parts.
    if (iree_vm_type_def_is_value(variant.type)) {
      tags[i] = (uint8_t)iree_vm_type_def_as_value(variant.type);
      memcpy(values + i * IREE_FFI_ELEMENT_SIZE, variant.value_storage,
             IREE_FFI_ELEMENT_SIZE);
    } else {
      // Programs also read an element that was never set as a null reference.
      tags[i] = iree_vm_variant_is_empty(variant)
                    ? IREE_FFI_TAG_REF
                    : IREE_FFI_TAG_REF + iree_ffi_ref_kind(&variant.ref);
    }
  }
  return 0;
}

// Storing converts silently: 2.5 would become 2 in a list of i32.
static iree_status_t iree_ffi_list_check_types(iree_vm_list_t* list,
                                               uint32_t count,
                                               const uint8_t* tags) {
  iree_vm_type_def_t element_type = iree_vm_list_element_type(list);
  if (iree_vm_type_def_is_variant(element_type)) return iree_ok_status();
  for (uint32_t i = 0; i < count; ++i) {
    bool is_ref = tags[i] >= IREE_FFI_TAG_REF;
    if (is_ref ? iree_vm_type_def_is_ref(element_type)
               : tags[i] == iree_vm_type_def_as_value(element_type)) {
      continue;
    }
    iree_string_view_t have =
        is_ref ? IREE_SV("a reference")
               : iree_ffi_value_type_name((iree_vm_value_type_t)tags[i]);
    iree_string_view_t expected = iree_ffi_type_name(element_type);
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "list has elements of type %.*s, not %.*s",
                            (int)expected.size, expected.data, (int)have.size,
                            have.data);
  }
  return iree_ok_status();
}

uint32_t iree_ffi_list_write(iree_vm_list_t* list, uint32_t start,
                             uint32_t count, const uint8_t* values,
                             const uint8_t* tags) {
  iree_status_t status = iree_ffi_list_check_types(list, count, tags);
  for (uint32_t i = 0; i < count && iree_status_is_ok(status); ++i) {
    if (tags[i] > IREE_FFI_TAG_REF) continue;
    if (tags[i] == IREE_FFI_TAG_REF) {
      iree_vm_ref_t null = iree_vm_ref_null();
      status = iree_vm_list_set_ref_move(list, start + i, &null);
      continue;
    }
    iree_vm_value_t value;
    value.type = (iree_vm_value_type_t)tags[i];
    memcpy(value.value_storage, values + i * IREE_FFI_ELEMENT_SIZE,
           IREE_FFI_ELEMENT_SIZE);
    status = iree_vm_list_set_value(list, start + i, &value);
  }
  return iree_ffi_check(status);
}

void* iree_ffi_list_get_ref(iree_vm_list_t* list, uint32_t ordinal,
                            uint32_t kind) {
  iree_vm_ref_t ref = iree_vm_ref_null();
  void* object = NULL;
  iree_status_t status = iree_vm_list_get_ref_retain(list, ordinal, &ref);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_ref_take(&ref, kind, &object);
  }
  iree_vm_ref_release(&ref);
  iree_ffi_check(status);
  return iree_ffi_hand_out(kind, object);
}

// Whether the caller holds the only reference, so that no list can contain
// |list|.
static bool iree_ffi_list_is_unshared(iree_vm_list_t* list) {
  iree_atomic_ref_count_t* counter =
      (iree_atomic_ref_count_t*)list +
      (iree_vm_list_type() & IREE_VM_REF_TYPE_TAG_BIT_MASK);
  return iree_atomic_ref_count_load(counter) == 1;
}

uint32_t iree_ffi_list_set_ref(iree_vm_list_t* list, uint32_t ordinal,
                               uint32_t kind, void* object) {
  iree_vm_ref_t ref = iree_vm_ref_null();
  iree_status_t status = iree_ok_status();
  // A list that contains itself would never be released.
  if (kind == IREE_FFI_KIND_LIST &&
      (object == list || !iree_ffi_list_is_unshared(list))) {
    status = iree_ffi_list_walk((iree_vm_list_t*)object, /*forbidden=*/list,
                                IREE_HOST_SIZE_MAX);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_ref_make(kind, object, &ref);
  }
  if (iree_status_is_ok(status)) {
    status = iree_vm_list_set_ref_move(list, ordinal, &ref);
  }
  iree_vm_ref_release(&ref);
  return iree_ffi_check(status);
}

uint32_t iree_ffi_list_format(iree_vm_list_t* list, const uint8_t* name,
                              uint32_t name_length, uint32_t max_element_count,
                              uint8_t* buffer, uint32_t capacity) {
  iree_string_builder_t builder;
  iree_string_builder_initialize(iree_ffi_allocator(), &builder);
  // IREE formats recursively.
  iree_status_t status =
      iree_ffi_list_walk(list, /*forbidden=*/NULL, IREE_FFI_MAX_FORMAT_DEPTH);
  if (iree_status_is_ok(status)) {
    status = iree_tooling_format_variants(iree_ffi_view(name, name_length),
                                          list, max_element_count, &builder);
  }
  return iree_ffi_write_builder(iree_ffi_unless_lost(status), &builder, buffer,
                                capacity);
}
