#include "parameter_scopes.h"

#include "iree/io/parameter_index_provider.h"
#include "iree/modules/io/parameters/module.h"

iree_ffi_parameter_scopes_t* iree_ffi_parameter_scopes_create(
    uint32_t capacity) {
  iree_ffi_parameter_scopes_t* scopes = NULL;
  iree_host_size_t size =
      sizeof(*scopes) + capacity * sizeof(iree_io_parameter_provider_t*);
  if (iree_ffi_check(
          iree_allocator_malloc(iree_ffi_allocator(), size, (void**)&scopes))) {
    return NULL;
  }
  scopes->count = 0;
  scopes->capacity = capacity;
  return iree_ffi_hand_out(IREE_FFI_KIND_PARAMETER_SCOPES, scopes);
}

void iree_ffi_parameter_scopes_free(iree_ffi_parameter_scopes_t* scopes) {
  for (uint32_t i = 0; i < scopes->count; ++i) {
    iree_io_parameter_provider_release(scopes->providers[i]);
  }
  iree_allocator_free(iree_ffi_allocator(), scopes);
}

//===----------------------------------------------------------------------===//
// The entries of an index that a device can use
//===----------------------------------------------------------------------===//

// The longest pattern that devices can fill memory with.
#define IREE_FFI_PARAMETER_MAX_FILL_LENGTH 4

// Creates a file in memory with the contents of |entry|.
static iree_status_t iree_ffi_parameter_entry_load(
    const iree_io_parameter_index_entry_t* entry,
    iree_io_file_handle_t** out_file) {
  if (entry->length > IREE_HOST_SIZE_MAX / 2) {
    return iree_make_status(
        IREE_STATUS_RESOURCE_EXHAUSTED,
        "no memory for the %" PRIu64 " bytes of parameter `%.*s`",
        entry->length, (int)entry->key.size, entry->key.data);
  }
  iree_byte_span_t bytes = iree_byte_span_empty();
  IREE_RETURN_IF_ERROR(
      iree_ffi_file_allocate((iree_host_size_t)entry->length, &bytes));
  iree_status_t status = iree_ffi_parameter_entry_read(
      entry, /*offset=*/0, bytes.data_length, bytes.data);
  if (iree_status_is_ok(status)) {
    return iree_ffi_parameter_file_wrap(bytes, /*writable=*/false, out_file);
  }
  iree_allocator_free_aligned(iree_ffi_allocator(), bytes.data);
  return status;
}

// Adds |entry| to |target|. IREE passes splat patterns to the device, which
// supports only short ones; longer ones are expanded in memory.
static iree_status_t iree_ffi_parameter_entry_add(
    const iree_io_parameter_index_entry_t* entry,
    iree_io_parameter_index_t* target) {
  if (entry->type != IREE_IO_PARAMETER_INDEX_ENTRY_STORAGE_TYPE_SPLAT ||
      entry->storage.splat.pattern_length <=
          IREE_FFI_PARAMETER_MAX_FILL_LENGTH) {
    return iree_io_parameter_index_add(target, entry);
  }
  iree_io_parameter_index_entry_t loaded = *entry;
  loaded.type = IREE_IO_PARAMETER_INDEX_ENTRY_STORAGE_TYPE_FILE;
  loaded.storage.file.offset = 0;
  IREE_RETURN_IF_ERROR(
      iree_ffi_parameter_entry_load(entry, &loaded.storage.file.handle));
  iree_status_t status = iree_io_parameter_index_add(target, &loaded);
  iree_io_file_handle_release(loaded.storage.file.handle);
  return status;
}

static iree_status_t iree_ffi_parameter_index_copy(
    iree_io_parameter_index_t* source, iree_io_parameter_index_t* target) {
  iree_host_size_t count = iree_io_parameter_index_count(source);
  for (iree_host_size_t i = 0; i < count; ++i) {
    const iree_io_parameter_index_entry_t* entry = NULL;
    IREE_RETURN_IF_ERROR(iree_io_parameter_index_get(source, i, &entry));
    IREE_RETURN_IF_ERROR(iree_ffi_parameter_entry_add(entry, target));
  }
  return iree_ok_status();
}

//===----------------------------------------------------------------------===//
// Providers
//===----------------------------------------------------------------------===//

iree_status_t iree_ffi_parameter_scopes_check(
    const iree_ffi_parameter_scopes_t* scopes) {
  if (scopes->count < scopes->capacity) return iree_ok_status();
  return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                          "scopes were created for %u", scopes->capacity);
}

uint32_t iree_ffi_parameter_scopes_push(iree_ffi_parameter_scopes_t* scopes,
                                        const uint8_t* name,
                                        uint32_t name_length,
                                        iree_io_parameter_index_t* index,
                                        uint32_t partial) {
  iree_io_parameter_index_t* copy = NULL;
  iree_io_parameter_provider_t* provider = NULL;
  iree_status_t status = iree_ffi_parameter_scopes_check(scopes);
  if (iree_status_is_ok(status)) {
    status = iree_io_parameter_index_create(iree_ffi_allocator(), &copy);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_parameter_index_copy(index, copy);
  }
  if (iree_status_is_ok(status)) {
    status = iree_io_parameter_index_provider_create(
        iree_ffi_view(name, name_length), copy,
        IREE_IO_PARAMETER_INDEX_PROVIDER_DEFAULT_MAX_CONCURRENT_OPERATIONS,
        iree_ffi_allocator(), &provider);
  }
  if (iree_status_is_ok(status) && !partial) {
    status = iree_ffi_whole_provider_wrap(copy, &provider);
  }
  if (iree_status_is_ok(status)) {
    scopes->providers[scopes->count++] = provider;
  }
  iree_io_parameter_index_release(copy);
  return iree_ffi_check(status);
}

iree_vm_module_t* iree_ffi_io_parameters_module_create(
    iree_ffi_instance_t* instance, iree_ffi_parameter_scopes_t* scopes) {
  iree_vm_module_t* module = NULL;
  iree_ffi_check(iree_io_parameters_module_create(
      iree_ffi_instance_vm(instance), scopes->count, scopes->providers,
      iree_ffi_allocator(), &module));
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}
