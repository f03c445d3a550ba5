// Shared by the source files of the flat layer.

#ifndef IREE_FFI_INTERNAL_H_
#define IREE_FFI_INTERNAL_H_

#include "iree/hal/local/executable_loader.h"
#include "iree/io/parameter_provider.h"
#include "iree_ffi.h"

#if defined(IREE_COMPILER_MSVC)
#define IREE_FFI_THREAD_LOCAL __declspec(thread)
#else
#define IREE_FFI_THREAD_LOCAL _Thread_local
#endif  // IREE_COMPILER_MSVC

// Gives |object| to the calling thread, which owns the reference from now on.
// Passes NULL on. Returns NULL and fails if out of memory.
void* iree_ffi_hand_out(uint32_t kind, void* object);

// Releases one reference to an object of the given kind.
void iree_ffi_object_release(uint32_t kind, void* object);

void iree_ffi_call_release(iree_ffi_call_t* call);
void iree_ffi_decode_stream_free(iree_ffi_decode_stream_t* stream);
void iree_ffi_device_profile_free(iree_ffi_device_profile_t* profile);
void iree_ffi_encode_stream_free(iree_ffi_encode_stream_t* stream);
void iree_ffi_host_close(iree_ffi_host_t* host);
void iree_ffi_host_fences_free(iree_ffi_host_fences_t* fences);
void iree_ffi_instance_retain(iree_ffi_instance_t* instance);
void iree_ffi_instance_release(iree_ffi_instance_t* instance);
void iree_ffi_load_release(iree_ffi_load_t* load);
void iree_ffi_mapping_free(iree_ffi_mapping_t* mapping);
void iree_ffi_module_list_free(iree_ffi_module_list_t* list);
void iree_ffi_parameter_scopes_free(iree_ffi_parameter_scopes_t* scopes);
void iree_ffi_profiling_free(iree_ffi_profiling_t* profiling);
void iree_ffi_recording_free(iree_ffi_recording_t* recording);
void iree_ffi_ref_free(iree_ffi_ref_t* ref);
void iree_ffi_replay_free(iree_ffi_replay_t* replay);
void iree_ffi_tokenizer_release(iree_ffi_tokenizer_t* tokenizer);
void iree_ffi_watchdog_free(iree_ffi_watchdog_t* watchdog);

// Keeps |status| as this thread's failure and returns its code; an OK status
// clears nothing and returns 0.
uint32_t iree_ffi_check(iree_status_t status);

// Counts an allocation or a free of |bytes|, for iree_ffi_statistics.
void iree_ffi_count_allocation(int64_t bytes);
void iree_ffi_count_free(int64_t bytes);

// The allocator for all of the layer's objects and their memory.
iree_allocator_t iree_ffi_allocator(void);

static inline iree_string_view_t iree_ffi_view(const uint8_t* data,
                                               uint32_t length) {
  return iree_make_string_view((const char*)data, length);
}

// Copies |value| with a terminating NUL, for C functions that need one.
iree_status_t iree_ffi_copy_cstring(iree_string_view_t value,
                                    char** out_cstring);

// Creates a mutable VM buffer with a copy of |bytes|.
iree_status_t iree_ffi_buffer_make(iree_const_byte_span_t bytes,
                                   iree_vm_buffer_t** out_buffer);

// Allocates aligned memory for the contents of a file; free it with
// iree_allocator_free_aligned.
iree_status_t iree_ffi_file_allocate(iree_host_size_t length,
                                     iree_byte_span_t* out_bytes);

// Reads a whole file into memory from iree_ffi_file_allocate.
iree_status_t iree_ffi_file_read(const char* path, iree_byte_span_t* out_bytes);

// Registers a file that is mapped privately for reading and writing, until it
// is removed before it is unmapped. If another process truncates the file,
// |contents| reads zeros from there on.
iree_status_t iree_ffi_mapped_file_add(iree_byte_span_t contents,
                                       const char* path);
void iree_ffi_mapped_file_remove(iree_byte_span_t contents);

// Fails with DATA_LOSS if a mapped file has been truncated, until it is
// removed. Call it last in whatever reads tensors or parameters.
iree_status_t iree_ffi_mapped_files_check(void);

// Returns the failure |status|, or the one of iree_ffi_mapped_files_check.
static inline iree_status_t iree_ffi_unless_lost(iree_status_t status) {
  return iree_status_is_ok(status) ? iree_ffi_mapped_files_check() : status;
}

// Fails if |path| exists and is not a regular file.
iree_status_t iree_ffi_check_regular_file(const char* path);

iree_vm_instance_t* iree_ffi_instance_vm(iree_ffi_instance_t* instance);

// Waits until the devices of a group have no work.
void iree_ffi_device_group_settle(iree_hal_device_group_t* group);

// Returns device |ordinal| of the group.
iree_status_t iree_ffi_device_at(iree_hal_device_group_t* group,
                                 uint32_t ordinal,
                                 iree_hal_device_t** out_device);

