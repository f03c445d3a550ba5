#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "iree/base/threading/call_once.h"

// Types whose objects hold a value of an isolate. A type is the address of its
// descriptor, so that descriptors are never freed: one for each name.

typedef struct iree_ffi_host_type_t {
  struct iree_ffi_host_type_t* next;
  iree_vm_ref_type_descriptor_t descriptor;
  iree_vm_ref_type_t type;
} iree_ffi_host_type_t;

typedef struct iree_ffi_host_value_t {
  iree_vm_ref_object_t ref_object;
  iree_ffi_host_t* host;
  iree_ffi_host_released_t* released;
} iree_ffi_host_value_t;

static iree_slim_mutex_t iree_ffi_host_type_mutex;
static iree_once_flag iree_ffi_host_type_once = IREE_ONCE_FLAG_INIT;
static iree_ffi_host_type_t* iree_ffi_host_types;

static void iree_ffi_host_type_initialize_mutex(void) {
  iree_slim_mutex_initialize(&iree_ffi_host_type_mutex);
}

static void iree_ffi_host_value_destroy(void* self) {
  iree_ffi_host_value_t* value = (iree_ffi_host_value_t*)self;
  iree_ffi_host_give_back(value->host, value->released);
  iree_ffi_host_release(value->host);
  iree_allocator_free(iree_ffi_allocator(), value);
}

static iree_ffi_host_type_t* iree_ffi_host_type_find(iree_string_view_t name) {
  iree_ffi_host_type_t* type = iree_ffi_host_types;
  while (type && !iree_string_view_equal(type->descriptor.type_name, name)) {
    type = type->next;
  }
  if (type) return type;
  type = (iree_ffi_host_type_t*)calloc(1, sizeof(*type) + name.size);
  if (!type) return NULL;
  char* copy = (char*)(type + 1);
  memcpy(copy, name.data, name.size);
  type->descriptor.type_name = iree_make_string_view(copy, name.size);
  type->descriptor.offsetof_counter =
      offsetof(iree_ffi_host_value_t, ref_object.counter) /
      IREE_VM_REF_COUNTER_ALIGNMENT;
  type->descriptor.destroy = iree_ffi_host_value_destroy;
  type->next = iree_ffi_host_types;
  iree_ffi_host_types = type;
  return type;
}

uint32_t iree_ffi_host_type_register(iree_ffi_instance_t* instance,
                                     const uint8_t* name,
                                     uint32_t name_length) {
  iree_call_once(&iree_ffi_host_type_once, iree_ffi_host_type_initialize_mutex);
  iree_slim_mutex_lock(&iree_ffi_host_type_mutex);
  iree_ffi_host_type_t* type =
      iree_ffi_host_type_find(iree_ffi_view(name, name_length));
  iree_status_t status =
      type ? iree_vm_instance_register_type(iree_ffi_instance_vm(instance),
                                            &type->descriptor, &type->type)
           : iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                              "no memory for a type");
  iree_slim_mutex_unlock(&iree_ffi_host_type_mutex);
  return iree_ffi_check(status);
}

// Returns the type of that name if it is one of a host.
static iree_vm_ref_type_t iree_ffi_host_type_of(iree_string_view_t name) {
  iree_call_once(&iree_ffi_host_type_once, iree_ffi_host_type_initialize_mutex);
  iree_slim_mutex_lock(&iree_ffi_host_type_mutex);
  iree_ffi_host_type_t* type = iree_ffi_host_types;
  while (type && !iree_string_view_equal(type->descriptor.type_name, name)) {
    type = type->next;
  }
  iree_vm_ref_type_t found = type ? type->type : 0;
  iree_slim_mutex_unlock(&iree_ffi_host_type_mutex);
  return found;
}

static iree_status_t iree_ffi_host_value_make(iree_ffi_host_t* host,
                                              iree_string_view_t name,
                                              uint32_t key, void** out_object) {
  iree_vm_ref_type_t type = iree_ffi_host_type_of(name);
  if (!type) {
    return iree_make_status(IREE_STATUS_NOT_FOUND,
                            "type '%.*s' is not registered", (int)name.size,
                            name.data);
  }
  iree_ffi_host_value_t* value = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(iree_ffi_allocator(),
                                             sizeof(*value), (void**)&value));
  memset(value, 0, sizeof(*value));
  iree_status_t status = iree_allocator_malloc(
      iree_ffi_allocator(), sizeof(*value->released), (void**)&value->released);
  if (!iree_status_is_ok(status)) {
    iree_allocator_free(iree_ffi_allocator(), value);
    return status;
  }
  value->released->next = NULL;
  value->released->key = key;
  value->host = host;
  iree_ffi_host_retain(host);
  iree_atomic_ref_count_init(&value->ref_object.counter);
  iree_vm_ref_t ref = iree_vm_ref_null();
  status = iree_vm_ref_wrap_assign(value, type, &ref);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_ref_take(&ref, IREE_FFI_KIND_REF, out_object);
  }
  if (!iree_status_is_ok(status)) iree_ffi_host_value_destroy(value);
  return status;
}

iree_ffi_ref_t* iree_ffi_host_value_create(iree_ffi_host_t* host,
                                           const uint8_t* name,
                                           uint32_t name_length, uint32_t key) {
  void* object = NULL;
  if (iree_ffi_check(iree_ffi_host_value_make(
          host, iree_ffi_view(name, name_length), key, &object))) {
    return NULL;
  }
  return iree_ffi_hand_out(IREE_FFI_KIND_REF, object);
}

// The first member is the reference; see ref.c.
uint32_t iree_ffi_host_value_key(iree_ffi_host_t* host, iree_ffi_ref_t* ref) {
  const iree_vm_ref_t* held = (const iree_vm_ref_t*)ref;
  const iree_vm_ref_type_t type =
      iree_ffi_host_type_of(iree_vm_ref_type_name(held->type));
  if (!type || held->type != type) return 0;
  const iree_ffi_host_value_t* value = (const iree_ffi_host_value_t*)held->ptr;
  return value->host == host ? value->released->key : 0;
}
