// The flat layer of IREE for Deno: wraps the parts of IREE's C API that cannot
// be called with numbers, pointers and (buffer, length) pairs alone.
//
// Conventions, the same for every function here:
//  - A function that creates returns the new object, or NULL on failure.
//  - A function that acts returns an IREE status code; 0 is OK.
//  - After a failure, iree_ffi_failure_code and iree_ffi_failure_take describe
//    it. Failures are kept per thread.
//  - Text and records are written to (buffer, capacity). The function returns
//    the length of the whole answer and writes it only if it fits, so a caller
//    can grow its buffer and retry.
//  - Text is passed in as UTF-8 bytes with a length, without a NUL.
//  - "Packed" records are sequences of u32 numbers and strings; a string is its
//    u32 length followed by its bytes, without padding.
//  - A returned object is a reference that the caller owns until
//    iree_ffi_release. Use and release it on the thread that received it. When
//    a thread ends, its remaining references are released, except mappings and,
//    if there are any, their devices.

#ifndef IREE_FFI_H_
#define IREE_FFI_H_

#include "iree/base/api.h"
#include "iree/hal/api.h"
#include "iree/hal/device_group.h"
#include "iree/io/file_handle.h"
#include "iree/io/parameter_index.h"
#include "iree/vm/api.h"

#ifdef __cplusplus
extern "C" {
#endif  // __cplusplus

// Returned on failure by functions that return a length; iree_ffi_failure_code
// has the failure.
#define IREE_FFI_FAILED UINT32_MAX

//===----------------------------------------------------------------------===//
// Library
//===----------------------------------------------------------------------===//

// Changes with every declaration of this header. A caller written for another
// number must not call anything else.
#define IREE_FFI_ABI_VERSION 16

IREE_API_EXPORT uint32_t iree_ffi_abi_version(void);

// Writes packed: version of the flat layer, version of IREE.
IREE_API_EXPORT uint32_t iree_ffi_version(uint8_t* buffer, uint32_t capacity);

// Writes four u64: live bytes, live allocations, peak of live bytes, and the
// total number of allocations. They count everything that the process allocates
// through this layer. The peak is exact with a single allocating thread,
// otherwise to within 64 KiB per thread. Thread-safe.
IREE_API_EXPORT void iree_ffi_statistics(uint64_t* out_statistics);

// Makes the |countdown|-th following allocation through this layer, on any
// thread, fail; 0 disables. For tests.
IREE_API_EXPORT void iree_ffi_fail_allocation(uint32_t countdown);

// Registers an isolate as a user of the library. |isolate| is its number,
// unique in the process. If another isolate used this thread before, that
// isolate has ended, and its references are released. Its mappings stay, as at
// the end of a thread.
//
// Makes C's stdout line-buffered even if it is not a terminal, so that output
// of native modules and of the host program stays in order.
IREE_API_EXPORT void iree_ffi_isolate_enter(uint64_t isolate);

//===----------------------------------------------------------------------===//
// Objects
//===----------------------------------------------------------------------===//

// The kind of an object, in the order in which objects can be released
// together. References can point only to the first ones.
enum iree_ffi_kind_e {
  // A null reference.
  IREE_FFI_KIND_NULL = 0,
  // iree_ffi_ref_t*: an object of any type without its own kind.
  IREE_FFI_KIND_REF = 1,
  // iree_vm_list_t*
  IREE_FFI_KIND_LIST = 2,
  // iree_vm_buffer_t*
  IREE_FFI_KIND_BUFFER = 3,
  // iree_hal_buffer_view_t*
  IREE_FFI_KIND_BUFFER_VIEW = 4,
  // iree_ffi_call_t*
  IREE_FFI_KIND_CALL = 5,
  // iree_ffi_mapping_t*
  IREE_FFI_KIND_MAPPING = 6,
  // iree_vm_context_t*
  IREE_FFI_KIND_CONTEXT = 7,
  // iree_ffi_load_t*
  IREE_FFI_KIND_LOAD = 8,
  // iree_ffi_module_list_t*
  IREE_FFI_KIND_MODULE_LIST = 9,
  // iree_vm_module_t*
  IREE_FFI_KIND_MODULE = 10,
  // iree_ffi_parameter_scopes_t*
  IREE_FFI_KIND_PARAMETER_SCOPES = 11,
  // iree_io_parameter_index_t*
  IREE_FFI_KIND_PARAMETER_INDEX = 12,
  // iree_io_file_handle_t*
  IREE_FFI_KIND_PARAMETER_FILE = 13,
  // iree_ffi_profiling_t*
  IREE_FFI_KIND_PROFILING = 14,
  // iree_ffi_device_profile_t*
  IREE_FFI_KIND_DEVICE_PROFILE = 15,
  // iree_ffi_recording_t*
  IREE_FFI_KIND_RECORDING = 16,
  // iree_ffi_replay_t*
  IREE_FFI_KIND_REPLAY = 17,
  // iree_hal_device_group_t*
  IREE_FFI_KIND_DEVICE_GROUP = 18,
  // iree_ffi_watchdog_t*
  IREE_FFI_KIND_WATCHDOG = 19,
  // iree_ffi_host_fences_t*
  IREE_FFI_KIND_HOST_FENCES = 20,
  // iree_ffi_host_t*
  IREE_FFI_KIND_HOST = 21,
  // iree_ffi_encode_stream_t*
  IREE_FFI_KIND_ENCODE_STREAM = 22,
  // iree_ffi_decode_stream_t*
  IREE_FFI_KIND_DECODE_STREAM = 23,
  // iree_ffi_tokenizer_t*
  IREE_FFI_KIND_TOKENIZER = 24,
  // iree_ffi_instance_t*
  IREE_FFI_KIND_INSTANCE = 25,
  IREE_FFI_KIND_COUNT = 26,
};

// Releases a reference that this thread received. Ignores a reference that it
// did not receive or has already released.
IREE_API_EXPORT void iree_ffi_release(uint32_t kind, void* object);

//===----------------------------------------------------------------------===//
// Failures
//===----------------------------------------------------------------------===//

// Returns the status code of this thread's last failure, or 0.
IREE_API_EXPORT uint32_t iree_ffi_failure_code(void);

// Writes IREE's full text of the last failure and clears it. If the text does
// not fit, it is kept for the next call.
IREE_API_EXPORT uint32_t iree_ffi_failure_take(uint8_t* buffer,
                                               uint32_t capacity);

//===----------------------------------------------------------------------===//
// Instance
//===----------------------------------------------------------------------===//

// The only VM instance of this process: IREE keeps type registrations in global
// variables, so two instances would mix up each other's types.
typedef struct iree_ffi_instance_t iree_ffi_instance_t;

// Creates the instance or retains the existing one. Release every object made
// from it first. Thread-safe.
IREE_API_EXPORT iree_ffi_instance_t* iree_ffi_instance_acquire(void);

// Returns 1 if a type with that full name (`hal.buffer_view`) is registered.
IREE_API_EXPORT uint32_t iree_ffi_instance_has_type(
    iree_ffi_instance_t* instance, const uint8_t* name, uint32_t name_length);

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

// Loads a bytecode module from a file, either read into memory (|map| 0) or
// mapped (|map| 1).
IREE_API_EXPORT iree_vm_module_t* iree_ffi_bytecode_module_open(
    iree_ffi_instance_t* instance, const uint8_t* path, uint32_t path_length,
    uint32_t map);

// Loads a bytecode module from a copy of the bytes.
IREE_API_EXPORT iree_vm_module_t* iree_ffi_bytecode_module_create(
    iree_ffi_instance_t* instance, const uint8_t* bytes, size_t length);

// Loads the library at |path| and creates a module with its function
// |export_name|. |parameters| is packed: count, then each key and value. The
// library stays loaded until the process ends.
IREE_API_EXPORT iree_vm_module_t* iree_ffi_dynamic_module_create(
    iree_ffi_instance_t* instance, const uint8_t* path, uint32_t path_length,
    const uint8_t* export_name, uint32_t export_name_length,
    const uint8_t* parameters, uint32_t parameters_length);

// An isolate that defines modules, see "Modules of the host". Use it on the
// isolate's thread, except where noted. Releasing it ends all calls of its
// functions with UNAVAILABLE.
typedef struct iree_ffi_host_t iree_ffi_host_t;

// IREE's builtin modules, which compiled programs can require by name. If
// several devices of |device_group| could make an allocation, device |lead|
// makes it. Trace points print to stderr if |host| is NULL; otherwise they call
// the host: |trace_key| is the key of the module, the ordinal is the number of
// tensors, which are the arguments.
IREE_API_EXPORT iree_vm_module_t* iree_ffi_hal_module_create(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* device_group,
    uint32_t lead, iree_ffi_host_t* host, uint32_t trace_key);
IREE_API_EXPORT iree_vm_module_t* iree_ffi_hal_inline_module_create(
    iree_ffi_instance_t* instance, iree_ffi_host_t* host, uint32_t trace_key);
IREE_API_EXPORT iree_vm_module_t* iree_ffi_hal_loader_module_create(
    iree_ffi_instance_t* instance);
IREE_API_EXPORT iree_vm_module_t* iree_ffi_vmvx_module_create(
    iree_ffi_instance_t* instance);

// Writes packed: name, version, import count, export count; attribute count and
// each attribute's key and value; dependency count and each dependency's name,
// minimum version and flags. Returns IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_module_describe(iree_vm_module_t* module,
                                                  uint8_t* buffer,
                                                  uint32_t capacity);