// The allocator for programs without a device. Its buffers do not retain it, so
// it lives as long as the instance.
iree_hal_allocator_t* iree_ffi_instance_heap_allocator(
    iree_ffi_instance_t* instance);

// Shapes with more dimensions are rejected.
#define IREE_FFI_MAX_RANK 128

// Where buffers are allocated: a device's memory, or host memory if |device| is
// NULL.
typedef struct iree_ffi_memory_t {
  iree_hal_device_t* device;
  iree_hal_allocator_t* allocator;
} iree_ffi_memory_t;

// Finds the memory of device |ordinal| of |group|, or the memory for programs
// without a device if |group| is NULL.
iree_status_t iree_ffi_memory_find(iree_ffi_instance_t* instance,
                                   iree_hal_device_group_t* group,
                                   uint32_t ordinal,
                                   iree_ffi_memory_t* out_memory);

// Reads a shape of |rank| dimensions into |out_shape|, which has room for
// IREE_FFI_MAX_RANK. Fails unless its contents have |length| bytes.
iree_status_t iree_ffi_read_shape(const double* dims, uint32_t rank,
                                  uint32_t element_type,
                                  iree_host_size_t length,
                                  iree_hal_dim_t* out_shape);

// Creates a view over new memory with a copy of |bytes|; see
// iree_ffi_buffer_view_create.
iree_status_t iree_ffi_buffer_view_make(iree_ffi_memory_t memory,
                                        uint32_t element_type,
                                        const double* dims, uint32_t rank,
                                        iree_const_byte_span_t bytes,
                                        iree_hal_buffer_view_t** out_view);

// Creates a view over new memory of |length| bytes with undefined contents.
iree_status_t iree_ffi_buffer_view_allocate(iree_ffi_memory_t memory,
                                            uint32_t element_type,
                                            const double* dims, uint32_t rank,
                                            double length,
                                            iree_hal_buffer_view_t** out_view);

// Whether the host can write and read the memory where it is.
bool iree_ffi_buffer_is_mappable(iree_hal_buffer_t* buffer);

// Returns a view whose contents the host can map: |view| itself, retained, or a
// copy in host memory.
iree_status_t iree_ffi_buffer_view_make_readable(
    iree_hal_buffer_view_t* view, iree_hal_buffer_view_t** out_view);

// Copies |bytes| into |buffer|, and waits for the copy.
iree_status_t iree_ffi_contents_write(iree_hal_buffer_t* buffer,
                                      iree_device_size_t offset,
                                      const uint8_t* bytes,
                                      iree_device_size_t length);

// Copies |bytes| over part of the contents; see iree_ffi_buffer_view_write.
iree_status_t iree_ffi_buffer_view_fill(iree_hal_buffer_view_t* view,
                                        double offset, const uint8_t* bytes,
                                        double length);

// Finds |symbol_name| in the library at |path|, and keeps the library loaded.
// Thread-safe.
iree_status_t iree_ffi_library_lookup(const char* path, const char* symbol_name,
                                      void** out_symbol);

// Fails if the file of a library is shorter than the part to be mapped:
// accessing memory beyond its end would kill the process.
iree_status_t iree_ffi_check_library_length(const char* path, uint64_t length);

// Copies |length| bytes of the contents of |entry| from |offset|.
iree_status_t iree_ffi_parameter_entry_read(
    const iree_io_parameter_index_entry_t* entry, uint64_t offset,
    iree_host_size_t length, uint8_t* target);

// Creates a module from |bytes| of iree_ffi_file_allocate. The module takes
// ownership; they are freed on failure.
iree_status_t iree_ffi_bytecode_module_make(iree_ffi_instance_t* instance,
                                            iree_byte_span_t bytes,
                                            iree_vm_module_t** out_module);

// See iree_ffi_bytecode_module_open.
iree_status_t iree_ffi_bytecode_module_open_path(iree_ffi_instance_t* instance,
                                                 const char* path, bool map,
                                                 iree_vm_module_t** out_module);

// See iree_ffi_context_create.
iree_status_t iree_ffi_context_make(iree_ffi_instance_t* instance,
                                    uint32_t flags,
                                    const iree_ffi_module_list_t* modules,
                                    iree_vm_context_t** out_context);

// Creates another list of the same modules.
iree_status_t iree_ffi_module_list_copy(const iree_ffi_module_list_t* list,
                                        iree_ffi_module_list_t** out_copy);

// See iree_ffi_parameter_file_open.
iree_status_t iree_ffi_parameter_file_open_path(
    const char* path, uint32_t mode, bool writable,
    iree_io_file_handle_t** out_file);

// Wraps |bytes| of iree_ffi_file_allocate in a file that takes ownership; they
// are freed on failure.
iree_status_t iree_ffi_parameter_file_wrap(iree_byte_span_t bytes,
                                           bool writable,
                                           iree_io_file_handle_t** out_file);

