#include <stdlib.h>

#include "ticket.h"

// State of a thread: its last failure, and the number of references to each
// object that were handed out to it. An isolate has its own thread. Its
// termination is not reported, so its remaining references are released when
// its thread ends.

//===----------------------------------------------------------------------===//
// End of a thread
//===----------------------------------------------------------------------===//

// Objects of ended threads that are never released.
typedef struct iree_ffi_left_t {
  struct iree_ffi_left_t* next;
  iree_ffi_entry_t* entries;
} iree_ffi_left_t;

static iree_atomic_intptr_t iree_ffi_left = IREE_ATOMIC_VAR_INIT(0);

// Keeps the remaining objects reachable for leak checkers.
static void iree_ffi_thread_leave(iree_ffi_entry_t* entries) {
  iree_ffi_left_t* left = (iree_ffi_left_t*)malloc(sizeof(*left));
  if (!left) return;
  left->entries = entries;
  intptr_t next = iree_atomic_load(&iree_ffi_left, iree_memory_order_relaxed);
  do {
    left->next = (iree_ffi_left_t*)next;
  } while (!iree_atomic_compare_exchange_weak(
      &iree_ffi_left, &next, (intptr_t)left, iree_memory_order_release,
      iree_memory_order_relaxed));
}

static bool iree_ffi_handouts_have(const iree_ffi_handouts_t* handouts,
                                   uint32_t kind) {
  for (uint32_t i = 0; i < handouts->capacity; ++i) {
    const iree_ffi_entry_t* entry = &handouts->entries[i];
    if (entry->kind == kind && entry->count > 0) return true;
  }
  return false;
}

// Waits until devices have no work, if there are several: work of one may use
// memory of another, which must not go first.
static void iree_ffi_handouts_settle(const iree_ffi_handouts_t* handouts) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < handouts->capacity; ++i) {
    const iree_ffi_entry_t* entry = &handouts->entries[i];
    if (entry->kind != IREE_FFI_KIND_DEVICE_GROUP || entry->count == 0)
      continue;
    ++count;
  }
  if (count < 2) return;
  for (uint32_t i = 0; i < handouts->capacity; ++i) {
    const iree_ffi_entry_t* entry = &handouts->entries[i];
    if (entry->kind != IREE_FFI_KIND_DEVICE_GROUP || entry->count == 0)
      continue;
    iree_ffi_device_group_settle((iree_hal_device_group_t*)entry->object);
  }
}

void iree_ffi_thread_release_all(iree_ffi_thread_t* thread) {
  iree_ffi_tickets_drop(thread);
  const iree_ffi_handouts_t handouts = thread->handouts;
  thread->handouts = (iree_ffi_handouts_t){0};
  // Another thread may have received the memory of a mapping without notice.
  // The mapping stays, and so does its device.
  const bool has_mapping =
      iree_ffi_handouts_have(&handouts, IREE_FFI_KIND_MAPPING);
  // Kinds are in release order: memory of a device before the device, the
  // instance last.
  for (uint32_t kind = 0; kind < IREE_FFI_KIND_COUNT; ++kind) {
    if (has_mapping &&
        (kind == IREE_FFI_KIND_MAPPING || kind == IREE_FFI_KIND_DEVICE_GROUP ||
         kind == IREE_FFI_KIND_INSTANCE)) {
      continue;
    }
    if (kind == IREE_FFI_KIND_DEVICE_GROUP) iree_ffi_handouts_settle(&handouts);
    for (uint32_t i = 0; i < handouts.capacity; ++i) {
      iree_ffi_entry_t* entry = &handouts.entries[i];
      if (entry->kind != kind) continue;
      for (; entry->count > 0; --entry->count) {
        iree_ffi_object_release(entry->kind, entry->object);
      }
    }
  }
  if (has_mapping) {
    iree_ffi_thread_leave(handouts.entries);
  } else {
    free(handouts.entries);
  }
  iree_status_free(thread->failure);
  thread->failure = iree_ok_status();
}

//===----------------------------------------------------------------------===//
// References that were handed out
//===----------------------------------------------------------------------===//

