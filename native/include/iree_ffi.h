// The flat layer of IREE for Deno: what of IREE's C API is not callable with
// numbers, pointers and (buffer, length) pairs alone, made so.
//
// Conventions, the same for every function here:
//  - A function that creates returns the new object, or NULL on failure.
//  - A function that acts returns an IREE status code; 0 is OK.
//  - After a failure iree_ffi_failure_code and iree_ffi_failure_take tell what
//    happened. Failures are kept per thread.
//  - Text and records go out through (buffer, capacity): the function returns
//    the length that the whole answer needs and writes it only when it fits, so
//    that a caller grows its buffer and asks again.
//  - Text comes in as UTF-8 bytes with a length, without a NUL.
//  - "Packed" records are little sequences of u32 numbers and strings; a string
//    is its u32 length followed by its bytes, without padding.
//  - Whoever got an object owns a reference to it, until iree_ffi_release. An
//    object is used and released on the thread that got it; what a thread has
//    not released when it ends is released then, but for mappings and, if there
//    are any, their devices.

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

// What a null result of a function that returns a length means: the failure is
// in iree_ffi_failure_code.
#define IREE_FFI_FAILED UINT32_MAX

//===----------------------------------------------------------------------===//
// Library
//===----------------------------------------------------------------------===//

// Changes whenever a declaration of this header does; a caller that was written
// for another number must not call anything else.
#define IREE_FFI_ABI_VERSION 6

IREE_API_EXPORT uint32_t iree_ffi_abi_version(void);

// Writes packed: version of the flat layer, version of IREE.
IREE_API_EXPORT uint32_t iree_ffi_version(uint8_t* buffer, uint32_t capacity);

// Writes four u64: live bytes, live allocations, peak of live bytes, and
// allocations made so far, of everything allocated through this layer in the
// process. The peak is exact where one thread allocates, else to within 64 KiB a
// thread. Thread-safe.
IREE_API_EXPORT void iree_ffi_statistics(uint64_t* out_statistics);

// Makes an allocation through this layer fail: the |countdown|-th from now on,
// of all threads. 0 makes none fail. For tests.
IREE_API_EXPORT void iree_ffi_fail_allocation(uint32_t countdown);

// Begins the use of the library by an isolate. |isolate| names it among those
// of the process. If another isolate had this thread before, that
// one is gone, and what it was given is released. What it had mapped stays, as
// at the end of a thread.
//
// Makes C's stdout line-buffered even when it is not a terminal, so that what
// native modules print stays in order with what the host program prints.
IREE_API_EXPORT void iree_ffi_isolate_enter(uint64_t isolate);

//===----------------------------------------------------------------------===//
// Objects
//===----------------------------------------------------------------------===//

// What an object is, in the order in which objects can be released when many
// are at once. The first ones are also what a reference can point to.
enum iree_ffi_kind_e {
  // A null reference.
  IREE_FFI_KIND_NULL = 0,
  // iree_ffi_ref_t*: an object of any type without a kind of its own.
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
  // iree_hal_device_group_t*
  IREE_FFI_KIND_DEVICE_GROUP = 15,
  // iree_ffi_watchdog_t*
  IREE_FFI_KIND_WATCHDOG = 16,
  // iree_ffi_instance_t*
  IREE_FFI_KIND_INSTANCE = 17,
  IREE_FFI_KIND_COUNT = 18,
};

// Releases a reference that this thread got. One that it did not get, or has
// released before, is left alone.
IREE_API_EXPORT void iree_ffi_release(uint32_t kind, void* object);

//===----------------------------------------------------------------------===//
// Failures
//===----------------------------------------------------------------------===//

// Status code of this thread's last failure, 0 when there is none.
IREE_API_EXPORT uint32_t iree_ffi_failure_code(void);

// Writes IREE's full text of the last failure and forgets it. When the text
// does not fit it is kept for the next call.
IREE_API_EXPORT uint32_t iree_ffi_failure_take(uint8_t* buffer,
                                               uint32_t capacity);