// Writes packed: linkage, name, calling convention, attribute count and each
// attribute's key and value. |linkage| is an iree_vm_function_linkage_t.
// Returns IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_module_describe_function(
    iree_vm_module_t* module, uint32_t linkage, uint32_t ordinal,
    uint8_t* buffer, uint32_t capacity);

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

// Writes packed: count, then name and full name of each driver. Returns
// IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_driver_list(uint8_t* buffer,
                                              uint32_t capacity);

// Creates the driver |name| and writes packed: count, then path, name and
// details of each of its devices. Details are included only if |with_details|
// is 1. Returns IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_driver_devices(const uint8_t* name,
                                                 uint32_t name_length,
                                                 uint32_t with_details,
                                                 uint8_t* buffer,
                                                 uint32_t capacity);

// Creates the devices named by |uris| (packed: count, then each) as one group
// whose members can wait for each other.
//
// Wraps the allocator of each device as |allocators| specifies (packed: count,
// then each, in the syntax of iree/hal/utils/allocators.h).
//
// For devices of the driver local-task, |task| places the workers; it may be
// empty. Packed: number of workers, or 0; maximum number of workers per node;
// an iree_task_topology_performance_level_t; an
// iree_task_topology_distribution_t; microseconds to spin; bytes of stack;
// bytes of local memory; nodes, as iree_task_topology_select_nodes accepts
// them; the number of CPU sets, and a count and the CPUs of each. If there are
// sets, they alone decide; then the number of workers, unless it is 0; then the
// nodes.
IREE_API_EXPORT iree_hal_device_group_t* iree_ffi_device_group_create(
    const uint8_t* uris, uint32_t uris_length, const uint8_t* allocators,
    uint32_t allocators_length, const uint8_t* task, uint32_t task_length);

// Writes the id of device |ordinal| of the group. Returns IREE_FFI_FAILED on
// failure.
IREE_API_EXPORT uint32_t iree_ffi_device_id(iree_hal_device_group_t* group,
                                            uint32_t ordinal, uint8_t* buffer,
                                            uint32_t capacity);

// Queries a property of a device from its driver.
IREE_API_EXPORT uint32_t iree_ffi_device_query_i64(
    iree_hal_device_group_t* group, uint32_t ordinal, const uint8_t* category,
    uint32_t category_length, const uint8_t* key, uint32_t key_length,
    int64_t* out_value);

// Returns unused memory that a device keeps for later to the system.
IREE_API_EXPORT uint32_t iree_ffi_device_trim(iree_hal_device_group_t* group,
                                              uint32_t ordinal);

// Blocks until all work submitted to a device is done. Fails with
// DEADLINE_EXCEEDED after |timeout_ns|; a number beyond INT64_MAX means no
// limit.
IREE_API_EXPORT uint32_t iree_ffi_device_wait_idle(
    iree_hal_device_group_t* group, uint32_t ordinal, uint64_t timeout_ns);

// Writes six u64 about the allocator of a device: peak, allocated and freed
// bytes of host memory, then the same for device memory.
IREE_API_EXPORT uint32_t iree_ffi_device_statistics(
    iree_hal_device_group_t* group, uint32_t ordinal, uint64_t* out_statistics);

// Writes the same statistics as IREE formats them. Returns IREE_FFI_FAILED on
// failure.
IREE_API_EXPORT uint32_t iree_ffi_device_format_statistics(
    iree_hal_device_group_t* group, uint32_t ordinal, uint8_t* buffer,
    uint32_t capacity);

// Writes packed: count; for each heap that the allocator of a device serves,
// its type as text, a count and the names of allowed usages, and the size of
// the largest allocation and the minimum alignment as u64. Returns
// IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t
iree_ffi_device_memory_heaps(iree_hal_device_group_t* group, uint32_t ordinal,
                             uint8_t* buffer, uint32_t capacity);

// Writes how workers would be placed for a record |task|, as
// iree_ffi_device_group_create accepts it. Packed, for each topology: 1, its
// node, the number of its workers. For each worker: ordinal, name, CPU, the
// system's name for it, five numbers of its iree_thread_affinity_t (group_any,
// id_assigned, group, id, smt), bytes of its caches of levels 1 to 3, and the
// workers that share a cache with it (a count, UINT32_MAX for all, and the
// ordinals). A 0 ends the list. Returns IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_task_topologies(const uint8_t* task,
                                                  uint32_t task_length,
                                                  uint8_t* buffer,
                                                  uint32_t capacity);

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

// How the bytes of a parameter file are accessed.
enum iree_ffi_parameter_mode_e {
  // Read from the file each time a program needs them.
  IREE_FFI_PARAMETER_MODE_FILE = 0,
  // Read into memory when the file is opened.
  IREE_FFI_PARAMETER_MODE_PRELOAD = 1,
  // Mapped into memory.
  IREE_FFI_PARAMETER_MODE_MMAP = 2,
};

// Opens a parameter file of any format. |mode| is an iree_ffi_parameter_mode_e.
// If |writable| is not 0, programs can write to the parameters: to the file in
// mode FILE, to memory otherwise.
IREE_API_EXPORT iree_io_file_handle_t* iree_ffi_parameter_file_open(
    const uint8_t* path, uint32_t path_length, uint32_t mode,
    uint32_t writable);

