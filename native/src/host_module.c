#include <string.h>

#include "host.h"
#include "iree/vm/stack.h"
#include "span_log.h"

// A module whose functions are called in the isolate that defined it. The
// isolate passes the description; here are only its copy and the calls.

typedef struct iree_ffi_host_function_t {
  iree_string_view_t name;
  iree_string_view_t calling_convention;
  uint32_t attribute_count;
  iree_string_pair_t* attributes;
  iree_ffi_slots_t arguments;
  iree_ffi_slots_t results;
} iree_ffi_host_function_t;

typedef struct iree_ffi_host_module_t {
  iree_vm_module_t interface;
  iree_ffi_host_t* host;
  iree_ffi_instance_t* instance;
  // Given back when the module is destroyed.
  iree_ffi_host_released_t* released;
  uint32_t key;
  uint32_t version;
  iree_string_view_t name;
  uint32_t function_count;
  iree_ffi_host_function_t* functions;
  // The record that the names point into.
  uint8_t* record;
} iree_ffi_host_module_t;

// State of the module in a context: a number, by which the isolate keeps it.
struct iree_vm_module_state_t {
  iree_ffi_host_released_t* released;
  iree_allocator_t allocator;
};

//===----------------------------------------------------------------------===//
// Description
//===----------------------------------------------------------------------===//

static void iree_ffi_host_module_destroy(void* self) {
  iree_ffi_host_module_t* module = (iree_ffi_host_module_t*)self;
  for (uint32_t i = 0; i < module->function_count; ++i) {
    iree_ffi_host_function_t* function = &module->functions[i];
    iree_allocator_free(iree_ffi_allocator(), function->arguments.slots);
    iree_allocator_free(iree_ffi_allocator(), function->results.slots);
    iree_allocator_free(iree_ffi_allocator(), function->attributes);
  }
  iree_allocator_free(iree_ffi_allocator(), module->functions);
  iree_allocator_free(iree_ffi_allocator(), module->record);
  if (module->released) iree_ffi_host_give_back(module->host, module->released);
  iree_ffi_host_release(module->host);
  iree_ffi_instance_t* instance = module->instance;
  iree_allocator_free(iree_ffi_allocator(), module);
  iree_ffi_instance_release(instance);
}

static iree_string_view_t iree_ffi_host_module_name(void* self) {
  return ((iree_ffi_host_module_t*)self)->name;
}

static iree_vm_module_signature_t iree_ffi_host_module_signature(void* self) {
  iree_ffi_host_module_t* module = (iree_ffi_host_module_t*)self;
  iree_vm_module_signature_t signature = {
      .version = module->version,
      .export_function_count = module->function_count,
  };
  return signature;
}

static iree_status_t iree_ffi_host_module_get_attr(
    void* self, iree_host_size_t index, iree_string_pair_t* out_attr) {
  return iree_status_from_code(IREE_STATUS_OUT_OF_RANGE);
}

static iree_status_t iree_ffi_host_module_enumerate_dependencies(
    void* self, iree_vm_module_dependency_callback_t callback,
    void* user_data) {
  return iree_ok_status();
}

static iree_status_t iree_ffi_host_module_get_function(
    void* self, iree_vm_function_linkage_t linkage, iree_host_size_t ordinal,
    iree_vm_function_t* out_function, iree_string_view_t* out_name,
    iree_vm_function_signature_t* out_signature) {
  iree_ffi_host_module_t* module = (iree_ffi_host_module_t*)self;
  if (linkage != IREE_VM_FUNCTION_LINKAGE_EXPORT ||
      ordinal >= module->function_count) {
    return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                            "the module has no such function");
  }
  const iree_ffi_host_function_t* function = &module->functions[ordinal];
  if (out_function) {
    out_function->module = &module->interface;
    out_function->linkage = IREE_VM_FUNCTION_LINKAGE_EXPORT;
    out_function->ordinal = (uint16_t)ordinal;
  }
  if (out_name) *out_name = function->name;
  if (out_signature) {
    out_signature->calling_convention = function->calling_convention;
  }
  return iree_ok_status();
}

static iree_status_t iree_ffi_host_module_get_function_attr(
    void* self, iree_vm_function_linkage_t linkage, iree_host_size_t ordinal,
    iree_host_size_t index, iree_string_pair_t* out_attr) {
  iree_ffi_host_module_t* module = (iree_ffi_host_module_t*)self;
  if (linkage != IREE_VM_FUNCTION_LINKAGE_EXPORT ||
      ordinal >= module->function_count ||
      index >= module->functions[ordinal].attribute_count) {
    return iree_status_from_code(IREE_STATUS_OUT_OF_RANGE);
  }
  *out_attr = module->functions[ordinal].attributes[index];
  return iree_ok_status();
}