//===----------------------------------------------------------------------===//
// Instance
//===----------------------------------------------------------------------===//

// The one VM instance of this process: IREE keeps type registrations in global
// variables, so two of them would mix up each other's types.
typedef struct iree_ffi_instance_t iree_ffi_instance_t;

// Creates the instance or retains the existing one. Every object made from it
// must be released before it is. Thread-safe.
IREE_API_EXPORT iree_ffi_instance_t* iree_ffi_instance_acquire(void);

// Returns 1 when a type of that full name (`hal.buffer_view`) is registered.
IREE_API_EXPORT uint32_t iree_ffi_instance_has_type(
    iree_ffi_instance_t* instance, const uint8_t* name, uint32_t name_length);

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

// Loads a bytecode module from a file that is read into memory (|map| 0) or
// mapped (|map| 1).
IREE_API_EXPORT iree_vm_module_t* iree_ffi_bytecode_module_open(
    iree_ffi_instance_t* instance, const uint8_t* path, uint32_t path_length,
    uint32_t map);

// Loads a bytecode module from bytes, which are copied.
IREE_API_EXPORT iree_vm_module_t* iree_ffi_bytecode_module_create(
    iree_ffi_instance_t* instance, const uint8_t* bytes, size_t length);

// Loads the library at |path| and creates a module with its function
// |export_name|. |parameters| is packed: count, then key and value each. The
// library stays loaded until the process ends.
IREE_API_EXPORT iree_vm_module_t* iree_ffi_dynamic_module_create(
    iree_ffi_instance_t* instance, const uint8_t* path, uint32_t path_length,
    const uint8_t* export_name, uint32_t export_name_length,
    const uint8_t* parameters, uint32_t parameters_length);

// IREE's builtin modules: what a compiled program may require by name. Of
// |device_group|, device |lead| allocates what any of several could.
IREE_API_EXPORT iree_vm_module_t* iree_ffi_hal_module_create(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* device_group,
    uint32_t lead);
IREE_API_EXPORT iree_vm_module_t* iree_ffi_hal_inline_module_create(
    iree_ffi_instance_t* instance);
IREE_API_EXPORT iree_vm_module_t* iree_ffi_hal_loader_module_create(
    iree_ffi_instance_t* instance);
IREE_API_EXPORT iree_vm_module_t* iree_ffi_vmvx_module_create(
    iree_ffi_instance_t* instance);

// Writes packed: name, version, import count, export count; attribute count and
// each attribute's key and value; dependency count and each dependency's name,
// minimum version and flags. IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_module_describe(iree_vm_module_t* module,
                                                  uint8_t* buffer,
                                                  uint32_t capacity);

// Writes packed: linkage, name, calling convention, attribute count and each
// attribute's key and value. |linkage| is an iree_vm_function_linkage_t.
// IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_module_describe_function(
    iree_vm_module_t* module, uint32_t linkage, uint32_t ordinal,
    uint8_t* buffer, uint32_t capacity);

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

// Writes packed: count, then name and full name of each driver.
// IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_driver_list(uint8_t* buffer,
                                              uint32_t capacity);

// Creates the driver |name| and writes packed: count, then path, name and
// details of each of its devices; details only when |with_details| is 1.
// IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_driver_devices(const uint8_t* name,
                                                 uint32_t name_length,
                                                 uint32_t with_details,
                                                 uint8_t* buffer,
                                                 uint32_t capacity);