// Creates a file in memory with a copy of |bytes|. If |writable| is not 0,
// programs can write to it.
IREE_API_EXPORT iree_io_file_handle_t* iree_ffi_parameter_file_create(
    const uint8_t* bytes, size_t length, uint32_t writable);

// Creates an empty index.
IREE_API_EXPORT iree_io_parameter_index_t* iree_ffi_parameter_index_create(
    void);

// Adds an entry of |length| bytes at |offset| of |file|, which is retained.
// Copies key and metadata.
IREE_API_EXPORT uint32_t iree_ffi_parameter_index_add_file(
    iree_io_parameter_index_t* index, const uint8_t* key, uint32_t key_length,
    const uint8_t* metadata, uint32_t metadata_length,
    iree_io_file_handle_t* file, uint64_t offset, uint64_t length);

// Adds an entry of |length| bytes that repeat |pattern|.
IREE_API_EXPORT uint32_t iree_ffi_parameter_index_add_splat(
    iree_io_parameter_index_t* index, const uint8_t* key, uint32_t key_length,
    const uint8_t* metadata, uint32_t metadata_length, const uint8_t* pattern,
    uint32_t pattern_length, uint64_t length);

// Adds entry |ordinal| of |source| under another key.
IREE_API_EXPORT uint32_t iree_ffi_parameter_index_add_from(
    iree_io_parameter_index_t* index, const uint8_t* key, uint32_t key_length,
    iree_io_parameter_index_t* source, uint32_t ordinal);

// Copies |length| bytes of the contents of entry |ordinal| from |offset|.
IREE_API_EXPORT uint32_t iree_ffi_parameter_index_read(
    iree_io_parameter_index_t* index, uint32_t ordinal, uint64_t offset,
    uint8_t* target, size_t length);

// Writes |length| bytes of the contents of entry |ordinal| from |offset| to
// |path_offset| of the existing file at |path|.
IREE_API_EXPORT uint32_t iree_ffi_parameter_index_write(
    iree_io_parameter_index_t* index, uint32_t ordinal, uint64_t offset,
    uint64_t length, const uint8_t* path, uint32_t path_length,
    uint64_t path_offset);

// Parameter scopes: each is a name and a snapshot of an index, taken when it
// was pushed. If |partial| is not 0, programs can load the beginning of a
// longer parameter.
typedef struct iree_ffi_parameter_scopes_t iree_ffi_parameter_scopes_t;

IREE_API_EXPORT iree_ffi_parameter_scopes_t* iree_ffi_parameter_scopes_create(
    uint32_t capacity);
IREE_API_EXPORT uint32_t iree_ffi_parameter_scopes_push(
    iree_ffi_parameter_scopes_t* scopes, const uint8_t* name,
    uint32_t name_length, iree_io_parameter_index_t* index, uint32_t partial);

// Adds a scope whose parameters the host reads. A read calls the host: |key| is
// the key of the module, the ordinal is the number of spans.
IREE_API_EXPORT uint32_t iree_ffi_parameter_scopes_push_host(
    iree_ffi_parameter_scopes_t* scopes, const uint8_t* name,
    uint32_t name_length, iree_ffi_host_t* host, uint32_t key);

// The builtin module that provides the parameters of |scopes| to programs.
IREE_API_EXPORT iree_vm_module_t* iree_ffi_io_parameters_module_create(
    iree_ffi_instance_t* instance, iree_ffi_parameter_scopes_t* scopes);

//===----------------------------------------------------------------------===//
// Contexts
//===----------------------------------------------------------------------===//

// A list of modules in registration order.
typedef struct iree_ffi_module_list_t iree_ffi_module_list_t;

IREE_API_EXPORT iree_ffi_module_list_t* iree_ffi_module_list_create(
    uint32_t capacity);
// Appends and retains |module|.
IREE_API_EXPORT uint32_t iree_ffi_module_list_push(iree_ffi_module_list_t* list,
                                                   iree_vm_module_t* module);

// Creates a context of all |modules| and runs their initializers. |flags| is an
// iree_vm_context_flags_t.
IREE_API_EXPORT iree_vm_context_t* iree_ffi_context_create(
    iree_ffi_instance_t* instance, uint32_t flags,
    iree_ffi_module_list_t* modules);

// Creates a context of the same modules with a copy of the state: numbers in
// globals are copied, objects are shared.
IREE_API_EXPORT iree_vm_context_t* iree_ffi_context_fork(
    iree_vm_context_t* context);

//===----------------------------------------------------------------------===//
// Loading on another thread
//===----------------------------------------------------------------------===//

// The slow part of loading a program, as an object. One thread creates it and
// takes the result; another one runs it. Until iree_ffi_load_run returns, the
// load belongs to the other thread, and only iree_ffi_release may be called
// with it.
typedef struct iree_ffi_load_t iree_ffi_load_t;

// Loads a bytecode module; see iree_ffi_bytecode_module_open.
IREE_API_EXPORT iree_ffi_load_t* iree_ffi_load_module_file(
    iree_ffi_instance_t* instance, const uint8_t* path, uint32_t path_length,
    uint32_t map);
// Loads a bytecode module from bytes, which are copied immediately; see
// iree_ffi_bytecode_module_create.
IREE_API_EXPORT iree_ffi_load_t* iree_ffi_load_module_bytes(
    iree_ffi_instance_t* instance, const uint8_t* bytes, size_t length);
// Opens a parameter file; see iree_ffi_parameter_file_open.
IREE_API_EXPORT iree_ffi_load_t* iree_ffi_load_parameter_file(
    iree_ffi_instance_t* instance, const uint8_t* path, uint32_t path_length,
    uint32_t mode, uint32_t writable);
// Creates a context; see iree_ffi_context_create.
IREE_API_EXPORT iree_ffi_load_t* iree_ffi_load_context(
    iree_ffi_instance_t* instance, uint32_t flags,
    iree_ffi_module_list_t* modules);

// Keeps a device alive as long as |load|, whose modules use the device.
IREE_API_EXPORT uint32_t iree_ffi_load_hold_devices(
    iree_ffi_load_t* load, iree_hal_device_group_t* group);

// Returns a ticket for one iree_ffi_load_run; 0 on failure. Must be called on
// the thread that created |load|.
IREE_API_EXPORT uint32_t iree_ffi_load_begin(iree_ffi_load_t* load);
// Loads, and keeps the outcome. Can run on any thread. Does nothing if the
// isolate that holds the ticket has ended.
IREE_API_EXPORT void iree_ffi_load_run(uint32_t ticket);
// Returns the loaded object, once; NULL on failure.
IREE_API_EXPORT void* iree_ffi_load_take(iree_ffi_load_t* load);

//===----------------------------------------------------------------------===//
// References
//===----------------------------------------------------------------------===//

// Holds one reference to an object of any registered type.
typedef struct iree_ffi_ref_t iree_ffi_ref_t;

// Writes the full type name of the object (`custom.string`).
IREE_API_EXPORT uint32_t iree_ffi_ref_type_name(iree_ffi_ref_t* ref,
                                                uint8_t* buffer,
                                                uint32_t capacity);

// Returns 1 if both hold the same object.
IREE_API_EXPORT uint32_t iree_ffi_ref_equal(iree_ffi_ref_t* lhs,
                                            iree_ffi_ref_t* rhs);

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

// A function of a context, prepared for calls. Its signature is parsed and the
// storage for arguments and results exists, so a call with scalars is one
// crossing without an allocation. Retains the context.
typedef struct iree_ffi_call_t iree_ffi_call_t;