// Wraps |inout_provider|, which provides the parameters of |index|, to reject
// loading the beginning of a longer parameter. Releases it on failure.
iree_status_t iree_ffi_whole_provider_wrap(
    iree_io_parameter_index_t* index,
    iree_io_parameter_provider_t** inout_provider);

// Takes the reference out of |ref| as a pointer of |kind|. Fails if its object
// is of another kind: the caller would misuse the pointer. |ref| is unchanged
// on failure.
iree_status_t iree_ffi_ref_take(iree_vm_ref_t* ref, uint32_t kind,
                                void** out_object);

// Returns the kind of the object that |ref| points to.
uint32_t iree_ffi_ref_kind(const iree_vm_ref_t* ref);

// Creates a retained |out_ref| from a pointer of the given kind.
iree_status_t iree_ffi_ref_make(uint32_t kind, void* object,
                                iree_vm_ref_t* out_ref);

// Walks all lists in |list|. Fails if |forbidden| is among them or is |list|
// itself, or if they are nested more than |max_depth| deep.
iree_status_t iree_ffi_list_walk(iree_vm_list_t* list,
                                 iree_vm_list_t* forbidden,
                                 iree_host_size_t max_depth);

//===----------------------------------------------------------------------===//
// Packed records
//===----------------------------------------------------------------------===//

// Counts all written bytes and stores those that fit.
typedef struct iree_ffi_writer_t {
  uint8_t* buffer;
  iree_host_size_t capacity;
  iree_host_size_t length;
} iree_ffi_writer_t;

static inline iree_ffi_writer_t iree_ffi_writer(uint8_t* buffer,
                                                uint32_t capacity) {
  iree_ffi_writer_t writer = {buffer, capacity, 0};
  return writer;
}

void iree_ffi_write_bytes(iree_ffi_writer_t* writer, const void* bytes,
                          iree_host_size_t length);
void iree_ffi_write_u32(iree_ffi_writer_t* writer, uint32_t value);
void iree_ffi_write_u64(iree_ffi_writer_t* writer, uint64_t value);
void iree_ffi_write_string(iree_ffi_writer_t* writer, iree_string_view_t value);

// Returns the text of |builder|, unless |status| is a failure. Deinitializes
// |builder|.
uint32_t iree_ffi_write_builder(iree_status_t status,
                                iree_string_builder_t* builder, uint8_t* buffer,
                                uint32_t capacity);

// The length that the whole record needs.
uint32_t iree_ffi_writer_length(const iree_ffi_writer_t* writer);

// Walks a packed record; every read after its end fails.
typedef struct iree_ffi_reader_t {
  const uint8_t* data;
  iree_host_size_t length;
} iree_ffi_reader_t;

static inline iree_ffi_reader_t iree_ffi_reader(const uint8_t* data,
                                                uint32_t length) {
  iree_ffi_reader_t reader = {data, length};
  return reader;
}

iree_status_t iree_ffi_read_u32(iree_ffi_reader_t* reader, uint32_t* out_value);
iree_status_t iree_ffi_read_string(iree_ffi_reader_t* reader,
                                   iree_string_view_t* out_value);

//===----------------------------------------------------------------------===//
// CPU devices
//===----------------------------------------------------------------------===//

// Loaders for all supported formats of executables.
typedef struct iree_ffi_loaders_t {
  iree_host_size_t count;
  iree_hal_executable_loader_t* list[16];
} iree_ffi_loaders_t;

// Creates the loaders. Release them even after a failure.
iree_status_t iree_ffi_loaders_create(iree_ffi_loaders_t* out_loaders);
void iree_ffi_loaders_release(iree_ffi_loaders_t* loaders);

bool iree_ffi_is_local_task_uri(iree_string_view_t uri);

// Creates a device of the driver local-task with its own workers, as specified
// by the record |task| (see iree_ffi_device_group_create).
iree_status_t iree_ffi_local_task_device_create(
    iree_string_view_t uri, iree_ffi_reader_t task,
    const iree_hal_device_create_params_t* create_params,
    iree_hal_device_t** out_device);

// Whether an allocator belongs to a CPU device and is not wrapped.
bool iree_ffi_is_heap_allocator(iree_hal_allocator_t* allocator);

// Makes an allocator's statistics include what pools reserve from a provider.
// Call once, for a provider of CPU memory and the heap allocator of its device.
void iree_ffi_slab_provider_set_allocator(iree_hal_slab_provider_t* provider,
                                          iree_hal_allocator_t* allocator);

bool iree_ffi_is_local_task_device(iree_hal_device_t* device);

// Whether all work submitted to a local-task device is done.
bool iree_ffi_local_task_device_is_idle(iree_hal_device_t* device);

#endif  // IREE_FFI_INTERNAL_H_
