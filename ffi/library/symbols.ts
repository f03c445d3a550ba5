/**
 * The symbol table: every native function in use, in the order of
 * `native/include/iree_ffi.h`.
 *
 * @module
 */

export const symbols = {
  // uint32_t iree_ffi_abi_version(void)
  iree_ffi_abi_version: { parameters: [], result: "u32" },
  // uint32_t iree_ffi_version(uint8_t* buffer, uint32_t capacity)
  iree_ffi_version: { parameters: ["buffer", "u32"], result: "u32" },
  // void iree_ffi_statistics(uint64_t* out_statistics)
  iree_ffi_statistics: { parameters: ["buffer"], result: "void" },
  // void iree_ffi_fail_allocation(uint32_t countdown)
  iree_ffi_fail_allocation: { parameters: ["u32"], result: "void" },
  // void iree_ffi_isolate_enter(uint64_t isolate)
  iree_ffi_isolate_enter: { parameters: ["u64"], result: "void" },

  // void iree_ffi_release(uint32_t kind, void* object)
  iree_ffi_release: { parameters: ["u32", "pointer"], result: "void" },

  // uint32_t iree_ffi_failure_code(void)
  iree_ffi_failure_code: { parameters: [], result: "u32" },
  // uint32_t iree_ffi_failure_take(uint8_t* buffer, uint32_t capacity)
  iree_ffi_failure_take: { parameters: ["buffer", "u32"], result: "u32" },

  // iree_ffi_instance_t* iree_ffi_instance_acquire(void)
  iree_ffi_instance_acquire: { parameters: [], result: "pointer" },
  // uint32_t iree_ffi_instance_has_type(iree_ffi_instance_t* instance,
  //     const uint8_t* name, uint32_t name_length)
  iree_ffi_instance_has_type: {
    parameters: ["pointer", "buffer", "u32"],
    result: "u32",
  },

  // iree_vm_module_t* iree_ffi_bytecode_module_open(
  //     iree_ffi_instance_t* instance, const uint8_t* path,
  //     uint32_t path_length, uint32_t map)
  iree_ffi_bytecode_module_open: {
    parameters: ["pointer", "buffer", "u32", "u32"],
    result: "pointer",
  },
  // iree_vm_module_t* iree_ffi_bytecode_module_create(
  //     iree_ffi_instance_t* instance, const uint8_t* bytes, size_t length)
  iree_ffi_bytecode_module_create: {
    parameters: ["pointer", "buffer", "usize"],
    result: "pointer",
  },
  // iree_vm_module_t* iree_ffi_dynamic_module_create(
  //     iree_ffi_instance_t* instance,
  //     const uint8_t* path, uint32_t path_length,
  //     const uint8_t* export_name, uint32_t export_name_length,
  //     const uint8_t* parameters, uint32_t parameters_length)
  iree_ffi_dynamic_module_create: {
    parameters: ["pointer", "buffer", "u32", "buffer", "u32", "buffer", "u32"],
    result: "pointer",
  },
  // iree_vm_module_t* iree_ffi_hal_module_create(
  //     iree_ffi_instance_t* instance, iree_hal_device_group_t* device_group,
  //     uint32_t lead, iree_ffi_host_t* host, uint32_t trace_key)
  iree_ffi_hal_module_create: {
    parameters: ["pointer", "pointer", "u32", "pointer", "u32"],
    result: "pointer",
  },
  // iree_vm_module_t* iree_ffi_hal_inline_module_create(
  //     iree_ffi_instance_t* instance, iree_ffi_host_t* host,
  //     uint32_t trace_key)
  iree_ffi_hal_inline_module_create: {
    parameters: ["pointer", "pointer", "u32"],
    result: "pointer",
  },
  // iree_vm_module_t* iree_ffi_hal_loader_module_create(
  //     iree_ffi_instance_t* instance)
  iree_ffi_hal_loader_module_create: {
    parameters: ["pointer"],
    result: "pointer",
  },
  // iree_vm_module_t* iree_ffi_vmvx_module_create(
  //     iree_ffi_instance_t* instance)
  iree_ffi_vmvx_module_create: { parameters: ["pointer"], result: "pointer" },
  // uint32_t iree_ffi_module_describe(iree_vm_module_t* module,
  //     uint8_t* buffer, uint32_t capacity)
  iree_ffi_module_describe: {
    parameters: ["pointer", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_module_describe_function(iree_vm_module_t* module,
  //     uint32_t linkage, uint32_t ordinal, uint8_t* buffer,
  //     uint32_t capacity)
  iree_ffi_module_describe_function: {
    parameters: ["pointer", "u32", "u32", "buffer", "u32"],
    result: "u32",
  },

  // uint32_t iree_ffi_driver_list(uint8_t* buffer, uint32_t capacity)
  iree_ffi_driver_list: { parameters: ["buffer", "u32"], result: "u32" },
  // uint32_t iree_ffi_driver_devices(const uint8_t* name,
  //     uint32_t name_length, uint32_t with_details, uint8_t* buffer,
  //     uint32_t capacity)
  iree_ffi_driver_devices: {
    parameters: ["buffer", "u32", "u32", "buffer", "u32"],
    result: "u32",
  },
  // iree_hal_device_group_t* iree_ffi_device_group_create(
  //     const uint8_t* uris, uint32_t uris_length,
  //     const uint8_t* allocators, uint32_t allocators_length,
  //     const uint8_t* task, uint32_t task_length)
  iree_ffi_device_group_create: {
    parameters: ["buffer", "u32", "buffer", "u32", "buffer", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_device_id(iree_hal_device_group_t* group,
  //     uint32_t ordinal, uint8_t* buffer, uint32_t capacity)
  iree_ffi_device_id: {
    parameters: ["pointer", "u32", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_device_query_i64(iree_hal_device_group_t* group,
  //     uint32_t ordinal, const uint8_t* category, uint32_t category_length,
  //     const uint8_t* key, uint32_t key_length, int64_t* out_value)
  iree_ffi_device_query_i64: {
    parameters: ["pointer", "u32", "buffer", "u32", "buffer", "u32", "buffer"],
    result: "u32",
  },
  // uint32_t iree_ffi_device_trim(iree_hal_device_group_t* group,
  //     uint32_t ordinal)
  iree_ffi_device_trim: { parameters: ["pointer", "u32"], result: "u32" },
  // uint32_t iree_ffi_device_wait_idle(iree_hal_device_group_t* group,
  //     uint32_t ordinal, uint64_t timeout_ns)
  iree_ffi_device_wait_idle: {
    parameters: ["pointer", "u32", "u64"],
    result: "u32",
  },
  // uint32_t iree_ffi_device_statistics(iree_hal_device_group_t* group,
  //     uint32_t ordinal, uint64_t* out_statistics)
  iree_ffi_device_statistics: {
    parameters: ["pointer", "u32", "buffer"],
    result: "u32",
  },
  // uint32_t iree_ffi_device_format_statistics(
  //     iree_hal_device_group_t* group, uint32_t ordinal, uint8_t* buffer,
  //     uint32_t capacity)
  iree_ffi_device_format_statistics: {
    parameters: ["pointer", "u32", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_device_memory_heaps(iree_hal_device_group_t* group,
  //     uint32_t ordinal, uint8_t* buffer, uint32_t capacity)
  iree_ffi_device_memory_heaps: {
    parameters: ["pointer", "u32", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_task_topologies(const uint8_t* task,
  //     uint32_t task_length, uint8_t* buffer, uint32_t capacity)
  iree_ffi_task_topologies: {
    parameters: ["buffer", "u32", "buffer", "u32"],
    result: "u32",
  },

  // iree_io_file_handle_t* iree_ffi_parameter_file_open(const uint8_t* path,
  //     uint32_t path_length, uint32_t mode, uint32_t writable)
  iree_ffi_parameter_file_open: {
    parameters: ["buffer", "u32", "u32", "u32"],
    result: "pointer",
  },
  // iree_io_file_handle_t* iree_ffi_parameter_file_create(
  //     const uint8_t* bytes, size_t length, uint32_t writable)
  iree_ffi_parameter_file_create: {
    parameters: ["buffer", "usize", "u32"],
    result: "pointer",
  },
  // iree_io_parameter_index_t* iree_ffi_parameter_index_create(void)
  iree_ffi_parameter_index_create: { parameters: [], result: "pointer" },
  // uint32_t iree_ffi_parameter_index_add_file(
  //     iree_io_parameter_index_t* index,
  //     const uint8_t* key, uint32_t key_length,
  //     const uint8_t* metadata, uint32_t metadata_length,
  //     iree_io_file_handle_t* file, uint64_t offset, uint64_t length)
  iree_ffi_parameter_index_add_file: {
    parameters: [
      "pointer",
      "buffer",
      "u32",
      "buffer",
      "u32",
      "pointer",
      "u64",
      "u64",
    ],
    result: "u32",
  },
  // uint32_t iree_ffi_parameter_index_add_splat(
  //     iree_io_parameter_index_t* index,
  //     const uint8_t* key, uint32_t key_length,
  //     const uint8_t* metadata, uint32_t metadata_length,
  //     const uint8_t* pattern, uint32_t pattern_length, uint64_t length)
  iree_ffi_parameter_index_add_splat: {
    parameters: [
      "pointer",
      "buffer",
      "u32",
      "buffer",
      "u32",
      "buffer",
      "u32",
      "u64",
    ],
    result: "u32",
  },
  // uint32_t iree_ffi_parameter_index_add_from(
  //     iree_io_parameter_index_t* index,
  //     const uint8_t* key, uint32_t key_length,
  //     iree_io_parameter_index_t* source, uint32_t ordinal)
  iree_ffi_parameter_index_add_from: {
    parameters: ["pointer", "buffer", "u32", "pointer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_parameter_index_read(iree_io_parameter_index_t* index,
  //     uint32_t ordinal, uint64_t offset, uint8_t* target, size_t length)
  iree_ffi_parameter_index_read: {
    parameters: ["pointer", "u32", "u64", "buffer", "usize"],
    result: "u32",
  },
  // uint32_t iree_ffi_parameter_index_write(iree_io_parameter_index_t* index,
  //     uint32_t ordinal, uint64_t offset, uint64_t length,
  //     const uint8_t* path, uint32_t path_length, uint64_t path_offset)
  iree_ffi_parameter_index_write: {
    parameters: ["pointer", "u32", "u64", "u64", "buffer", "u32", "u64"],
    result: "u32",
  },
  // iree_ffi_parameter_scopes_t* iree_ffi_parameter_scopes_create(
  //     uint32_t capacity)
  iree_ffi_parameter_scopes_create: {
    parameters: ["u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_parameter_scopes_push(
  //     iree_ffi_parameter_scopes_t* scopes,
  //     const uint8_t* name, uint32_t name_length,
  //     iree_io_parameter_index_t* index, uint32_t partial)
  iree_ffi_parameter_scopes_push: {
    parameters: ["pointer", "buffer", "u32", "pointer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_parameter_scopes_push_host(
  //     iree_ffi_parameter_scopes_t* scopes,
  //     const uint8_t* name, uint32_t name_length,
  //     iree_ffi_host_t* host, uint32_t key)
  iree_ffi_parameter_scopes_push_host: {
    parameters: ["pointer", "buffer", "u32", "pointer", "u32"],
    result: "u32",
  },
  // iree_vm_module_t* iree_ffi_io_parameters_module_create(
  //     iree_ffi_instance_t* instance, iree_ffi_parameter_scopes_t* scopes)
  iree_ffi_io_parameters_module_create: {
    parameters: ["pointer", "pointer"],
    result: "pointer",
  },

  // iree_ffi_module_list_t* iree_ffi_module_list_create(uint32_t capacity)
  iree_ffi_module_list_create: { parameters: ["u32"], result: "pointer" },
  // uint32_t iree_ffi_module_list_push(iree_ffi_module_list_t* list,
  //     iree_vm_module_t* module)
  iree_ffi_module_list_push: {
    parameters: ["pointer", "pointer"],
    result: "u32",
  },
  // iree_vm_context_t* iree_ffi_context_create(iree_ffi_instance_t* instance,
  //     uint32_t flags, iree_ffi_module_list_t* modules)
  iree_ffi_context_create: {
    parameters: ["pointer", "u32", "pointer"],
    result: "pointer",
  },
  // iree_vm_context_t* iree_ffi_context_fork(iree_vm_context_t* context)
  iree_ffi_context_fork: { parameters: ["pointer"], result: "pointer" },

  // iree_ffi_load_t* iree_ffi_load_module_file(iree_ffi_instance_t* instance,
  //     const uint8_t* path, uint32_t path_length, uint32_t map)
  iree_ffi_load_module_file: {
    parameters: ["pointer", "buffer", "u32", "u32"],
    result: "pointer",
  },
  // iree_ffi_load_t* iree_ffi_load_module_bytes(iree_ffi_instance_t* instance,
  //     const uint8_t* bytes, size_t length)
  iree_ffi_load_module_bytes: {
    parameters: ["pointer", "buffer", "usize"],
    result: "pointer",
  },
  // iree_ffi_load_t* iree_ffi_load_parameter_file(
  //     iree_ffi_instance_t* instance, const uint8_t* path,
  //     uint32_t path_length, uint32_t mode, uint32_t writable)
  iree_ffi_load_parameter_file: {
    parameters: ["pointer", "buffer", "u32", "u32", "u32"],
    result: "pointer",
  },
  // iree_ffi_load_t* iree_ffi_load_context(iree_ffi_instance_t* instance,
  //     uint32_t flags, iree_ffi_module_list_t* modules)
  iree_ffi_load_context: {
    parameters: ["pointer", "u32", "pointer"],
    result: "pointer",
  },
  // uint32_t iree_ffi_load_hold_devices(iree_ffi_load_t* load,
  //     iree_hal_device_group_t* group)
  iree_ffi_load_hold_devices: {
    parameters: ["pointer", "pointer"],
    result: "u32",
  },
  // uint32_t iree_ffi_load_begin(iree_ffi_load_t* load)
  iree_ffi_load_begin: { parameters: ["pointer"], result: "u32" },
  // void iree_ffi_load_run(uint32_t ticket)
  iree_ffi_load_run: {
    parameters: ["u32"],
    result: "void",
    nonblocking: true,
  },
  // void* iree_ffi_load_take(iree_ffi_load_t* load)
  iree_ffi_load_take: { parameters: ["pointer"], result: "pointer" },

  // uint32_t iree_ffi_ref_type_name(iree_ffi_ref_t* ref, uint8_t* buffer,
  //     uint32_t capacity)
  iree_ffi_ref_type_name: {
    parameters: ["pointer", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_ref_equal(iree_ffi_ref_t* lhs, iree_ffi_ref_t* rhs)
  iree_ffi_ref_equal: { parameters: ["pointer", "pointer"], result: "u32" },

  // iree_ffi_call_t* iree_ffi_call_create(iree_ffi_instance_t* instance,
  //     iree_vm_context_t* context, iree_hal_device_group_t* group,
  //     uint32_t takes_fences, uint32_t module_ordinal, const uint8_t* name,
  //     uint32_t name_length, uint32_t arguments_length,
  //     uint32_t results_length)
  iree_ffi_call_create: {
    parameters: [
      "pointer",
      "pointer",
      "pointer",
      "u32",
      "u32",
      "buffer",
      "u32",
      "u32",
      "u32",
    ],
    result: "pointer",
  },
  // uint32_t iree_ffi_call_set_ref(iree_ffi_call_t* call, uint32_t ordinal,
  //     uint32_t kind, void* object)
  iree_ffi_call_set_ref: {
    parameters: ["pointer", "u32", "u32", "pointer"],
    result: "u32",
  },
  // uint32_t iree_ffi_call_set_tensor(iree_ffi_call_t* call,
  //     uint32_t ordinal, uint32_t element_type, const double* dims,
  //     uint32_t rank, const uint8_t* bytes, double length)
  iree_ffi_call_set_tensor: {
    parameters: ["pointer", "u32", "u32", "buffer", "u32", "buffer", "f64"],
    result: "u32",
  },
  // uint32_t iree_ffi_call_begin_tensor(iree_ffi_call_t* call,
  //     uint32_t ordinal, uint32_t element_type, const double* dims,
  //     uint32_t rank, double length)
  iree_ffi_call_begin_tensor: {
    parameters: ["pointer", "u32", "u32", "buffer", "u32", "f64"],
    result: "u32",
  },
  // uint32_t iree_ffi_call_fill_tensor(iree_ffi_call_t* call,
  //     uint32_t ordinal, double offset, const uint8_t* bytes, double length)
  iree_ffi_call_fill_tensor: {
    parameters: ["pointer", "u32", "f64", "buffer", "f64"],
    result: "u32",
  },
  // void iree_ffi_call_bind(iree_ffi_call_t* call)
  iree_ffi_call_bind: { parameters: ["pointer"], result: "void" },
  // uint32_t iree_ffi_call_invoke(iree_ffi_call_t* call,
  //     const uint8_t* arguments, uint8_t* results)
  iree_ffi_call_invoke: {
    parameters: ["pointer", "buffer", "buffer"],
    result: "u32",
  },
  // void* iree_ffi_call_take_ref(iree_ffi_call_t* call, uint32_t ordinal,
  //     uint32_t kind)
  iree_ffi_call_take_ref: {
    parameters: ["pointer", "u32", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_call_read_tensor(iree_ffi_call_t* call,
  //     uint32_t ordinal, uint8_t* target, double length)
  iree_ffi_call_read_tensor: {
    parameters: ["pointer", "u32", "buffer", "f64"],
    result: "u32",
  },

  // uint32_t iree_ffi_call_hold_devices(iree_ffi_call_t* call,
  //     iree_hal_device_group_t* group)
  iree_ffi_call_hold_devices: {
    parameters: ["pointer", "pointer"],
    result: "u32",
  },
  // uint32_t iree_ffi_call_begin(iree_ffi_call_t* call,
  //     const uint8_t* arguments, iree_ffi_host_t* host)
  iree_ffi_call_begin: {
    parameters: ["pointer", "buffer", "pointer"],
    result: "u32",
  },
  // void iree_ffi_call_run(uint32_t ticket)
  iree_ffi_call_run: {
    parameters: ["u32"],
    result: "void",
    nonblocking: true,
  },
  // uint32_t iree_ffi_call_end(iree_ffi_call_t* call, uint8_t* results)
  iree_ffi_call_end: { parameters: ["pointer", "buffer"], result: "u32" },
  // uint32_t iree_ffi_call_follow(iree_ffi_call_t* call,
  //     iree_ffi_call_t* predecessor)
  iree_ffi_call_follow: { parameters: ["pointer", "pointer"], result: "u32" },
  // uint32_t iree_ffi_call_submit(iree_ffi_call_t* call,
  //     const uint8_t* arguments, uint8_t* results)
  iree_ffi_call_submit: {
    parameters: ["pointer", "buffer", "buffer"],
    result: "u32",
  },
  // uint32_t iree_ffi_call_hold(iree_ffi_call_t* call)
  iree_ffi_call_hold: { parameters: ["pointer"], result: "u32" },
  // void iree_ffi_call_wait(uint32_t ticket)
  iree_ffi_call_wait: {
    parameters: ["u32"],
    result: "void",
    nonblocking: true,
  },
  // uint32_t iree_ffi_call_await(iree_ffi_call_t* call)
  iree_ffi_call_await: { parameters: ["pointer"], result: "u32" },

  // iree_vm_list_t* iree_ffi_list_create(uint32_t element_type,
  //     uint32_t capacity)
  iree_ffi_list_create: { parameters: ["u32", "u32"], result: "pointer" },
  // uint32_t iree_ffi_list_size(iree_vm_list_t* list)
  iree_ffi_list_size: { parameters: ["pointer"], result: "u32" },
  // uint32_t iree_ffi_list_resize(iree_vm_list_t* list, uint32_t size)
  iree_ffi_list_resize: { parameters: ["pointer", "u32"], result: "u32" },
  // uint32_t iree_ffi_list_element_type(iree_vm_list_t* list,
  //     uint8_t* buffer, uint32_t capacity)
  iree_ffi_list_element_type: {
    parameters: ["pointer", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_list_read(iree_vm_list_t* list, uint32_t start,
  //     uint32_t count, uint8_t* values, uint8_t* tags)
  iree_ffi_list_read: {
    parameters: ["pointer", "u32", "u32", "buffer", "buffer"],
    result: "u32",
  },
  // uint32_t iree_ffi_list_write(iree_vm_list_t* list, uint32_t start,
  //     uint32_t count, const uint8_t* values, const uint8_t* tags)
  iree_ffi_list_write: {
    parameters: ["pointer", "u32", "u32", "buffer", "buffer"],
    result: "u32",
  },
  // void* iree_ffi_list_get_ref(iree_vm_list_t* list, uint32_t ordinal,
  //     uint32_t kind)
  iree_ffi_list_get_ref: {
    parameters: ["pointer", "u32", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_list_set_ref(iree_vm_list_t* list, uint32_t ordinal,
  //     uint32_t kind, void* object)
  iree_ffi_list_set_ref: {
    parameters: ["pointer", "u32", "u32", "pointer"],
    result: "u32",
  },
  // uint32_t iree_ffi_list_format(iree_vm_list_t* list, const uint8_t* name,
  //     uint32_t name_length, uint32_t max_element_count, uint8_t* buffer,
  //     uint32_t capacity)
  iree_ffi_list_format: {
    parameters: ["pointer", "buffer", "u32", "u32", "buffer", "u32"],
    result: "u32",
  },

  // iree_vm_buffer_t* iree_ffi_buffer_create(const uint8_t* bytes,
  //     size_t length)
  iree_ffi_buffer_create: {
    parameters: ["buffer", "usize"],
    result: "pointer",
  },
  // uint64_t iree_ffi_buffer_length(iree_vm_buffer_t* buffer)
  iree_ffi_buffer_length: { parameters: ["pointer"], result: "u64" },
  // uint32_t iree_ffi_buffer_read(iree_vm_buffer_t* buffer, uint64_t offset,
  //     uint8_t* target, size_t length)
  iree_ffi_buffer_read: {
    parameters: ["pointer", "u64", "buffer", "usize"],
    result: "u32",
  },
  // uint32_t iree_ffi_buffer_write(iree_vm_buffer_t* buffer, uint64_t offset,
  //     const uint8_t* source, size_t length)
  iree_ffi_buffer_write: {
    parameters: ["pointer", "u64", "buffer", "usize"],
    result: "u32",
  },

  // iree_hal_buffer_view_t* iree_ffi_buffer_view_create(
  //     iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
  //     uint32_t ordinal, uint32_t element_type, const double* dims,
  //     uint32_t rank, const uint8_t* bytes, double length)
  iree_ffi_buffer_view_create: {
    parameters: [
      "pointer",
      "pointer",
      "u32",
      "u32",
      "buffer",
      "u32",
      "buffer",
      "f64",
    ],
    result: "pointer",
  },
  // uint32_t iree_ffi_buffer_view_read(iree_hal_buffer_view_t* view,
  //     double offset, uint8_t* target, double length)
  iree_ffi_buffer_view_read: {
    parameters: ["pointer", "f64", "buffer", "f64"],
    result: "u32",
  },
  // uint32_t iree_ffi_buffer_view_write(iree_hal_buffer_view_t* view,
  //     double offset, const uint8_t* source, double length)
  iree_ffi_buffer_view_write: {
    parameters: ["pointer", "f64", "buffer", "f64"],
    result: "u32",
  },
  // uint32_t iree_ffi_import_alignment(void)
  iree_ffi_import_alignment: { parameters: [], result: "u32" },
  // uint32_t iree_ffi_import_offset(const uint8_t* bytes)
  iree_ffi_import_offset: { parameters: ["buffer"], result: "u32" },
  // double iree_ffi_import_new_key(void)
  iree_ffi_import_new_key: { parameters: [], result: "f64" },
  // iree_hal_buffer_view_t* iree_ffi_import_create(
  //     iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
  //     uint32_t ordinal, uint32_t element_type, const double* dims,
  //     uint32_t rank, uint8_t* bytes, double length, double key)
  iree_ffi_import_create: {
    parameters: [
      "pointer",
      "pointer",
      "u32",
      "u32",
      "buffer",
      "u32",
      "buffer",
      "f64",
      "f64",
    ],
    result: "pointer",
  },
  // double iree_ffi_import_take_released(void)
  iree_ffi_import_take_released: { parameters: [], result: "f64" },

  // iree_ffi_mapping_t* iree_ffi_mapping_create(iree_hal_buffer_view_t* view,
  //     uint64_t length)
  iree_ffi_mapping_create: {
    parameters: ["pointer", "u64"],
    result: "pointer",
  },
  // uint8_t* iree_ffi_mapping_data(iree_ffi_mapping_t* mapping)
  iree_ffi_mapping_data: { parameters: ["pointer"], result: "pointer" },

  // uint32_t iree_ffi_buffer_view_describe(iree_hal_buffer_view_t* view,
  //     uint8_t* buffer, uint32_t capacity)
  iree_ffi_buffer_view_describe: {
    parameters: ["pointer", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_buffer_view_format(iree_hal_buffer_view_t* view,
  //     uint32_t max_element_count, uint8_t* buffer, uint32_t capacity)
  iree_ffi_buffer_view_format: {
    parameters: ["pointer", "u32", "buffer", "u32"],
    result: "u32",
  },

  // iree_ffi_host_t* iree_ffi_host_create(iree_ffi_host_callback_t
  //     callback)
  iree_ffi_host_create: { parameters: ["function"], result: "pointer" },
  // void* iree_ffi_host_frame(iree_ffi_host_t* host)
  iree_ffi_host_frame: { parameters: ["pointer"], result: "pointer" },
  // uint32_t iree_ffi_host_new_key(void)
  iree_ffi_host_new_key: { parameters: [], result: "u32" },
  // uint32_t iree_ffi_host_take_released(iree_ffi_host_t* host)
  iree_ffi_host_take_released: { parameters: ["pointer"], result: "u32" },
  // iree_vm_module_t* iree_ffi_host_module_create(iree_ffi_instance_t*
  //     instance, iree_ffi_host_t* host, uint32_t key, const uint8_t*
  //     record, uint32_t record_length)
  iree_ffi_host_module_create: {
    parameters: ["pointer", "pointer", "u32", "buffer", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_host_state_key(iree_vm_context_t* context,
  //     iree_vm_module_t* module)
  iree_ffi_host_state_key: {
    parameters: ["pointer", "pointer"],
    result: "u32",
  },
  // void iree_ffi_host_expect(iree_ffi_host_t* host, uint32_t begins)
  iree_ffi_host_expect: { parameters: ["pointer", "u32"], result: "void" },
  // uint32_t iree_ffi_host_hold(iree_ffi_host_t* host)
  iree_ffi_host_hold: { parameters: ["pointer"], result: "u32" },
  // void iree_ffi_host_wait(uint32_t ticket)
  iree_ffi_host_wait: {
    parameters: ["u32"],
    result: "void",
    nonblocking: true,
  },
  // uint32_t iree_ffi_host_take(iree_ffi_host_t* host, uint32_t
  //     microseconds)
  iree_ffi_host_take: { parameters: ["pointer", "u32"], result: "u32" },
  // void iree_ffi_host_finish(iree_ffi_host_t* host, uint32_t id, uint32_t
  //     outcome)
  iree_ffi_host_finish: {
    parameters: ["pointer", "u32", "u32"],
    result: "void",
  },
  // void iree_ffi_host_fail(iree_ffi_host_t* host, uint32_t id, uint32_t
  //     code, const uint8_t* message, uint32_t message_length)
  iree_ffi_host_fail: {
    parameters: ["pointer", "u32", "u32", "buffer", "u32"],
    result: "void",
  },
  // void* iree_ffi_host_take_ref(iree_ffi_host_t* host, uint32_t id,
  //     uint32_t ordinal, uint32_t kind)
  iree_ffi_host_take_ref: {
    parameters: ["pointer", "u32", "u32", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_host_read_tensor(iree_ffi_host_t* host, uint32_t id,
  //     uint32_t ordinal, double* dims, uint32_t dim_capacity, uint8_t*
  //     target, double length)
  iree_ffi_host_read_tensor: {
    parameters: ["pointer", "u32", "u32", "buffer", "u32", "buffer", "f64"],
    result: "u32",
  },
  // uint32_t iree_ffi_host_text(iree_ffi_host_t* host, uint32_t id,
  //     uint8_t* buffer, uint32_t capacity)
  iree_ffi_host_text: {
    parameters: ["pointer", "u32", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_host_spans(iree_ffi_host_t* host, uint32_t id,
  //     uint8_t* buffer, uint32_t capacity)
  iree_ffi_host_spans: {
    parameters: ["pointer", "u32", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_host_fill(iree_ffi_host_t* host, uint32_t id,
  //     uint32_t ordinal, const uint8_t* bytes, double length)
  iree_ffi_host_fill: {
    parameters: ["pointer", "u32", "u32", "buffer", "f64"],
    result: "u32",
  },
  // uint32_t iree_ffi_host_set_ref(iree_ffi_host_t* host, uint32_t id,
  //     uint32_t ordinal, uint32_t kind, void* object)
  iree_ffi_host_set_ref: {
    parameters: ["pointer", "u32", "u32", "u32", "pointer"],
    result: "u32",
  },
  // uint32_t iree_ffi_host_set_tensor(iree_ffi_host_t* host, uint32_t id,
  //     uint32_t ordinal, iree_ffi_instance_t* instance,
  //     iree_hal_device_group_t* group, uint32_t element_type, const double*
  //     dims, uint32_t rank, const uint8_t* bytes, double length)
  iree_ffi_host_set_tensor: {
    parameters: [
      "pointer",
      "u32",
      "u32",
      "pointer",
      "pointer",
      "u32",
      "buffer",
      "u32",
      "buffer",
      "f64",
    ],
    result: "u32",
  },
  // uint32_t iree_ffi_host_type_register(iree_ffi_instance_t* instance,
  //     const uint8_t* name, uint32_t name_length)
  iree_ffi_host_type_register: {
    parameters: ["pointer", "buffer", "u32"],
    result: "u32",
  },
  // iree_ffi_ref_t* iree_ffi_host_value_create(iree_ffi_host_t* host, const
  //     uint8_t* name, uint32_t name_length, uint32_t key)
  iree_ffi_host_value_create: {
    parameters: ["pointer", "buffer", "u32", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_host_value_key(iree_ffi_host_t* host, iree_ffi_ref_t*
  //     ref)
  iree_ffi_host_value_key: {
    parameters: ["pointer", "pointer"],
    result: "u32",
  },
  // iree_ffi_host_fences_t* iree_ffi_host_take_fences(iree_ffi_host_t*
  //     host, uint32_t id)
  iree_ffi_host_take_fences: {
    parameters: ["pointer", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_host_fences_hold(iree_ffi_host_fences_t* fences)
  iree_ffi_host_fences_hold: { parameters: ["pointer"], result: "u32" },
  // void iree_ffi_host_fences_wait(uint32_t ticket)
  iree_ffi_host_fences_wait: {
    parameters: ["u32"],
    result: "void",
    nonblocking: true,
  },
  // uint32_t iree_ffi_host_fences_begin(iree_ffi_host_fences_t* fences)
  iree_ffi_host_fences_begin: { parameters: ["pointer"], result: "u32" },
  // uint32_t iree_ffi_host_fences_block(iree_ffi_host_fences_t* fences)
  iree_ffi_host_fences_block: { parameters: ["pointer"], result: "u32" },
  // void iree_ffi_host_fences_signal(iree_ffi_host_fences_t* fences)
  iree_ffi_host_fences_signal: { parameters: ["pointer"], result: "void" },
  // void iree_ffi_host_fences_fail(iree_ffi_host_fences_t* fences, uint32_t
  //     code, const uint8_t* message, uint32_t message_length)
  iree_ffi_host_fences_fail: {
    parameters: ["pointer", "u32", "buffer", "u32"],
    result: "void",
  },

  // iree_hal_buffer_view_t* iree_ffi_tensor_parse(
  //     iree_ffi_instance_t* instance, iree_hal_device_group_t* group,
  //     uint32_t ordinal, const uint8_t* text, uint32_t text_length,
  //     const uint8_t* contents, size_t contents_length)
  iree_ffi_tensor_parse: {
    parameters: [
      "pointer",
      "pointer",
      "u32",
      "buffer",
      "u32",
      "buffer",
      "usize",
    ],
    result: "pointer",
  },
  // uint32_t iree_ffi_tensor_compare(iree_hal_buffer_view_t* expected,
  //     iree_hal_buffer_view_t* actual, uint32_t exact, double f16_atol,
  //     double f32_atol, double f64_atol, double bf16_atol, double rtol,
  //     uint8_t* buffer, uint32_t capacity)
  iree_ffi_tensor_compare: {
    parameters: [
      "pointer",
      "pointer",
      "u32",
      "f64",
      "f64",
      "f64",
      "f64",
      "f64",
      "buffer",
      "u32",
    ],
    result: "u32",
  },
  // iree_ffi_ref_t* iree_ffi_buffer_view_storage(iree_hal_buffer_view_t* view)
  iree_ffi_buffer_view_storage: { parameters: ["pointer"], result: "pointer" },
  // iree_hal_buffer_view_t* iree_ffi_buffer_view_of_storage(
  //     iree_ffi_ref_t* ref)
  iree_ffi_buffer_view_of_storage: {
    parameters: ["pointer"],
    result: "pointer",
  },
  // uint32_t iree_ffi_list_to_host(iree_vm_list_t* list,
  //     iree_hal_device_group_t* group, uint32_t ordinal)
  iree_ffi_list_to_host: {
    parameters: ["pointer", "pointer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_file_check(const uint8_t* path, uint32_t path_length)
  iree_ffi_file_check: { parameters: ["buffer", "u32"], result: "u32" },
  // uint32_t iree_ffi_flag_set(const uint8_t* argument, uint32_t length)
  iree_ffi_flag_set: { parameters: ["buffer", "u32"], result: "u32" },
  // iree_ffi_profiling_t* iree_ffi_profiling_begin(
  //     iree_hal_device_group_t* group, uint32_t ordinal)
  iree_ffi_profiling_begin: {
    parameters: ["pointer", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_profiling_end(iree_ffi_profiling_t* profiling)
  iree_ffi_profiling_end: { parameters: ["pointer"], result: "u32" },
  // iree_ffi_profiling_t* iree_ffi_profiling_capture(
  //     iree_hal_device_group_t* group, const uint8_t* options,
  //     uint32_t options_length)
  iree_ffi_profiling_capture: {
    parameters: ["pointer", "buffer", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_profiling_flush(iree_ffi_profiling_t* profiling)
  iree_ffi_profiling_flush: { parameters: ["pointer"], result: "u32" },
  // int64_t iree_ffi_time_now(void)
  iree_ffi_time_now: { parameters: [], result: "i64" },
  // void iree_ffi_profiling_span(iree_ffi_profiling_t* profiling,
  //     const uint8_t* name, uint32_t name_length, int64_t start,
  //     int64_t end)
  iree_ffi_profiling_span: {
    parameters: ["pointer", "buffer", "u32", "i64", "i64"],
    result: "void",
  },
  // iree_vm_buffer_t* iree_ffi_profiling_bundle(
  //     iree_ffi_profiling_t* profiling)
  iree_ffi_profiling_bundle: { parameters: ["pointer"], result: "pointer" },
  // iree_vm_buffer_t* iree_ffi_profile_report(const uint8_t* bytes,
  //     size_t length, const uint8_t* options, uint32_t options_length,
  //     int64_t id, uint32_t flags, uint32_t* out_code)
  iree_ffi_profile_report: {
    parameters: ["buffer", "usize", "buffer", "u32", "i64", "u32", "buffer"],
    result: "pointer",
  },
  // iree_ffi_recording_t* iree_ffi_recording_begin(const uint8_t* path,
  //     uint32_t path_length, uint32_t file_policy, uint32_t file_validation)
  iree_ffi_recording_begin: {
    parameters: ["buffer", "u32", "u32", "u32"],
    result: "pointer",
  },
  // iree_hal_device_group_t* iree_ffi_recording_wrap(
  //     iree_ffi_recording_t* recording, iree_hal_device_group_t* group)
  iree_ffi_recording_wrap: {
    parameters: ["pointer", "pointer"],
    result: "pointer",
  },
  // uint32_t iree_ffi_recording_scope(iree_ffi_recording_t* recording,
  //     const uint8_t* name, uint32_t name_length, uint32_t is_begin)
  iree_ffi_recording_scope: {
    parameters: ["pointer", "buffer", "u32", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_recording_end(iree_ffi_recording_t* recording)
  iree_ffi_recording_end: { parameters: ["pointer"], result: "u32" },
  // iree_vm_buffer_t* iree_ffi_replay_dump(const uint8_t* bytes,
  //     size_t length, uint32_t format, uint32_t* out_code)
  iree_ffi_replay_dump: {
    parameters: ["buffer", "usize", "u32", "buffer"],
    result: "pointer",
  },
  // iree_ffi_replay_t* iree_ffi_replay_create(const uint8_t* bytes,
  //     size_t length)
  iree_ffi_replay_create: {
    parameters: ["buffer", "usize"],
    result: "pointer",
  },
  // uint32_t iree_ffi_replay_files(iree_ffi_replay_t* replay, uint8_t* buffer,
  //     uint32_t capacity)
  iree_ffi_replay_files: {
    parameters: ["pointer", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_replay_allow(iree_ffi_replay_t* replay,
  //     const uint8_t* recorded, uint32_t recorded_length,
  //     const uint8_t* path, uint32_t path_length)
  iree_ffi_replay_allow: {
    parameters: ["pointer", "buffer", "u32", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_replay_substitute(iree_ffi_replay_t* replay,
  //     uint64_t executable_id, const uint8_t* format, uint32_t format_length,
  //     const uint8_t* source, uint32_t source_length, const uint8_t* bytes,
  //     size_t length)
  iree_ffi_replay_substitute: {
    parameters: [
      "pointer",
      "u64",
      "buffer",
      "u32",
      "buffer",
      "u32",
      "buffer",
      "usize",
    ],
    result: "u32",
  },
  // uint32_t iree_ffi_replay_execute(iree_ffi_replay_t* replay,
  //     iree_hal_device_group_t* group, const uint8_t* scope,
  //     uint32_t scope_length, uint64_t* out_nanoseconds)
  iree_ffi_replay_execute: {
    parameters: ["pointer", "pointer", "buffer", "u32", "buffer"],
    result: "u32",
  },
  // iree_ffi_device_profile_t* iree_ffi_device_profile_begin(
  //     iree_hal_device_group_t* group)
  iree_ffi_device_profile_begin: { parameters: ["pointer"], result: "pointer" },
  // uint32_t iree_ffi_device_profile_end(iree_ffi_device_profile_t* profile)
  iree_ffi_device_profile_end: { parameters: ["pointer"], result: "u32" },
  // uint32_t iree_ffi_device_profile_rows(iree_ffi_device_profile_t* profile,
  //     uint8_t* buffer, uint32_t capacity)
  iree_ffi_device_profile_rows: {
    parameters: ["pointer", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_disassemble(const uint8_t* bytes, size_t length,
  //     uint32_t ordinal, uint32_t with_offsets, uint8_t* buffer,
  //     uint32_t capacity)
  iree_ffi_disassemble: {
    parameters: ["buffer", "usize", "u32", "u32", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_flatbuffer_verify(const uint8_t* bytes, size_t length)
  iree_ffi_flatbuffer_verify: {
    parameters: ["buffer", "usize"],
    result: "u32",
  },
  // uint32_t iree_ffi_cpu_features(uint8_t* buffer, uint32_t capacity)
  iree_ffi_cpu_features: { parameters: ["buffer", "u32"], result: "u32" },
  // uint32_t iree_ffi_json_array_end(const uint8_t* json, uint32_t length)
  iree_ffi_json_array_end: { parameters: ["buffer", "u32"], result: "u32" },
  // uint32_t iree_ffi_json_floats(const uint8_t* json, uint32_t length,
  //     float* values, uint32_t count)
  iree_ffi_json_floats: {
    parameters: ["buffer", "u32", "buffer", "u32"],
    result: "u32",
  },
  // iree_ffi_watchdog_t* iree_ffi_watchdog_create(double milliseconds,
  //     uint32_t exit_status, const uint8_t* message,
  //     uint32_t message_length)
  iree_ffi_watchdog_create: {
    parameters: ["f64", "u32", "buffer", "u32"],
    result: "pointer",
  },

  // iree_ffi_tokenizer_t* iree_ffi_tokenizer_from_json(const uint8_t* bytes,
  //     size_t length)
  iree_ffi_tokenizer_from_json: {
    parameters: ["buffer", "usize"],
    result: "pointer",
  },
  // iree_ffi_tokenizer_t* iree_ffi_tokenizer_from_tiktoken(const uint8_t*
  //     bytes, size_t length, const uint8_t* encoding, uint32_t
  //     encoding_length)
  iree_ffi_tokenizer_from_tiktoken: {
    parameters: ["buffer", "usize", "buffer", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_json_member(const uint8_t* json, size_t length, const
  //     uint8_t* name, uint32_t name_length, uint8_t* buffer, uint32_t
  //     capacity)
  iree_ffi_json_member: {
    parameters: ["buffer", "usize", "buffer", "u32", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_tokenizer_describe(iree_ffi_tokenizer_t* tokenizer,
  //     uint8_t* buffer, uint32_t capacity)
  iree_ffi_tokenizer_describe: {
    parameters: ["pointer", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_tokenizer_token_id(iree_ffi_tokenizer_t* tokenizer,
  //     const uint8_t* text, uint32_t length)
  iree_ffi_tokenizer_token_id: {
    parameters: ["pointer", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_tokenizer_token(iree_ffi_tokenizer_t* tokenizer,
  //     uint32_t id, uint8_t* buffer, uint32_t capacity)
  iree_ffi_tokenizer_token: {
    parameters: ["pointer", "u32", "buffer", "u32"],
    result: "u32",
  },
  // uint32_t iree_ffi_tokenizer_encode(iree_ffi_tokenizer_t* tokenizer, const
  //     uint8_t* text, const uint32_t* ends, uint32_t count, uint32_t in_pairs,
  //     uint32_t flags, uint32_t* counts, uint32_t* ids, uint8_t* type_ids,
  //     uint32_t* offsets, uint32_t capacity)
  iree_ffi_tokenizer_encode: {
    parameters: [
      "pointer",
      "buffer",
      "buffer",
      "u32",
      "u32",
      "u32",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "u32",
    ],
    result: "u32",
  },
  // uint32_t iree_ffi_tokenizer_decode(iree_ffi_tokenizer_t* tokenizer, const
  //     uint32_t* ids, const uint32_t* ends, uint32_t count, uint32_t flags,
  //     uint32_t* out_ends, uint8_t* buffer, uint32_t capacity)
  iree_ffi_tokenizer_decode: {
    parameters: [
      "pointer",
      "buffer",
      "buffer",
      "u32",
      "u32",
      "buffer",
      "buffer",
      "u32",
    ],
    result: "u32",
  },
  // iree_ffi_encode_stream_t* iree_ffi_encode_stream_create(
  //     iree_ffi_tokenizer_t* tokenizer, uint32_t flags)
  iree_ffi_encode_stream_create: {
    parameters: ["pointer", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_encode_stream_feed(iree_ffi_encode_stream_t* stream,
  //     const uint8_t* text, uint32_t length, uint32_t is_end, uint32_t* ids,
  //     uint8_t* type_ids, uint32_t capacity)
  iree_ffi_encode_stream_feed: {
    parameters: ["pointer", "buffer", "u32", "u32", "buffer", "buffer", "u32"],
    result: "u32",
  },
  // iree_ffi_decode_stream_t* iree_ffi_decode_stream_create(
  //     iree_ffi_tokenizer_t* tokenizer, uint32_t flags)
  iree_ffi_decode_stream_create: {
    parameters: ["pointer", "u32"],
    result: "pointer",
  },
  // uint32_t iree_ffi_decode_stream_feed(iree_ffi_decode_stream_t* stream,
  //     const uint32_t* ids, uint32_t count, uint32_t is_end, uint8_t* buffer,
  //     uint32_t capacity)
  iree_ffi_decode_stream_feed: {
    parameters: ["pointer", "buffer", "u32", "u32", "buffer", "u32"],
    result: "u32",
  },
} as const;