// Creates the devices named by |uris| (packed: count, then each) as one group
// whose members can wait on each other.
//
// |allocators| (packed: count, then each) are specifications of what the
// allocator of each device is wrapped in, as iree/hal/utils/allocators.h has
// them.
//
// |task| is empty, or says how the workers of devices of the driver local-task
// are spread. Packed: number of workers, or 0; most workers on a node; an
// iree_task_topology_performance_level_t; an iree_task_topology_distribution_t;
// microseconds to spin; bytes of stack; bytes of local memory; nodes, as
// iree_task_topology_select_nodes takes them; the number of sets of processors,
// and of each a count and the processors. Sets, when there are any, decide
// alone; then the number of workers, unless it is 0; then the nodes.
IREE_API_EXPORT iree_hal_device_group_t* iree_ffi_device_group_create(
    const uint8_t* uris, uint32_t uris_length, const uint8_t* allocators,
    uint32_t allocators_length, const uint8_t* task, uint32_t task_length);

// Writes the id of device |ordinal| of the group. IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_device_id(iree_hal_device_group_t* group,
                                            uint32_t ordinal, uint8_t* buffer,
                                            uint32_t capacity);

// Asks the driver for a fact about a device.
IREE_API_EXPORT uint32_t iree_ffi_device_query_i64(
    iree_hal_device_group_t* group, uint32_t ordinal, const uint8_t* category,
    uint32_t category_length, const uint8_t* key, uint32_t key_length,
    int64_t* out_value);

// Gives memory back to the system that a device keeps for later.
IREE_API_EXPORT uint32_t iree_ffi_device_trim(iree_hal_device_group_t* group,
                                              uint32_t ordinal);

// Blocks until everything that was submitted to a device is done. Fails with
// DEADLINE_EXCEEDED after |timeout_ns|; a number beyond INT64_MAX is no limit.
IREE_API_EXPORT uint32_t iree_ffi_device_wait_idle(
    iree_hal_device_group_t* group, uint32_t ordinal, uint64_t timeout_ns);

// Writes six u64 about the allocator of a device: peak, allocated and freed
// bytes of the host's memory, and the same of the device's.
IREE_API_EXPORT uint32_t iree_ffi_device_statistics(
    iree_hal_device_group_t* group, uint32_t ordinal,
    uint64_t* out_statistics);

// Writes the same as text, in IREE's words. IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_device_format_statistics(
    iree_hal_device_group_t* group, uint32_t ordinal, uint8_t* buffer,
    uint32_t capacity);

// Writes packed: count; of each heap that the allocator of a device serves:
// type as text, a count and the names of allowed usages, the size of the largest
// allocation and the least alignment as u64. IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_device_memory_heaps(
    iree_hal_device_group_t* group, uint32_t ordinal, uint8_t* buffer,
    uint32_t capacity);

// Writes how workers would be spread for a record |task|, as
// iree_ffi_device_group_create takes it. Packed: of each topology 1, its node,
// the number of its workers, and of each: ordinal, name, processor, what the
// system calls it, five numbers of its iree_thread_affinity_t (group_any,
// id_assigned, group, id, smt), bytes of its caches of levels 1 to 3, and with
// which other workers it shares a cache (a count, UINT32_MAX for all, and the
// ordinals). Then 0. IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_task_topologies(const uint8_t* task,
                                                  uint32_t task_length,
                                                  uint8_t* buffer,
                                                  uint32_t capacity);

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

// How the bytes of a file of parameters are reached.
enum iree_ffi_parameter_mode_e {
  // They are read from the file whenever a program wants them.
  IREE_FFI_PARAMETER_MODE_FILE = 0,
  // They are read into memory when the file is opened.
  IREE_FFI_PARAMETER_MODE_PRELOAD = 1,
  // They are mapped into memory.
  IREE_FFI_PARAMETER_MODE_MMAP = 2,
};

// Opens a file of parameters, whatever its format. |mode| is an
// iree_ffi_parameter_mode_e. Programs can write to the parameters if |writable|
// is not 0: to the file in mode FILE, to memory otherwise.
IREE_API_EXPORT iree_io_file_handle_t* iree_ffi_parameter_file_open(
    const uint8_t* path, uint32_t path_length, uint32_t mode,
    uint32_t writable);