static iree_status_t iree_ffi_host_module_lookup_function(
    void* self, iree_vm_function_linkage_t linkage, iree_string_view_t name,
    const iree_vm_function_signature_t* expected_signature,
    iree_vm_function_t* out_function) {
  iree_ffi_host_module_t* module = (iree_ffi_host_module_t*)self;
  for (uint32_t i = 0; i < module->function_count; ++i) {
    if (iree_string_view_equal(module->functions[i].name, name)) {
      return iree_ffi_host_module_get_function(self, linkage, i, out_function,
                                               NULL, NULL);
    }
  }
  return iree_make_status(
      IREE_STATUS_NOT_FOUND, "module '%.*s' has no function '%.*s'",
      (int)module->name.size, module->name.data, (int)name.size, name.data);
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

// Keys of modules, states and values are different numbers.
uint32_t iree_ffi_host_new_key(void) {
  static iree_atomic_int32_t last_key = IREE_ATOMIC_VAR_INIT(0);
  uint32_t key = 0;
  do {
    key = 1 + (uint32_t)iree_atomic_fetch_add(&last_key, 1,
                                              iree_memory_order_relaxed);
  } while (key == 0);
  return key;
}

static iree_status_t iree_ffi_host_module_alloc_state(
    void* self, iree_allocator_t allocator,
    iree_vm_module_state_t** out_state) {
  iree_vm_module_state_t* state = NULL;
  IREE_RETURN_IF_ERROR(
      iree_allocator_malloc(allocator, sizeof(*state), (void**)&state));
  state->allocator = allocator;
  iree_status_t status =
      iree_ffi_host_released_create(iree_ffi_host_new_key(), &state->released);
  if (iree_status_is_ok(status)) {
    *out_state = state;
  } else {
    iree_allocator_free(allocator, state);
  }
  return status;
}

static void iree_ffi_host_module_free_state(void* self,
                                            iree_vm_module_state_t* state) {
  iree_ffi_host_module_t* module = (iree_ffi_host_module_t*)self;
  if (!state) return;
  iree_ffi_host_give_back(module->host, state->released);
  iree_allocator_free(state->allocator, state);
}

// The isolate copies what it keeps by the parent's key.
static iree_status_t iree_ffi_host_module_fork_state(
    void* self, iree_vm_module_state_t* parent, iree_allocator_t allocator,
    iree_vm_module_state_t** out_child) {
  return iree_ffi_host_module_alloc_state(self, allocator, out_child);
}

static iree_status_t iree_ffi_host_module_resolve_import(
    void* self, iree_vm_module_state_t* state, iree_host_size_t ordinal,
    const iree_vm_function_t* function,
    const iree_vm_function_signature_t* signature) {
  return iree_make_status(IREE_STATUS_UNIMPLEMENTED,
                          "the module imports nothing");
}

static iree_status_t iree_ffi_host_module_notify(void* self,
                                                 iree_vm_module_state_t* state,
                                                 iree_vm_signal_t signal) {
  return iree_ok_status();
}

uint32_t iree_ffi_host_state_key(iree_vm_context_t* context,
                                 iree_vm_module_t* module) {
  if (module->alloc_state != iree_ffi_host_module_alloc_state) {
    iree_ffi_check(iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                                    "the module is not one of the host"));
    return 0;
  }
  iree_vm_module_state_t* state = NULL;
  if (iree_ffi_check(
          iree_vm_context_resolve_module_state(context, module, &state))) {
    return 0;
  }
  return state->released->key;
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_host_module_begin_call(
    void* self, iree_vm_stack_t* stack, iree_vm_function_call_t call) {
  iree_ffi_host_module_t* module = (iree_ffi_host_module_t*)self;
  if (call.function.ordinal >= module->function_count) {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "the module has no function %u",
                            call.function.ordinal);
  }
  iree_vm_stack_frame_t* frame = NULL;
  IREE_RETURN_IF_ERROR(iree_vm_stack_function_enter(
      stack, &call.function, IREE_VM_STACK_FRAME_NATIVE, /*frame_size=*/0,
      /*frame_cleanup_fn=*/NULL, &frame));
  const iree_ffi_host_function_t* function =
      &module->functions[call.function.ordinal];
  iree_ffi_host_call_t host_call = {
      .module_key = module->key,
      .ordinal = call.function.ordinal,
      .state = frame->module_state->released->key,
      .arguments = function->arguments,
      .results = function->results,
      .status = iree_ok_status(),
      .is_done = IREE_ATOMIC_VAR_INIT(0),
  };
  host_call.arguments.storage = call.arguments;
  host_call.results.storage = call.results;
  if (call.results.data_length > 0) {
    memset(call.results.data, 0, call.results.data_length);
  }
  const iree_time_t start = iree_ffi_span_begin();
  iree_status_t status = iree_ffi_host_perform(module->host, &host_call);
  iree_ffi_span_end_function(IREE_FFI_SPAN_HOST, start, call.function, status);
  IREE_RETURN_IF_ERROR(status);
  return iree_vm_stack_function_leave(stack);
}

static iree_status_t iree_ffi_host_module_resume_call(
    void* self, iree_vm_stack_t* stack, iree_byte_span_t results) {
  return iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                          "the function did not yield");
}

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

