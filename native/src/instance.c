#include <string.h>

#include "internal.h"
#include "iree/base/threading/call_once.h"
#include "iree/base/threading/mutex.h"
#include "iree/modules/hal/types.h"

struct iree_ffi_instance_t {
  uint32_t reference_count;
  iree_vm_instance_t* vm;
  iree_hal_allocator_t* heap_allocator;
};

// Guards the shared instance and its count.
static iree_slim_mutex_t iree_ffi_instance_mutex;
static iree_once_flag iree_ffi_instance_once = IREE_ONCE_FLAG_INIT;
static iree_ffi_instance_t* iree_ffi_shared_instance;

static void iree_ffi_instance_initialize_mutex(void) {
  iree_slim_mutex_initialize(&iree_ffi_instance_mutex);
}

static void iree_ffi_instance_lock(void) {
  iree_call_once(&iree_ffi_instance_once, iree_ffi_instance_initialize_mutex);
  iree_slim_mutex_lock(&iree_ffi_instance_mutex);
}

static void iree_ffi_instance_unlock(void) {
  iree_slim_mutex_unlock(&iree_ffi_instance_mutex);
}

static void iree_ffi_instance_destroy(iree_ffi_instance_t* instance) {
  iree_hal_allocator_release(instance->heap_allocator);
  iree_vm_instance_release(instance->vm);
  iree_allocator_free(iree_ffi_allocator(), instance);
}

static iree_status_t iree_ffi_instance_create(
    iree_ffi_instance_t** out_instance) {
  iree_ffi_instance_t* instance = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(
      iree_ffi_allocator(), sizeof(*instance), (void**)&instance));
  memset(instance, 0, sizeof(*instance));
  iree_status_t status = iree_vm_instance_create(
      IREE_VM_TYPE_CAPACITY_DEFAULT, iree_ffi_allocator(), &instance->vm);
  if (iree_status_is_ok(status)) {
    // Bytecode modules refer to these types even if they never call the HAL.
    status = iree_hal_module_register_all_types(instance->vm);
  }
  if (iree_status_is_ok(status)) {
    status = iree_hal_allocator_create_heap(
        IREE_SV("heap"), iree_ffi_allocator(), iree_ffi_allocator(),
        &instance->heap_allocator);
  }
  if (iree_status_is_ok(status)) {
    *out_instance = instance;
  } else {
    iree_ffi_instance_destroy(instance);
  }
  return status;
}

iree_ffi_instance_t* iree_ffi_instance_acquire(void) {
  iree_ffi_instance_lock();
  iree_status_t status = iree_ok_status();
  if (!iree_ffi_shared_instance) {
    status = iree_ffi_instance_create(&iree_ffi_shared_instance);
  }
  iree_ffi_instance_t* instance = iree_ffi_shared_instance;
  if (instance) ++instance->reference_count;
  iree_ffi_instance_unlock();
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_INSTANCE, instance);
}

void iree_ffi_instance_retain(iree_ffi_instance_t* instance) {
  iree_ffi_instance_lock();
  ++instance->reference_count;
  iree_ffi_instance_unlock();
}

void iree_ffi_instance_release(iree_ffi_instance_t* instance) {
  iree_ffi_instance_lock();
  if (--instance->reference_count == 0) {
    iree_ffi_shared_instance = NULL;
    iree_ffi_instance_destroy(instance);
  }
  iree_ffi_instance_unlock();
}

iree_vm_instance_t* iree_ffi_instance_vm(iree_ffi_instance_t* instance) {
  return instance->vm;
}

iree_hal_allocator_t* iree_ffi_instance_heap_allocator(
    iree_ffi_instance_t* instance) {
  return instance->heap_allocator;
}

uint32_t iree_ffi_instance_has_type(iree_ffi_instance_t* instance,
                                    const uint8_t* name, uint32_t name_length) {
  return iree_vm_instance_lookup_type(instance->vm,
                                      iree_ffi_view(name, name_length)) != 0;
}