// Prepares the function |name| exported by module |module_ordinal| of
// |context|. Tensor arguments are allocated on the first device of |group|,
// which the context uses, or in host memory if |group| is NULL. Set
// |takes_fences| to 1 for a function of the model `coarse-fences`, whose last
// two arguments are fences: the call creates them and waits until the second
// one is signaled. Later calls read at most |arguments_length| bytes and write
// at most |results_length| bytes; fails if the values need more.
IREE_API_EXPORT iree_ffi_call_t* iree_ffi_call_create(
    iree_ffi_instance_t* instance, iree_vm_context_t* context,
    iree_hal_device_group_t* group, uint32_t takes_fences,
    uint32_t module_ordinal, const uint8_t* name, uint32_t name_length,
    uint32_t arguments_length, uint32_t results_length);

// Sets argument |ordinal| of the next call to a reference, which is retained
// until that call ends.
IREE_API_EXPORT uint32_t iree_ffi_call_set_ref(iree_ffi_call_t* call,
                                               uint32_t ordinal, uint32_t kind,
                                               void* object);

// Sets argument |ordinal| of the next call to a view over new memory with a
// copy of |bytes|; see iree_ffi_buffer_view_create for the rest.
IREE_API_EXPORT uint32_t iree_ffi_call_set_tensor(
    iree_ffi_call_t* call, uint32_t ordinal, uint32_t element_type,
    const double* dims, uint32_t rank, const uint8_t* bytes, double length);

// Sets argument |ordinal| of the next call to a view over new memory of
// |length| bytes, all of which iree_ffi_call_fill_tensor must then fill.
// Returns IREE_STATUS_UNAVAILABLE, and sets nothing, if the host cannot write
// the memory.
IREE_API_EXPORT uint32_t iree_ffi_call_begin_tensor(
    iree_ffi_call_t* call, uint32_t ordinal, uint32_t element_type,
    const double* dims, uint32_t rank, double length);

// Copies |bytes| into the tensor of argument |ordinal|.
IREE_API_EXPORT uint32_t iree_ffi_call_fill_tensor(iree_ffi_call_t* call,
                                                   uint32_t ordinal,
                                                   double offset,
                                                   const uint8_t* bytes,
                                                   double length);

// Binds the references set as arguments: all further calls use them. Do not set
// them again.
IREE_API_EXPORT void iree_ffi_call_bind(iree_ffi_call_t* call);

// Calls the function. Arguments and results are laid out as in IREE's calling
// convention, one after the other: i32 and f32 in 4 bytes, i64 and f64 in 8
// bytes aligned to 8, references in 16 bytes aligned to 8. References in
// |arguments| are not read. In |results| a reference's place receives its kind
// as a u32 and, for a buffer view, the element type as a u32 and the length in
// bytes as a double. References in arguments are released when the call ends;
// those in results by iree_ffi_call_take_ref or the next call, or immediately
// if |results| is NULL.
IREE_API_EXPORT uint32_t iree_ffi_call_invoke(iree_ffi_call_t* call,
                                              const uint8_t* arguments,
                                              uint8_t* results);

// Takes the reference in result |ordinal| of the last call. |kind| is the kind
// that the slot reported; fails with ABORTED for an object of another kind.
IREE_API_EXPORT void* iree_ffi_call_take_ref(iree_ffi_call_t* call,
                                             uint32_t ordinal, uint32_t kind);

// Copies the contents of the buffer view in result |ordinal| of the last call,
// all |length| bytes of it, and releases the view.
IREE_API_EXPORT uint32_t iree_ffi_call_read_tensor(iree_ffi_call_t* call,
                                                   uint32_t ordinal,
                                                   uint8_t* target,
                                                   double length);

// Asynchronous calls: the caller begins or submits the call on its own thread,
// another thread runs it or waits for it, and the caller ends it on its own
// thread afterwards. Meanwhile the call belongs to the other thread, and only
// iree_ffi_release may be called with it; for a submitted call, also
// iree_ffi_call_take_ref and iree_ffi_call_await.

// Keeps devices alive as long as the call: their memory may be among its
// arguments, or in objects that those hold.
IREE_API_EXPORT uint32_t iree_ffi_call_hold_devices(
    iree_ffi_call_t* call, iree_hal_device_group_t* group);

// Takes the arguments of a call. Returns a ticket for one iree_ffi_call_run; 0
// on failure. The call may make calls of |host| if that is not NULL.
IREE_API_EXPORT uint32_t iree_ffi_call_begin(iree_ffi_call_t* call,
                                             const uint8_t* arguments,
                                             iree_ffi_host_t* host);
// Makes the call and keeps its outcome; submits a call of the model
// coarse-fences. Can run on any thread while nothing else uses the context.
// Does nothing if the isolate that holds the ticket has ended.
IREE_API_EXPORT void iree_ffi_call_run(uint32_t ticket);
// Returns how a call ended and, if it succeeded and |results| is not NULL,
// writes its results.
IREE_API_EXPORT uint32_t iree_ffi_call_end(iree_ffi_call_t* call,
                                           uint8_t* results);

// Makes the next call of |call| start after the work that |predecessor|
// submitted has ended, in success or failure. A call of the model coarse-fences
// waits on the device; otherwise the thread that makes the call waits.
IREE_API_EXPORT uint32_t iree_ffi_call_follow(iree_ffi_call_t* call,
                                              iree_ffi_call_t* predecessor);
// Calls a function of the model coarse-fences and may return before the device
// has finished. The tensors in the results exist already, but their contents
// are not written yet.
IREE_API_EXPORT uint32_t iree_ffi_call_submit(iree_ffi_call_t* call,
                                              const uint8_t* arguments,
                                              uint8_t* results);
// Returns a ticket for one iree_ffi_call_wait for the submitted work; 0 on
// failure.
IREE_API_EXPORT uint32_t iree_ffi_call_hold(iree_ffi_call_t* call);
// Waits for the work of a submitted call and keeps its outcome. Can run on any
// thread. Does nothing if the isolate that holds the ticket has ended.
IREE_API_EXPORT void iree_ffi_call_wait(uint32_t ticket);
// Waits on this thread for the work of a submitted call, whether or not another
// thread waits for it, and returns how it ended.
IREE_API_EXPORT uint32_t iree_ffi_call_await(iree_ffi_call_t* call);

//===----------------------------------------------------------------------===//
// Lists
//===----------------------------------------------------------------------===//

// Tags of list elements: an iree_vm_value_type_t, or IREE_FFI_TAG_REF + kind.
enum iree_ffi_tag_e {
  IREE_FFI_TAG_REF = 16,
};

// Creates an empty list of |element_type|, an iree_vm_value_type_t; 0 accepts
// any element.
IREE_API_EXPORT iree_vm_list_t* iree_ffi_list_create(uint32_t element_type,
                                                     uint32_t capacity);
IREE_API_EXPORT uint32_t iree_ffi_list_size(iree_vm_list_t* list);
IREE_API_EXPORT uint32_t iree_ffi_list_resize(iree_vm_list_t* list,
                                              uint32_t size);

// Writes the type name of the elements (`i32`, `vm.list`), or nothing for a
// list of any type.
IREE_API_EXPORT uint32_t iree_ffi_list_element_type(iree_vm_list_t* list,
                                                    uint8_t* buffer,
                                                    uint32_t capacity);