// Makes a file in memory with a copy of |bytes|. Programs can write to it if
// |writable| is not 0.
IREE_API_EXPORT iree_io_file_handle_t* iree_ffi_parameter_file_create(
    const uint8_t* bytes, size_t length, uint32_t writable);

// Creates an index without entries.
IREE_API_EXPORT iree_io_parameter_index_t* iree_ffi_parameter_index_create(
    void);

// Adds an entry of |length| bytes at |offset| of |file|, which is retained. Key
// and metadata are copied.
IREE_API_EXPORT uint32_t iree_ffi_parameter_index_add_file(
    iree_io_parameter_index_t* index, const uint8_t* key, uint32_t key_length,
    const uint8_t* metadata, uint32_t metadata_length,
    iree_io_file_handle_t* file, uint64_t offset, uint64_t length);

// Adds an entry of |length| bytes that are |pattern| again and again.
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
// |path_offset| of the file at |path|, which must exist.
IREE_API_EXPORT uint32_t iree_ffi_parameter_index_write(
    iree_io_parameter_index_t* index, uint32_t ordinal, uint64_t offset,
    uint64_t length, const uint8_t* path, uint32_t path_length,
    uint64_t path_offset);

// Scopes of parameters, each a name and what an index had when it was pushed.
// Programs can take the beginning of a longer parameter if |partial| is not 0.
typedef struct iree_ffi_parameter_scopes_t iree_ffi_parameter_scopes_t;

IREE_API_EXPORT iree_ffi_parameter_scopes_t* iree_ffi_parameter_scopes_create(
    uint32_t capacity);
IREE_API_EXPORT uint32_t iree_ffi_parameter_scopes_push(
    iree_ffi_parameter_scopes_t* scopes, const uint8_t* name,
    uint32_t name_length, iree_io_parameter_index_t* index, uint32_t partial);

// The builtin module through which programs get the parameters of |scopes|.
IREE_API_EXPORT iree_vm_module_t* iree_ffi_io_parameters_module_create(
    iree_ffi_instance_t* instance, iree_ffi_parameter_scopes_t* scopes);

//===----------------------------------------------------------------------===//
// Contexts
//===----------------------------------------------------------------------===//

// A list of modules in the order of their registration.
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
// globals are its own from then on, objects are shared.
IREE_API_EXPORT iree_vm_context_t* iree_ffi_context_fork(
    iree_vm_context_t* context);

//===----------------------------------------------------------------------===//
// Loading on another thread
//===----------------------------------------------------------------------===//

// What takes long when a program is loaded, as an object: one thread creates it
// and takes what was loaded, another one runs it. Until that returned, it
// belongs to the other thread: only iree_ffi_release may be called with it.
typedef struct iree_ffi_load_t iree_ffi_load_t;

// Loads a bytecode module; see iree_ffi_bytecode_module_open.
IREE_API_EXPORT iree_ffi_load_t* iree_ffi_load_module_file(
    iree_ffi_instance_t* instance, const uint8_t* path, uint32_t path_length,
    uint32_t map);
// Loads a bytecode module; see iree_ffi_bytecode_module_create. The bytes are
// copied at once.
IREE_API_EXPORT iree_ffi_load_t* iree_ffi_load_module_bytes(
    iree_ffi_instance_t* instance, const uint8_t* bytes, size_t length);
// Opens a file of parameters; see iree_ffi_parameter_file_open.
IREE_API_EXPORT iree_ffi_load_t* iree_ffi_load_parameter_file(
    iree_ffi_instance_t* instance, const uint8_t* path, uint32_t path_length,
    uint32_t mode, uint32_t writable);
// Creates a context; see iree_ffi_context_create.
IREE_API_EXPORT iree_ffi_load_t* iree_ffi_load_context(
    iree_ffi_instance_t* instance, uint32_t flags,
    iree_ffi_module_list_t* modules);