static iree_ffi_entry_t* iree_ffi_handouts_find(
    const iree_ffi_handouts_t* handouts, uint32_t kind, void* object) {
  const uint32_t mask = handouts->capacity - 1;
  uint64_t hash = (uint64_t)(uintptr_t)object * 0x9E3779B97F4A7C15ull;
  uint32_t i = (uint32_t)(hash >> 32) & mask;
  while (handouts->entries[i].object &&
         (handouts->entries[i].object != object ||
          handouts->entries[i].kind != kind)) {
    i = (i + 1) & mask;
  }
  return &handouts->entries[i];
}

// Makes room and drops the entries of released objects.
static bool iree_ffi_handouts_rehash(iree_ffi_handouts_t* handouts) {
  uint32_t live = 0;
  for (uint32_t i = 0; i < handouts->capacity; ++i) {
    if (handouts->entries[i].count > 0) ++live;
  }
  iree_ffi_handouts_t grown = {.capacity = 64, .used = live};
  while (grown.capacity < 4 * (live + 1)) grown.capacity *= 2;
  grown.entries =
      (iree_ffi_entry_t*)calloc(grown.capacity, sizeof(*grown.entries));
  if (!grown.entries) return false;
  for (uint32_t i = 0; i < handouts->capacity; ++i) {
    const iree_ffi_entry_t entry = handouts->entries[i];
    if (entry.count == 0) continue;
    *iree_ffi_handouts_find(&grown, entry.kind, entry.object) = entry;
  }
  free(handouts->entries);
  *handouts = grown;
  return true;
}

// Finds or creates the entry of an object; returns NULL if out of memory.
static iree_ffi_entry_t* iree_ffi_thread_enter(uint32_t kind, void* object) {
  iree_ffi_thread_t* thread = iree_ffi_this_thread();
  if (!thread) return NULL;
  iree_ffi_handouts_t* handouts = &thread->handouts;
  if (2 * (handouts->used + 1) > handouts->capacity &&
      !iree_ffi_handouts_rehash(handouts)) {
    return NULL;
  }
  iree_ffi_entry_t* entry = iree_ffi_handouts_find(handouts, kind, object);
  if (!entry->object) {
    entry->object = object;
    entry->kind = kind;
    ++handouts->used;
  }
  return entry;
}

void* iree_ffi_hand_out(uint32_t kind, void* object) {
  if (!object) return NULL;
  iree_ffi_entry_t* entry = iree_ffi_thread_enter(kind, object);
  if (!entry) {
    iree_ffi_object_release(kind, object);
    iree_ffi_check(iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                                    "no memory to track an object"));
    return NULL;
  }
  ++entry->count;
  return object;
}

void iree_ffi_release(uint32_t kind, void* object) {
  iree_ffi_thread_t* thread = iree_ffi_this_thread_if_any();
  if (!thread || !thread->handouts.entries) return;
  iree_ffi_entry_t* entry =
      iree_ffi_handouts_find(&thread->handouts, kind, object);
  if (entry->count == 0) return;
  --entry->count;
  iree_ffi_object_release(kind, object);
}

//===----------------------------------------------------------------------===//
// Failures
//===----------------------------------------------------------------------===//

// If a thread's state cannot be allocated, that is the failure.
uint32_t iree_ffi_check(iree_status_t status) {
  if (iree_status_is_ok(status)) return 0;
  iree_ffi_thread_t* thread = iree_ffi_this_thread();
  if (!thread) {
    iree_status_free(status);
    return IREE_STATUS_RESOURCE_EXHAUSTED;
  }
  iree_status_free(thread->failure);
  thread->failure = status;
  return iree_status_code(status);
}

uint32_t iree_ffi_failure_code(void) {
  iree_ffi_thread_t* thread = iree_ffi_this_thread_if_any();
  return thread ? iree_status_code(thread->failure)
                : IREE_STATUS_RESOURCE_EXHAUSTED;
}

static bool iree_ffi_failure_append(iree_string_view_t chunk, void* user_data) {
  iree_ffi_write_bytes((iree_ffi_writer_t*)user_data, chunk.data, chunk.size);
  return true;
}

uint32_t iree_ffi_failure_take(uint8_t* buffer, uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_thread_t* thread = iree_ffi_this_thread_if_any();
  if (!thread) return (uint32_t)writer.length;
  // Streams the text, since formatting into separate memory could fail too.
  iree_status_format_to(thread->failure, iree_ffi_failure_append, &writer);
  if (writer.length <= capacity) {
    iree_status_free(thread->failure);
    thread->failure = iree_ok_status();
  }
  return (uint32_t)writer.length;
}