// Reads |count| elements from |start|: 8-byte slots into |values| and one tag
// per element into |tags|. For references only the tag is written.
IREE_API_EXPORT uint32_t iree_ffi_list_read(iree_vm_list_t* list,
                                            uint32_t start, uint32_t count,
                                            uint8_t* values, uint8_t* tags);

// Writes |count| elements from |start| in the format of iree_ffi_list_read.
// Skips elements whose tag is a non-null reference; set those with
// iree_ffi_list_set_ref. If a value does not match a typed list's type, fails
// before anything is written.
IREE_API_EXPORT uint32_t iree_ffi_list_write(iree_vm_list_t* list,
                                             uint32_t start, uint32_t count,
                                             const uint8_t* values,
                                             const uint8_t* tags);

// Retains and returns the object in element |ordinal|. |kind| is the kind that
// the element's tag reported; fails with ABORTED for an object of another kind.
IREE_API_EXPORT void* iree_ffi_list_get_ref(iree_vm_list_t* list,
                                            uint32_t ordinal, uint32_t kind);
// Stores an object in an element. Rejects a list that holds |list|.
IREE_API_EXPORT uint32_t iree_ffi_list_set_ref(iree_vm_list_t* list,
                                               uint32_t ordinal, uint32_t kind,
                                               void* object);

// Writes the elements in the format of iree-run-module, each as |name|[i].
IREE_API_EXPORT uint32_t iree_ffi_list_format(
    iree_vm_list_t* list, const uint8_t* name, uint32_t name_length,
    uint32_t max_element_count, uint8_t* buffer, uint32_t capacity);

//===----------------------------------------------------------------------===//
// VM buffers
//===----------------------------------------------------------------------===//

// Creates a mutable buffer with a copy of |bytes|.
IREE_API_EXPORT iree_vm_buffer_t* iree_ffi_buffer_create(const uint8_t* bytes,
                                                         size_t length);
IREE_API_EXPORT uint64_t iree_ffi_buffer_length(iree_vm_buffer_t* buffer);
IREE_API_EXPORT uint32_t iree_ffi_buffer_read(iree_vm_buffer_t* buffer,
                                              uint64_t offset, uint8_t* target,
                                              size_t length);
IREE_API_EXPORT uint32_t iree_ffi_buffer_write(iree_vm_buffer_t* buffer,
                                               uint64_t offset,
                                               const uint8_t* source,
                                               size_t length);

//===----------------------------------------------------------------------===//
// Buffer views
//===----------------------------------------------------------------------===//

// Creates a view over new memory with a copy of |bytes|: on device |ordinal| of
// |group|, or, if |group| is NULL, in host memory for programs without devices.
// |element_type| is an iree_hal_element_type_t; |dims| are |rank| whole
// numbers. |length| must match the shape and type.
IREE_API_EXPORT iree_hal_buffer_view_t* iree_ffi_buffer_view_create(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
    uint32_t ordinal, uint32_t element_type, const double* dims, uint32_t rank,
    const uint8_t* bytes, double length);

// Copies |length| bytes of the contents from |offset| to |target|, or from
// |source| into them. Waits for the copy, but not for other work on the device.
IREE_API_EXPORT uint32_t iree_ffi_buffer_view_read(iree_hal_buffer_view_t* view,
                                                   double offset,
                                                   uint8_t* target,
                                                   double length);
IREE_API_EXPORT uint32_t
iree_ffi_buffer_view_write(iree_hal_buffer_view_t* view, double offset,
                           const uint8_t* source, double length);

// The alignment that a caller's memory needs to become the contents of a view
// without a copy.
IREE_API_EXPORT uint32_t iree_ffi_import_alignment(void);
// Returns the number of bytes from |bytes| to the next such address.
IREE_API_EXPORT uint32_t iree_ffi_import_offset(const uint8_t* bytes);
// Returns a key that is unique in the process and never 0. Thread-safe.
IREE_API_EXPORT double iree_ffi_import_new_key(void);

// Creates a view over |bytes|, which must stay valid until
// iree_ffi_import_take_released returns |key|, a key of
// iree_ffi_import_new_key; see iree_ffi_buffer_view_create for the rest. Fails
// if the device cannot use host memory, or not at that address. The key may be
// returned even then.
IREE_API_EXPORT iree_hal_buffer_view_t* iree_ffi_import_create(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
    uint32_t ordinal, uint32_t element_type, const double* dims, uint32_t rank,
    uint8_t* bytes, double length, double key);
// Returns the key of memory that native code no longer uses, each key once, or
// 0. Thread-safe.
IREE_API_EXPORT double iree_ffi_import_take_released(void);

// The contents of a view as host memory. Retains the view's buffer. Not
// released at the end of a thread, since another thread may use the memory.
typedef struct iree_ffi_mapping_t iree_ffi_mapping_t;

// Maps the contents, |length| bytes, for reading and writing. Fails if the host
// cannot access the memory or if the contents have another length.
IREE_API_EXPORT iree_ffi_mapping_t* iree_ffi_mapping_create(
    iree_hal_buffer_view_t* view, uint64_t length);
// Returns the memory, which stays valid until the mapping is released.
IREE_API_EXPORT uint8_t* iree_ffi_mapping_data(iree_ffi_mapping_t* mapping);

// Writes packed: element type name (`f32`), rank; then, as u64, byte length and
// each dimension.
IREE_API_EXPORT uint32_t iree_ffi_buffer_view_describe(
    iree_hal_buffer_view_t* view, uint8_t* buffer, uint32_t capacity);

// Writes IREE's text of the view (`2x2xf32=[1 2][3 4]`) with at most
// |max_element_count| elements. Returns IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_buffer_view_format(
    iree_hal_buffer_view_t* view, uint32_t max_element_count, uint8_t* buffer,
    uint32_t capacity);

//===----------------------------------------------------------------------===//
// Modules of the host
//===----------------------------------------------------------------------===//

// Length of the frame that carries the arguments and results of a call: four
// u32 (number of the call, key of the module, ordinal of the function, key of
// the state), then the values as for iree_ffi_call_invoke.
#define IREE_FFI_HOST_FRAME_LENGTH 65536

// Outcome of a call.
enum iree_ffi_host_outcome_e {
  // The function was interrupted.
  IREE_FFI_HOST_INTERRUPTED = 0,
  // The results are in the frame.
  IREE_FFI_HOST_RETURNED = 1,
  // The failure was set.
  IREE_FFI_HOST_FAILED = 2,
};

// Makes the call in the frame, on the isolate's thread; returns its outcome.
typedef uint32_t (*iree_ffi_host_callback_t)(void);

// Creates the host of this thread's isolate.
IREE_API_EXPORT iree_ffi_host_t* iree_ffi_host_create(
    iree_ffi_host_callback_t callback);

// The frame, which lives as long as the host.
IREE_API_EXPORT void* iree_ffi_host_frame(iree_ffi_host_t* host);

// A new key for a module or a value.
IREE_API_EXPORT uint32_t iree_ffi_host_new_key(void);

// Returns the key of a module, a state or a value that was released, or 0.
IREE_API_EXPORT uint32_t iree_ffi_host_take_released(iree_ffi_host_t* host);

// Creates a module. The record is packed: version, name, number of functions;
// for each its name, its calling convention, the number of its attributes and
// their keys and values.
IREE_API_EXPORT iree_vm_module_t* iree_ffi_host_module_create(
    iree_ffi_instance_t* instance, iree_ffi_host_t* host, uint32_t key,
    const uint8_t* record, uint32_t record_length);