// Keeps a device alive as long as |load|: its modules use the device.
IREE_API_EXPORT uint32_t iree_ffi_load_hold_devices(
    iree_ffi_load_t* load, iree_hal_device_group_t* group);

// Says that iree_ffi_load_run is going to be called.
IREE_API_EXPORT void iree_ffi_load_begin(iree_ffi_load_t* load);
// Loads and keeps how it ended. Runs on any thread.
IREE_API_EXPORT void iree_ffi_load_run(iree_ffi_load_t* load);
// Hands out what was loaded, once; NULL on failure.
IREE_API_EXPORT void* iree_ffi_load_take(iree_ffi_load_t* load);

//===----------------------------------------------------------------------===//
// References
//===----------------------------------------------------------------------===//

// Holds one reference to an object of any registered type.
typedef struct iree_ffi_ref_t iree_ffi_ref_t;

// Writes the full name of the type of the object (`custom.string`).
IREE_API_EXPORT uint32_t iree_ffi_ref_type_name(iree_ffi_ref_t* ref,
                                                uint8_t* buffer,
                                                uint32_t capacity);

// Returns 1 when both hold the same object.
IREE_API_EXPORT uint32_t iree_ffi_ref_equal(iree_ffi_ref_t* lhs,
                                            iree_ffi_ref_t* rhs);

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

// A function of a context prepared for calls: its signature is parsed and its
// places for arguments and results are there, so that a call of scalars is one
// crossing without an allocation. Retains the context.
typedef struct iree_ffi_call_t iree_ffi_call_t;

// Prepares the function |name| exported by module |module_ordinal| of |context|.
// Tensors that are passed to it are allocated on the first device of |group|,
// which the context uses, or, where that is NULL, in host memory.
// |takes_fences| is 1 for a function of the model `coarse-fences`, whose last
// two arguments are fences: the call makes them and waits until the second one
// is signaled.
IREE_API_EXPORT iree_ffi_call_t* iree_ffi_call_create(
    iree_ffi_instance_t* instance, iree_vm_context_t* context,
    iree_hal_device_group_t* group, uint32_t takes_fences,
    uint32_t module_ordinal, const uint8_t* name, uint32_t name_length);

// Sets argument |ordinal| of the next call to a reference, which is retained
// until that call ends.
IREE_API_EXPORT uint32_t iree_ffi_call_set_ref(iree_ffi_call_t* call,
                                               uint32_t ordinal, uint32_t kind,
                                               void* object);

// Sets argument |ordinal| of the next call to a view over new memory with a
// copy of |bytes|; the rest is as in iree_ffi_buffer_view_create.
IREE_API_EXPORT uint32_t iree_ffi_call_set_tensor(
    iree_ffi_call_t* call, uint32_t ordinal, uint32_t element_type,
    const double* dims, uint32_t rank, const uint8_t* bytes, double length);

// Keeps the references that were set as arguments: all further calls are made
// with them. Those are not to be set again.
IREE_API_EXPORT void iree_ffi_call_bind(iree_ffi_call_t* call);

// Calls. Arguments and results are laid out as IREE's calling convention does:
// one after the other, i32 and f32 in 4 bytes, i64 and f64 in 8 bytes aligned
// to 8, references in 16 bytes aligned to 8. A reference's place is not read in
// |arguments|; in |results| it receives its kind as a u32 and, of a buffer view,
// the element type as a u32 and the length in bytes as a double. References in
// arguments are released when the call ends, those in results by
// iree_ffi_call_take_ref or the next call; where |results| is NULL, at once.
IREE_API_EXPORT uint32_t iree_ffi_call_invoke(iree_ffi_call_t* call,
                                              const uint8_t* arguments,
                                              uint8_t* results);

// Takes the reference in result |ordinal| of the last call; the pointer is of
// the kind that its slot said.
IREE_API_EXPORT void* iree_ffi_call_take_ref(iree_ffi_call_t* call,
                                             uint32_t ordinal);