// Only calls have storage.
static iree_status_t iree_ffi_host_slots_parse(iree_string_view_t types,
                                               iree_ffi_slots_t* slots) {
  iree_status_t status = iree_ffi_slots_initialize(
      types, sizeof(((iree_ffi_host_frame_t*)0)->values), slots);
  iree_allocator_free(iree_ffi_allocator(), slots->storage.data);
  slots->storage = iree_byte_span_empty();
  return status;
}

static iree_status_t iree_ffi_host_function_parse(
    iree_ffi_reader_t* reader, iree_ffi_host_function_t* function) {
  IREE_RETURN_IF_ERROR(iree_ffi_read_string(reader, &function->name));
  IREE_RETURN_IF_ERROR(
      iree_ffi_read_string(reader, &function->calling_convention));
  iree_vm_function_signature_t signature = {function->calling_convention};
  iree_string_view_t arguments, results;
  IREE_RETURN_IF_ERROR(iree_vm_function_call_get_cconv_fragments(
      &signature, &arguments, &results));
  IREE_RETURN_IF_ERROR(
      iree_ffi_host_slots_parse(arguments, &function->arguments));
  IREE_RETURN_IF_ERROR(iree_ffi_host_slots_parse(results, &function->results));
  uint32_t count = 0;
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(reader, &count));
  IREE_RETURN_IF_ERROR(iree_allocator_malloc_array(
      iree_ffi_allocator(), iree_max(count, 1), sizeof(*function->attributes),
      (void**)&function->attributes));
  for (uint32_t i = 0; i < count; ++i) {
    iree_string_pair_t* pair = &function->attributes[i];
    IREE_RETURN_IF_ERROR(iree_ffi_read_string(reader, &pair->key));
    IREE_RETURN_IF_ERROR(iree_ffi_read_string(reader, &pair->value));
  }
  function->attribute_count = count;
  return iree_ok_status();
}

static iree_status_t iree_ffi_host_module_parse(iree_ffi_host_module_t* module,
                                                const uint8_t* record,
                                                uint32_t length) {
  IREE_RETURN_IF_ERROR(iree_allocator_clone(
      iree_ffi_allocator(), iree_make_const_byte_span(record, length),
      (void**)&module->record));
  iree_ffi_reader_t reader = iree_ffi_reader(module->record, length);
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &module->version));
  IREE_RETURN_IF_ERROR(iree_ffi_read_string(&reader, &module->name));
  uint32_t count = 0;
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &count));
  IREE_RETURN_IF_ERROR(iree_allocator_malloc_array(
      iree_ffi_allocator(), iree_max(count, 1), sizeof(*module->functions),
      (void**)&module->functions));
  memset(module->functions, 0, count * sizeof(*module->functions));
  module->function_count = count;
  for (uint32_t i = 0; i < count; ++i) {
    IREE_RETURN_IF_ERROR(
        iree_ffi_host_function_parse(&reader, &module->functions[i]));
  }
  return iree_ok_status();
}

iree_vm_module_t* iree_ffi_host_module_create(iree_ffi_instance_t* instance,
                                              iree_ffi_host_t* host,
                                              uint32_t key,
                                              const uint8_t* record,
                                              uint32_t record_length) {
  iree_ffi_host_module_t* module = NULL;
  if (iree_ffi_check(iree_allocator_malloc(iree_ffi_allocator(),
                                           sizeof(*module), (void**)&module))) {
    return NULL;
  }
  memset(module, 0, sizeof(*module));
  module->host = host;
  iree_ffi_host_retain(host);
  module->instance = instance;
  iree_ffi_instance_retain(instance);
  module->key = key;
  iree_vm_module_t* interface = &module->interface;
  iree_vm_module_initialize(interface, module);
  interface->destroy = iree_ffi_host_module_destroy;
  interface->name = iree_ffi_host_module_name;
  interface->signature = iree_ffi_host_module_signature;
  interface->get_module_attr = iree_ffi_host_module_get_attr;
  interface->enumerate_dependencies =
      iree_ffi_host_module_enumerate_dependencies;
  interface->lookup_function = iree_ffi_host_module_lookup_function;
  interface->get_function = iree_ffi_host_module_get_function;
  interface->get_function_attr = iree_ffi_host_module_get_function_attr;
  interface->alloc_state = iree_ffi_host_module_alloc_state;
  interface->free_state = iree_ffi_host_module_free_state;
  interface->fork_state = iree_ffi_host_module_fork_state;
  interface->resolve_import = iree_ffi_host_module_resolve_import;
  interface->notify = iree_ffi_host_module_notify;
  interface->begin_call = iree_ffi_host_module_begin_call;
  interface->resume_call = iree_ffi_host_module_resume_call;
  iree_status_t status =
      iree_ffi_host_module_parse(module, record, record_length);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_host_released_create(key, &module->released);
  }
  if (iree_ffi_check(status)) {
    iree_vm_module_release(interface);
    return NULL;
  }
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, interface);
}