// Returns the key of a module's state in a context; 0 on failure.
IREE_API_EXPORT uint32_t iree_ffi_host_state_key(iree_vm_context_t* context,
                                                 iree_vm_module_t* module);

// Records that work which may make calls begins on another thread, or that it
// has ended. iree_ffi_call_begin records it itself.
IREE_API_EXPORT void iree_ffi_host_expect(iree_ffi_host_t* host,
                                          uint32_t begins);

// Returns a ticket for one iree_ffi_host_wait; 0 if no such work runs. If out
// of memory, fails the calls and returns 0.
IREE_API_EXPORT uint32_t iree_ffi_host_hold(iree_ffi_host_t* host);

// Waits for a call of another thread, or until no work runs that may make one.
// Thread-safe. Does nothing if the isolate that holds the ticket has ended.
IREE_API_EXPORT void iree_ffi_host_wait(uint32_t ticket);

// Takes a call of another thread into the frame, and waits for one that long
// while there is work that may make one. Returns its number, or 0.
IREE_API_EXPORT uint32_t iree_ffi_host_take(iree_ffi_host_t* host,
                                            uint32_t microseconds);

// Finishes such a call, with its results in the frame.
IREE_API_EXPORT void iree_ffi_host_finish(iree_ffi_host_t* host, uint32_t id,
                                          uint32_t outcome);

// Sets the failure of call |id|.
IREE_API_EXPORT void iree_ffi_host_fail(iree_ffi_host_t* host, uint32_t id,
                                        uint32_t code, const uint8_t* message,
                                        uint32_t message_length);

// Returns an argument of call |id|, retained; fails unless it is of that kind.
IREE_API_EXPORT void* iree_ffi_host_take_ref(iree_ffi_host_t* host, uint32_t id,
                                             uint32_t ordinal, uint32_t kind);

// Copies the contents of an argument, and writes the dimensions that fit.
// Returns their number, or IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_host_read_tensor(
    iree_ffi_host_t* host, uint32_t id, uint32_t ordinal, double* dims,
    uint32_t dim_capacity, uint8_t* target, double length);

// Writes the name of the trace point that makes call |id|. Returns
// IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_host_text(iree_ffi_host_t* host, uint32_t id,
                                            uint8_t* buffer, uint32_t capacity);

// Writes packed what call |id| reads: count; for each span the key of the
// parameter, then its offset and its length as u64. Returns IREE_FFI_FAILED on
// failure.
IREE_API_EXPORT uint32_t iree_ffi_host_spans(iree_ffi_host_t* host, uint32_t id,
                                             uint8_t* buffer,
                                             uint32_t capacity);

// Copies all bytes of span |ordinal| into the program's parameter.
IREE_API_EXPORT uint32_t iree_ffi_host_fill(iree_ffi_host_t* host, uint32_t id,
                                            uint32_t ordinal,
                                            const uint8_t* bytes,
                                            double length);

// Sets a result to an object, see iree_ffi_call_set_ref.
IREE_API_EXPORT uint32_t iree_ffi_host_set_ref(iree_ffi_host_t* host,
                                               uint32_t id, uint32_t ordinal,
                                               uint32_t kind, void* object);

// Sets a result to a new tensor, see iree_ffi_call_set_tensor.
IREE_API_EXPORT uint32_t iree_ffi_host_set_tensor(
    iree_ffi_host_t* host, uint32_t id, uint32_t ordinal,
    iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
    uint32_t element_type, const double* dims, uint32_t rank,
    const uint8_t* bytes, double length);

// Registers a type whose objects hold values of the host.
IREE_API_EXPORT uint32_t iree_ffi_host_type_register(
    iree_ffi_instance_t* instance, const uint8_t* name, uint32_t name_length);

// Creates an object of such a type for the value |key|, which is given back
// when the object is destroyed.
IREE_API_EXPORT iree_ffi_ref_t* iree_ffi_host_value_create(
    iree_ffi_host_t* host, const uint8_t* name, uint32_t name_length,
    uint32_t key);

// Returns the key of the value, or 0 if it is not one of this host.
IREE_API_EXPORT uint32_t iree_ffi_host_value_key(iree_ffi_host_t* host,
                                                 iree_ffi_ref_t* ref);

// The fences of a function of the model coarse-fences. Releasing them fails the
// second one with UNAVAILABLE unless it was settled.
typedef struct iree_ffi_host_fences_t iree_ffi_host_fences_t;

// Returns the fences of call |id|.
IREE_API_EXPORT iree_ffi_host_fences_t* iree_ffi_host_take_fences(
    iree_ffi_host_t* host, uint32_t id);

// Returns a ticket for one iree_ffi_host_fences_wait; 0 on failure.
IREE_API_EXPORT uint32_t
iree_ffi_host_fences_hold(iree_ffi_host_fences_t* fences);

// Waits until the arguments are written. Thread-safe. Does nothing if the
// isolate that holds the ticket has ended.
IREE_API_EXPORT void iree_ffi_host_fences_wait(uint32_t ticket);

// Returns the outcome of the wait; a failure settles the fences.
IREE_API_EXPORT uint32_t
iree_ffi_host_fences_begin(iree_ffi_host_fences_t* fences);

// Waits on this thread, and returns the outcome in the same way.
IREE_API_EXPORT uint32_t
iree_ffi_host_fences_block(iree_ffi_host_fences_t* fences);

// Settles the fences: the results are written.
IREE_API_EXPORT void iree_ffi_host_fences_signal(
    iree_ffi_host_fences_t* fences);

// Settles the fences: the function has failed.
IREE_API_EXPORT void iree_ffi_host_fences_fail(iree_ffi_host_fences_t* fences,
                                               uint32_t code,
                                               const uint8_t* message,
                                               uint32_t message_length);

//===----------------------------------------------------------------------===//
// Tooling
//===----------------------------------------------------------------------===//

// Creates a tensor from IREE's text form, `2x2xf32=[1 2][3 4]`, or from its
// type, `2x2xf32`, and a copy of |contents|. Allocates on device |ordinal| of
// |group|, or on the heap if |group| is NULL.
IREE_API_EXPORT iree_hal_buffer_view_t* iree_ffi_tensor_parse(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
    uint32_t ordinal, const uint8_t* text, uint32_t text_length,
    const uint8_t* contents, size_t contents_length);

// Writes why |actual| does not match |expected|, or nothing if it does. The
// host must be able to read both. |exact| compares bytes; otherwise
// floating-point elements match if they differ by at most their type's absolute
// tolerance plus |rtol| times the expected value. Returns IREE_FFI_FAILED on
// failure.
IREE_API_EXPORT uint32_t iree_ffi_tensor_compare(
    iree_hal_buffer_view_t* expected, iree_hal_buffer_view_t* actual,
    uint32_t exact, double f16_atol, double f32_atol, double f64_atol,
    double bf16_atol, double rtol, uint8_t* buffer, uint32_t capacity);

// Returns the `!hal.buffer` that holds the contents of a view.
IREE_API_EXPORT iree_ffi_ref_t* iree_ffi_buffer_view_storage(
    iree_hal_buffer_view_t* view);

// Creates an i8 view over a whole `!hal.buffer`.
IREE_API_EXPORT iree_hal_buffer_view_t* iree_ffi_buffer_view_of_storage(
    iree_ffi_ref_t* ref);