// Copies the contents of the buffer view in result |ordinal| of the last call,
// all |length| bytes of it, and releases it.
IREE_API_EXPORT uint32_t iree_ffi_call_read_tensor(iree_ffi_call_t* call,
                                                   uint32_t ordinal,
                                                   uint8_t* target,
                                                   double length);

// Asynchronous calls: the caller begins or submits the call on its own thread,
// lets another one run it or wait for it, and ends it on its own thread when
// that returned. Meanwhile the call belongs to the other thread: only
// iree_ffi_release may be called with it, and, where it was submitted,
// iree_ffi_call_take_ref and iree_ffi_call_await.

// Keeps devices alive as long as the call: memory of theirs may be among its
// arguments, or in what those hold.
IREE_API_EXPORT uint32_t iree_ffi_call_hold_devices(
    iree_ffi_call_t* call, iree_hal_device_group_t* group);

// Takes the arguments of a call that iree_ffi_call_run is going to make.
IREE_API_EXPORT void iree_ffi_call_begin(iree_ffi_call_t* call,
                                         const uint8_t* arguments);
// Makes the call and keeps how it ended; one of the model coarse-fences it
// submits. Runs on any thread, while nothing else uses the context.
IREE_API_EXPORT void iree_ffi_call_run(iree_ffi_call_t* call);
// Tells how a call ended and, if it succeeded and |results| is not NULL, gives
// its results.
IREE_API_EXPORT uint32_t iree_ffi_call_end(iree_ffi_call_t* call,
                                           uint8_t* results);

// Makes the next call of |call| begin when the work that |predecessor| submitted
// has ended, in success or failure: on the device, if |call| is of the model
// coarse-fences; else the thread that makes the call waits.
IREE_API_EXPORT uint32_t iree_ffi_call_follow(iree_ffi_call_t* call,
                                              iree_ffi_call_t* predecessor);
// Calls a function of the model coarse-fences and returns while the device may
// be at work on it. The tensors in the results are there already, their
// contents are not.
IREE_API_EXPORT uint32_t iree_ffi_call_submit(iree_ffi_call_t* call,
                                              const uint8_t* arguments,
                                              uint8_t* results);
// Takes the call, whose work was submitted, for iree_ffi_call_wait.
IREE_API_EXPORT void iree_ffi_call_hold(iree_ffi_call_t* call);
// Waits for the work of a submitted call and keeps how it ended. Runs on any
// thread.
IREE_API_EXPORT void iree_ffi_call_wait(iree_ffi_call_t* call);
// Waits on this thread for the work of a submitted call, whether another one
// waits for it or not, and tells how it ended.
IREE_API_EXPORT uint32_t iree_ffi_call_await(iree_ffi_call_t* call);

//===----------------------------------------------------------------------===//
// Lists
//===----------------------------------------------------------------------===//

// Tags of list elements: an iree_vm_value_type_t, or IREE_FFI_TAG_REF + kind.
enum iree_ffi_tag_e {
  IREE_FFI_TAG_REF = 16,
};

// Creates an empty list of |element_type|, an iree_vm_value_type_t; 0 is a list
// of anything.
IREE_API_EXPORT iree_vm_list_t* iree_ffi_list_create(uint32_t element_type,
                                                     uint32_t capacity);
IREE_API_EXPORT uint32_t iree_ffi_list_size(iree_vm_list_t* list);
IREE_API_EXPORT uint32_t iree_ffi_list_resize(iree_vm_list_t* list,
                                              uint32_t size);

// Writes the name of the type of all elements (`i32`, `vm.list`), or nothing
// for a list of anything.
IREE_API_EXPORT uint32_t iree_ffi_list_element_type(iree_vm_list_t* list,
                                                    uint8_t* buffer,
                                                    uint32_t capacity);