// Replaces buffers and views in |list| that the host cannot read with readable
// copies, made by device |ordinal| of |group|.
IREE_API_EXPORT uint32_t iree_ffi_list_to_host(iree_vm_list_t* list,
                                               iree_hal_device_group_t* group,
                                               uint32_t ordinal);

// Fails with INVALID_ARGUMENT if |path| exists and is not a regular file:
// opening a pipe may block forever.
IREE_API_EXPORT uint32_t iree_ffi_file_check(const uint8_t* path,
                                             uint32_t path_length);

// Sets one of IREE's flags, `--name=value`, permanently for the whole process.
// Not thread-safe. A flag that prints something ends the process.
IREE_API_EXPORT uint32_t iree_ffi_flag_set(const uint8_t* argument,
                                           uint32_t length);

// A profiling session of devices.
typedef struct iree_ffi_profiling_t iree_ffi_profiling_t;

// All devices of the group in iree_ffi_profiling_begin.
#define IREE_FFI_ALL_DEVICES UINT32_MAX

// Starts profiling device |ordinal| of |group| if IREE's flags enable it.
IREE_API_EXPORT iree_ffi_profiling_t* iree_ffi_profiling_begin(
    iree_hal_device_group_t* group, uint32_t ordinal);

// Ends profiling: writes the file named by the flags, or prints statistics to
// stderr.
IREE_API_EXPORT uint32_t
iree_ffi_profiling_end(iree_ffi_profiling_t* profiling);

// Starts a capture of all devices of |group| into memory, whatever the flags
// are. |options| is packed: u32 data families (0 for the cheapest statistics)
// and flags of the filter, as in IREE's profile_options.h, u32 halves of the
// filter's command buffer, u32 command, physical device and queue, u32
// milliseconds between flushes (0 for none), u32 whether to record operations
// of the VM, the filter's function pattern, and the count and names of
// counters. Also records what the host does: calls, waits, copies, on all
// threads of the process.
IREE_API_EXPORT iree_ffi_profiling_t* iree_ffi_profiling_capture(
    iree_hal_device_group_t* group, const uint8_t* options,
    uint32_t options_length);

// Writes what devices have recorded so far into the bundle.
IREE_API_EXPORT uint32_t
iree_ffi_profiling_flush(iree_ffi_profiling_t* profiling);

// The clock of captures, in nanoseconds.
IREE_API_EXPORT int64_t iree_ffi_time_now(void);

// Adds a named span of time to a running capture.
IREE_API_EXPORT void iree_ffi_profiling_span(iree_ffi_profiling_t* profiling,
                                             const uint8_t* name,
                                             uint32_t name_length,
                                             int64_t start, int64_t end);

// Returns the profile bundle of a capture that has ended.
IREE_API_EXPORT iree_vm_buffer_t* iree_ffi_profiling_bundle(
    iree_ffi_profiling_t* profiling);

// Flags of iree_ffi_profile_report.
#define IREE_FFI_PROFILE_DISPATCH_EVENTS 1u
#define IREE_FFI_PROFILE_COUNTER_SAMPLES 2u

// Returns the text that a command of IREE's `iree-profile` prints about a
// profile bundle, or the tool's guide if the command is empty. |options| is
// packed: command, format, filter, output path and ROCm library, of which the
// last two are checked but never opened. |id| is -1 for any. If the report
// fails, |out_code| is the code of the failure, and the text is what was
// printed before it.
IREE_API_EXPORT iree_vm_buffer_t* iree_ffi_profile_report(
    const uint8_t* bytes, size_t length, const uint8_t* options,
    uint32_t options_length, int64_t id, uint32_t flags, uint32_t* out_code);

// A recording of what programs ask of devices.
typedef struct iree_ffi_recording_t iree_ffi_recording_t;

// Starts a recording in the file at |path|. |file_policy| and |file_validation|
// are as in IREE's recorder.h.
IREE_API_EXPORT iree_ffi_recording_t* iree_ffi_recording_begin(
    const uint8_t* path, uint32_t path_length, uint32_t file_policy,
    uint32_t file_validation);

// Creates a group of devices that record what they are asked, and pass it on to
// the devices of |group|.
IREE_API_EXPORT iree_hal_device_group_t* iree_ffi_recording_wrap(
    iree_ffi_recording_t* recording, iree_hal_device_group_t* group);

// Records the beginning or the end of a named part.
IREE_API_EXPORT uint32_t
iree_ffi_recording_scope(iree_ffi_recording_t* recording, const uint8_t* name,
                         uint32_t name_length, uint32_t is_begin);

// Completes the file. Fails if part of the recording could not be written.
IREE_API_EXPORT uint32_t
iree_ffi_recording_end(iree_ffi_recording_t* recording);

// Returns the text of a recording, in a format of IREE's dump.h. If it fails,
// |out_code| is the code of the failure, and the text is what was printed
// before it.
IREE_API_EXPORT iree_vm_buffer_t* iree_ffi_replay_dump(const uint8_t* bytes,
                                                       size_t length,
                                                       uint32_t format,
                                                       uint32_t* out_code);

// A recording that can be replayed.
typedef struct iree_ffi_replay_t iree_ffi_replay_t;

IREE_API_EXPORT iree_ffi_replay_t* iree_ffi_replay_create(const uint8_t* bytes,
                                                          size_t length);

// Writes packed: count, then the path of each file that a replay opens, and a
// u32, 1 if it is written.
IREE_API_EXPORT uint32_t iree_ffi_replay_files(iree_ffi_replay_t* replay,
                                               uint8_t* buffer,
                                               uint32_t capacity);

// Allows to open the file at |path| where |recorded| was opened.
IREE_API_EXPORT uint32_t iree_ffi_replay_allow(iree_ffi_replay_t* replay,
                                               const uint8_t* recorded,
                                               uint32_t recorded_length,
                                               const uint8_t* path,
                                               uint32_t path_length);

// Replaces the code of a recorded executable, or of all if its id is 0. An
// empty |format| is inferred; |source| is named in messages.
IREE_API_EXPORT uint32_t iree_ffi_replay_substitute(
    iree_ffi_replay_t* replay, uint64_t executable_id, const uint8_t* format,
    uint32_t format_length, const uint8_t* source, uint32_t source_length,
    const uint8_t* bytes, size_t length);

// Replays on the devices of |group|. Writes the nanoseconds that it took, or
// that the parts named |scope| took unless it is empty.
IREE_API_EXPORT uint32_t iree_ffi_replay_execute(iree_ffi_replay_t* replay,
                                                 iree_hal_device_group_t* group,
                                                 const uint8_t* scope,
                                                 uint32_t scope_length,
                                                 uint64_t* out_nanoseconds);

// Statistics of what the devices of a group execute.
typedef struct iree_ffi_device_profile_t iree_ffi_device_profile_t;

// Starts collecting statistics. Fails if a device cannot, or if it is being
// profiled already.
IREE_API_EXPORT iree_ffi_device_profile_t* iree_ffi_device_profile_begin(
    iree_hal_device_group_t* group);

// Stops collecting; afterwards, the rows are complete.
IREE_API_EXPORT uint32_t
iree_ffi_device_profile_end(iree_ffi_device_profile_t* profile);