// Reads |count| elements from |start|: 8-byte slots into |values| and one tag
// an element into |tags|. References have their tag only.
IREE_API_EXPORT uint32_t iree_ffi_list_read(iree_vm_list_t* list,
                                            uint32_t start, uint32_t count,
                                            uint8_t* values, uint8_t* tags);

// Writes |count| elements from |start| as iree_ffi_list_read gives them.
// Elements with a tag of a reference that is not null are left alone, for
// iree_ffi_list_set_ref. A value of another type than a typed list's is refused
// before anything is written.
IREE_API_EXPORT uint32_t iree_ffi_list_write(iree_vm_list_t* list,
                                             uint32_t start, uint32_t count,
                                             const uint8_t* values,
                                             const uint8_t* tags);

// Retains the object in element |ordinal|; its kind is in the element's tag.
IREE_API_EXPORT void* iree_ffi_list_get_ref(iree_vm_list_t* list,
                                            uint32_t ordinal);
// Puts an object into an element. A list that holds |list| is refused.
IREE_API_EXPORT uint32_t iree_ffi_list_set_ref(iree_vm_list_t* list,
                                               uint32_t ordinal, uint32_t kind,
                                               void* object);

// Writes the elements as iree-run-module prints results, each as |name|[i].
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

// Creates a view over new memory with a copy of |bytes|: of device |ordinal| of
// |group|, or, where that is NULL, host memory for programs without devices.
// |element_type| is an iree_hal_element_type_t; |dims| are |rank| whole
// numbers. |length| is the one that shape and type need.
IREE_API_EXPORT iree_hal_buffer_view_t* iree_ffi_buffer_view_create(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
    uint32_t ordinal, uint32_t element_type, const double* dims, uint32_t rank,
    const uint8_t* bytes, double length);

// Copies |length| bytes of the contents from |offset| to |target|, or from
// |source| into them. Waits for the copy, not for work that others gave to the
// device.
IREE_API_EXPORT uint32_t iree_ffi_buffer_view_read(iree_hal_buffer_view_t* view,
                                                   double offset,
                                                   uint8_t* target,
                                                   double length);
IREE_API_EXPORT uint32_t iree_ffi_buffer_view_write(
    iree_hal_buffer_view_t* view, double offset, const uint8_t* source,
    double length);

// What the address of memory of the caller's must be a multiple of to be the
// contents of a view without a copy.
IREE_API_EXPORT uint32_t iree_ffi_import_alignment(void);
// Returns how many bytes after |bytes| the next such address is.
IREE_API_EXPORT uint32_t iree_ffi_import_offset(const uint8_t* bytes);
// Returns a number that it returns once in a process; never 0. Thread-safe.
IREE_API_EXPORT double iree_ffi_import_new_key(void);

// Makes a view of |bytes|, which must stay until iree_ffi_import_take_released
// tells |key|, which iree_ffi_import_new_key gave; the rest is as in
// iree_ffi_buffer_view_create. Fails where the device cannot use memory of the
// host, or not at that address; the key may be told then too.
IREE_API_EXPORT iree_hal_buffer_view_t* iree_ffi_import_create(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
    uint32_t ordinal, uint32_t element_type, const double* dims, uint32_t rank,
    uint8_t* bytes, double length, double key);
// Returns the key of memory that nothing native uses any more, each once, or 0.
// Thread-safe.
IREE_API_EXPORT double iree_ffi_import_take_released(void);

// The contents of a view as memory of the host. Retains the view's buffer. Not
// released at the end of a thread: its memory may be in use by another one.
typedef struct iree_ffi_mapping_t iree_ffi_mapping_t;

// Maps the contents for reading and writing. Fails where the host cannot see
// the memory.
IREE_API_EXPORT iree_ffi_mapping_t* iree_ffi_mapping_create(
    iree_hal_buffer_view_t* view);
// Returns the memory, which is there until the mapping is released.
IREE_API_EXPORT uint8_t* iree_ffi_mapping_data(iree_ffi_mapping_t* mapping);

// Writes packed: name of the element type (`f32`), rank; then, as u64, byte
// length and each dimension.
IREE_API_EXPORT uint32_t iree_ffi_buffer_view_describe(
    iree_hal_buffer_view_t* view, uint8_t* buffer, uint32_t capacity);

// Writes IREE's text of the view (`2x2xf32=[1 2][3 4]`) with at most
// |max_element_count| elements. IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_buffer_view_format(
    iree_hal_buffer_view_t* view, uint32_t max_element_count, uint8_t* buffer,
    uint32_t capacity);

//===----------------------------------------------------------------------===//
// Tooling
//===----------------------------------------------------------------------===//

// Creates a tensor from IREE's text of it, `2x2xf32=[1 2][3 4]`, or from its
// type, `2x2xf32`, and |contents|, which are copied. It lies on device |ordinal|
// of |group| or, where |group| is NULL, on the heap.
IREE_API_EXPORT iree_hal_buffer_view_t* iree_ffi_tensor_parse(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
    uint32_t ordinal, const uint8_t* text, uint32_t text_length,
    const uint8_t* contents, size_t contents_length);

// Writes why |actual| does not match |expected|, or nothing when it does. Both
// lie where the host can read. |exact| compares bytes; else floating point
// matches when it differs by no more than its type's absolute tolerance and
// |rtol| times the expected value. IREE_FFI_FAILED on failure.
IREE_API_EXPORT uint32_t iree_ffi_tensor_compare(
    iree_hal_buffer_view_t* expected, iree_hal_buffer_view_t* actual,
    uint32_t exact, double f16_atol, double f32_atol, double f64_atol,
    double bf16_atol, double rtol, uint8_t* buffer, uint32_t capacity);

// Returns the `!hal.buffer` that the contents of a view are in.
IREE_API_EXPORT iree_ffi_ref_t* iree_ffi_buffer_view_storage(
    iree_hal_buffer_view_t* view);

// Creates a view of i8 over all of a `!hal.buffer`.
IREE_API_EXPORT iree_hal_buffer_view_t* iree_ffi_buffer_view_of_storage(
    iree_ffi_ref_t* ref);

// Replaces buffers and views in |list| that the host cannot read by copies that
// it can, made by device |ordinal| of |group|.
IREE_API_EXPORT uint32_t iree_ffi_list_to_host(iree_vm_list_t* list,
                                               iree_hal_device_group_t* group,
                                               uint32_t ordinal);

// Fails with INVALID_ARGUMENT when |path| is there and not a regular file: opening
// a pipe may wait without end.
IREE_API_EXPORT uint32_t iree_ffi_file_check(const uint8_t* path,
                                             uint32_t path_length);

// Sets one of IREE's flags, `--name=value`, for the whole process and for good.
// Not thread-safe. A flag that prints something ends the process.
IREE_API_EXPORT uint32_t iree_ffi_flag_set(const uint8_t* argument,
                                           uint32_t length);

// A profiling session of a device.
typedef struct iree_ffi_profiling_t iree_ffi_profiling_t;

// Begins to profile device |ordinal| of |group| as IREE's flags say, if they
// ask for it.
IREE_API_EXPORT iree_ffi_profiling_t* iree_ffi_profiling_begin(
    iree_hal_device_group_t* group, uint32_t ordinal);

// Ends profiling: writes the file that the flags name, or prints statistics to
// stderr.
IREE_API_EXPORT uint32_t iree_ffi_profiling_end(
    iree_ffi_profiling_t* profiling);

// A thread that ends the process.
typedef struct iree_ffi_watchdog_t iree_ffi_watchdog_t;

// Ends the process with |exit_status| after |milliseconds|, unless released
// before; writes |message| to stderr first.
IREE_API_EXPORT iree_ffi_watchdog_t* iree_ffi_watchdog_create(
    double milliseconds, uint32_t exit_status, const uint8_t* message,
    uint32_t message_length);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  // IREE_FFI_H_