// Writes packed: u64 number of dropped records, u32 count, then for each row:
// u32 row type, physical device, queue and event type (as in IREE's
// statistics_sink.h), u64 executable and command buffer, u32 function and
// command, u64 samples, invalid samples, operations, bytes, tiles and
// nanoseconds in tiles, u64 total, minimum and maximum nanoseconds
// (UINT64_MAX without a time), and the function's name.
IREE_API_EXPORT uint32_t iree_ffi_device_profile_rows(
    iree_ffi_device_profile_t* profile, uint8_t* buffer, uint32_t capacity);

// Disassembles all functions in iree_ffi_disassemble.
#define IREE_FFI_ALL_FUNCTIONS UINT32_MAX

// Writes packed: count, then the text of each function, or of function
// |ordinal| only. Verifies the program first, and never runs it. Its types need
// not be registered.
IREE_API_EXPORT uint32_t iree_ffi_disassemble(const uint8_t* bytes,
                                              size_t length, uint32_t ordinal,
                                              uint32_t with_offsets,
                                              uint8_t* buffer,
                                              uint32_t capacity);

// Checks the FlatBuffer of a program, without its length prefix. Its bytecode
// is not checked.
IREE_API_EXPORT uint32_t iree_ffi_flatbuffer_verify(const uint8_t* bytes,
                                                    size_t length);

// Writes packed: count, then LLVM's name of each CPU feature that IREE knows
// for this architecture and a u32, 1 if this CPU has it.
IREE_API_EXPORT uint32_t iree_ffi_cpu_features(uint8_t* buffer,
                                               uint32_t capacity);

// Returns where the first closing bracket of a JSON text is; |length| if it has
// none. Thread-safe.
IREE_API_EXPORT uint32_t iree_ffi_json_array_end(const uint8_t* json,
                                                 uint32_t length);

// Reads the |count| numbers of a JSON array, without its brackets, into
// |values|. Each becomes the f32 nearest to its nearest f64. Returns 1, or 0 if
// the text is anything else, has a number that f32 cannot represent, or one
// whose rounding takes more than f64 to find; |values| are undefined then.
// Thread-safe.
IREE_API_EXPORT uint32_t iree_ffi_json_floats(const uint8_t* json,
                                              uint32_t length, float* values,
                                              uint32_t count);

// A thread that ends the process after a timeout.
typedef struct iree_ffi_watchdog_t iree_ffi_watchdog_t;

// Ends the process with |exit_status| after |milliseconds|, unless released
// before; writes |message| to stderr first.
IREE_API_EXPORT iree_ffi_watchdog_t* iree_ffi_watchdog_create(
    double milliseconds, uint32_t exit_status, const uint8_t* message,
    uint32_t message_length);

//===----------------------------------------------------------------------===//
// Tokenizers
//===----------------------------------------------------------------------===//

// Turns text into tokens and back. Does not need an instance.
typedef struct iree_ffi_tokenizer_t iree_ffi_tokenizer_t;

// Creates a tokenizer from the contents of a tokenizer.json of Hugging Face.
IREE_API_EXPORT iree_ffi_tokenizer_t* iree_ffi_tokenizer_from_json(
    const uint8_t* bytes, size_t length);

// Creates a tokenizer from the contents of a .tiktoken file, for an encoding
// such as cl100k_base.
IREE_API_EXPORT iree_ffi_tokenizer_t* iree_ffi_tokenizer_from_tiktoken(
    const uint8_t* bytes, size_t length, const uint8_t* encoding,
    uint32_t encoding_length);

// Writes the JSON text of a member of the object |json|, without the quotes of
// a string; nothing if it does not exist.
IREE_API_EXPORT uint32_t
iree_ffi_json_member(const uint8_t* json, size_t length, const uint8_t* name,
                     uint32_t name_length, uint8_t* buffer, uint32_t capacity);

// Writes packed: the type of the model, then u32: the highest id + 1, the
// numbers of tokens and of merges, the ids of bos, eos, unk, pad, cls, sep and
// mask (UINT32_MAX without one), and the numbers of special tokens that are
// added: before and after one text, and before, between and after two texts.
// Then a count, and the u32 id and the text of each special token.
IREE_API_EXPORT uint32_t iree_ffi_tokenizer_describe(
    iree_ffi_tokenizer_t* tokenizer, uint8_t* buffer, uint32_t capacity);

// Returns the id of a token, or UINT32_MAX.
IREE_API_EXPORT uint32_t iree_ffi_tokenizer_token_id(
    iree_ffi_tokenizer_t* tokenizer, const uint8_t* text, uint32_t length);

// Writes packed: u32 attributes of a token (iree_tokenizer_token_attr_t, UNUSED
// for an id without one), and its text in the vocabulary.
IREE_API_EXPORT uint32_t
iree_ffi_tokenizer_token(iree_ffi_tokenizer_t* tokenizer, uint32_t id,
                         uint8_t* buffer, uint32_t capacity);

// Encodes |count| texts in UTF-8, which end at |ends| in |text|, or half as
// many pairs of texts. |flags| are iree_tokenizer_encode_flags_t. Writes the
// number of tokens of each text or pair to |counts| and, if all fit into
// |capacity|, their ids, type ids and, if the flags ask for them, offsets: the
// first byte of each token in its text and the byte after it. Returns the
// number of all tokens.
IREE_API_EXPORT uint32_t iree_ffi_tokenizer_encode(
    iree_ffi_tokenizer_t* tokenizer, const uint8_t* text, const uint32_t* ends,
    uint32_t count, uint32_t in_pairs, uint32_t flags, uint32_t* counts,
    uint32_t* ids, uint8_t* type_ids, uint32_t* offsets, uint32_t capacity);

// Decodes |count| lists of ids, which end at |ends| in |ids|. Ids without a
// token have no text. |flags| are iree_tokenizer_decode_flags_t. Writes all
// texts, and where each ends in |out_ends|.
IREE_API_EXPORT uint32_t iree_ffi_tokenizer_decode(
    iree_ffi_tokenizer_t* tokenizer, const uint32_t* ids, const uint32_t* ends,
    uint32_t count, uint32_t flags, uint32_t* out_ends, uint8_t* buffer,
    uint32_t capacity);

// Encodes a text that arrives in parts.
typedef struct iree_ffi_encode_stream_t iree_ffi_encode_stream_t;
IREE_API_EXPORT iree_ffi_encode_stream_t* iree_ffi_encode_stream_create(
    iree_ffi_tokenizer_t* tokenizer, uint32_t flags);

// Encodes a part of a text, which ends between characters, and the rest at its
// end, after which another text can follow. Returns the number of tokens that
// are known by now, and writes them if they fit; otherwise keeps them for the
// next call. A failure drops the text.
IREE_API_EXPORT uint32_t iree_ffi_encode_stream_feed(
    iree_ffi_encode_stream_t* stream, const uint8_t* text, uint32_t length,
    uint32_t is_end, uint32_t* ids, uint8_t* type_ids, uint32_t capacity);

// Decodes ids that arrive in parts.
typedef struct iree_ffi_decode_stream_t iree_ffi_decode_stream_t;
IREE_API_EXPORT iree_ffi_decode_stream_t* iree_ffi_decode_stream_create(
    iree_ffi_tokenizer_t* tokenizer, uint32_t flags);

// Decodes ids, and the rest at the end, as iree_ffi_encode_stream_feed does.
IREE_API_EXPORT uint32_t iree_ffi_decode_stream_feed(
    iree_ffi_decode_stream_t* stream, const uint32_t* ids, uint32_t count,
    uint32_t is_end, uint8_t* buffer, uint32_t capacity);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  // IREE_FFI_H_
