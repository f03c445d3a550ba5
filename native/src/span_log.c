#include "span_log.h"

#include <string.h>

#include "internal.h"
#include "iree/base/threading/call_once.h"
#include "iree/base/threading/mutex.h"

// Further spans are counted, not kept.
#define IREE_FFI_SPAN_LOG_MAX_BYTES ((iree_host_size_t)256 << 20)

struct iree_ffi_span_log_t {
  // In the list of those that spans are added to.
  iree_ffi_span_log_t* next;
  bool has_operations;
  uint8_t* bytes;
  iree_host_size_t length;
  iree_host_size_t capacity;
};

// Before the spans.
typedef struct iree_ffi_span_header_t {
  uint32_t version;
  uint32_t header_length;
  uint64_t dropped_count;
} iree_ffi_span_header_t;

// Before the span's name.
typedef struct iree_ffi_span_record_t {
  uint32_t record_length;
  uint32_t kind;
  int64_t start_host_time_ns;
  int64_t end_host_time_ns;
  uint64_t thread;
  uint64_t payload_length;
  uint32_t is_failure;
  uint32_t name_length;
} iree_ffi_span_record_t;

iree_atomic_int32_t iree_ffi_span_log_count = IREE_ATOMIC_VAR_INIT(0);
static iree_ffi_span_log_t* iree_ffi_span_logs;
static iree_slim_mutex_t iree_ffi_span_mutex;
static iree_once_flag iree_ffi_span_once = IREE_ONCE_FLAG_INIT;
// Numbers threads by the addresses of their variables.
static IREE_FFI_THREAD_LOCAL char iree_ffi_span_thread;

static void iree_ffi_span_mutex_initialize(void) {
  iree_slim_mutex_initialize(&iree_ffi_span_mutex);
}

static void iree_ffi_span_lock(void) {
  iree_call_once(&iree_ffi_span_once, iree_ffi_span_mutex_initialize);
  iree_slim_mutex_lock(&iree_ffi_span_mutex);
}

static void iree_ffi_span_unlock(void) {
  iree_slim_mutex_unlock(&iree_ffi_span_mutex);
}

iree_status_t iree_ffi_span_log_start(bool has_operations,
                                      iree_ffi_span_log_t** out_log) {
  iree_ffi_span_log_t* log = NULL;
  IREE_RETURN_IF_ERROR(
      iree_allocator_malloc(iree_ffi_allocator(), sizeof(*log), (void**)&log));
  memset(log, 0, sizeof(*log));
  log->has_operations = has_operations;
  const iree_ffi_span_header_t header = {
      .version = 1,
      .header_length = sizeof(header),
  };
  iree_status_t status = iree_allocator_grow_array(
      iree_ffi_allocator(), /*minimum_capacity=*/4096, /*element_size=*/1,
      &log->capacity, (void**)&log->bytes);
  if (!iree_status_is_ok(status)) {
    iree_ffi_span_log_free(log);
    return status;
  }
  memcpy(log->bytes, &header, sizeof(header));
  log->length = sizeof(header);
  iree_ffi_span_lock();
  log->next = iree_ffi_span_logs;
  iree_ffi_span_logs = log;
  iree_atomic_fetch_add(&iree_ffi_span_log_count, 1, iree_memory_order_relaxed);
  iree_ffi_span_unlock();
  *out_log = log;
  return iree_ok_status();
}

void iree_ffi_span_log_stop(iree_ffi_span_log_t* log) {
  iree_ffi_span_lock();
  for (iree_ffi_span_log_t** at = &iree_ffi_span_logs; *at; at = &(*at)->next) {
    if (*at != log) continue;
    *at = log->next;
    iree_atomic_fetch_sub(&iree_ffi_span_log_count, 1,
                          iree_memory_order_relaxed);
    break;
  }
  iree_ffi_span_unlock();
}

void iree_ffi_span_log_free(iree_ffi_span_log_t* log) {
  if (!log) return;
  iree_allocator_free(iree_ffi_allocator(), log->bytes);
  iree_allocator_free(iree_ffi_allocator(), log);
}

iree_const_byte_span_t iree_ffi_span_log_bytes(const iree_ffi_span_log_t* log) {
  return iree_make_const_byte_span(log->bytes, log->length);
}

uint64_t iree_ffi_span_log_dropped_count(const iree_ffi_span_log_t* log) {
  iree_ffi_span_header_t header;
  memcpy(&header, log->bytes, sizeof(header));
  return header.dropped_count;
}

static bool iree_ffi_span_log_reserve(iree_ffi_span_log_t* log,
                                      iree_host_size_t length) {
  if (length > IREE_FFI_SPAN_LOG_MAX_BYTES - log->length) return false;
  while (log->capacity - log->length < length) {
    iree_status_t status = iree_allocator_grow_array(
        iree_ffi_allocator(), /*minimum_capacity=*/4096, /*element_size=*/1,
        &log->capacity, (void**)&log->bytes);
    if (!iree_status_is_ok(status)) {
      iree_status_free(status);
      return false;
    }
  }
  return true;
}

static void iree_ffi_span_log_append(iree_ffi_span_log_t* log,
                                     iree_ffi_span_record_t record,
                                     iree_string_view_t module,
                                     iree_string_view_t name) {
  const iree_host_size_t dot = module.size > 0 ? 1 : 0;
  const iree_host_size_t name_length = module.size + dot + name.size;
  const iree_host_size_t length = sizeof(record) + name_length;
  if (!iree_ffi_span_log_reserve(log, length)) {
    iree_ffi_span_header_t header;
    memcpy(&header, log->bytes, sizeof(header));
    ++header.dropped_count;
    memcpy(log->bytes, &header, sizeof(header));
    return;
  }
  record.record_length = (uint32_t)length;
  record.thread = (uint64_t)(uintptr_t)&iree_ffi_span_thread;
  record.name_length = (uint32_t)name_length;
  uint8_t* target = log->bytes + log->length;
  memcpy(target, &record, sizeof(record));
  target += sizeof(record);
  if (dot) {
    memcpy(target, module.data, module.size);
    target[module.size] = '.';
    target += module.size + dot;
  }
  if (name.size > 0) memcpy(target, name.data, name.size);
  log->length += length;
}

void iree_ffi_span_log_add(iree_ffi_span_log_t* log, iree_ffi_span_kind_t kind,
                           iree_string_view_t name, iree_time_t start,
                           iree_time_t end) {
  const iree_ffi_span_record_t record = {
      .kind = kind,
      .start_host_time_ns = start,
      .end_host_time_ns = end,
  };
  iree_ffi_span_lock();
  iree_ffi_span_log_append(log, record, iree_string_view_empty(), name);
  iree_ffi_span_unlock();
}

static void iree_ffi_span_add_named(iree_ffi_span_record_t record,
                                    iree_string_view_t module,
                                    iree_string_view_t name) {
  record.end_host_time_ns = iree_time_now();
  iree_ffi_span_lock();
  for (iree_ffi_span_log_t* log = iree_ffi_span_logs; log; log = log->next) {
    iree_ffi_span_log_append(log, record, module, name);
  }
  iree_ffi_span_unlock();
}

void iree_ffi_span_add(iree_ffi_span_kind_t kind, iree_time_t start,
                       uint64_t bytes, bool is_failure) {
  const iree_ffi_span_record_t record = {
      .kind = kind,
      .start_host_time_ns = start,
      .payload_length = bytes,
      .is_failure = is_failure,
  };
  iree_ffi_span_add_named(record, iree_string_view_empty(),
                          iree_string_view_empty());
}

void iree_ffi_span_add_function(iree_ffi_span_kind_t kind, iree_time_t start,
                                iree_vm_function_t function, bool is_failure) {
  const iree_ffi_span_record_t record = {
      .kind = kind,
      .start_host_time_ns = start,
      .is_failure = is_failure,
  };
  iree_ffi_span_add_named(record, iree_vm_module_name(function.module),
                          iree_vm_function_name(&function));
}

bool iree_ffi_span_log_has_operations(void) {
  bool result = false;
  iree_ffi_span_lock();
  for (iree_ffi_span_log_t* log = iree_ffi_span_logs; log; log = log->next) {
    result |= log->has_operations;
  }
  iree_ffi_span_unlock();
  return result;
}

void iree_ffi_span_add_operation(iree_string_view_t text, uint64_t depth,
                                 iree_time_t start, iree_time_t end,
                                 bool is_failure) {
  const iree_ffi_span_record_t record = {
      .kind = IREE_FFI_SPAN_VM,
      .start_host_time_ns = start,
      .end_host_time_ns = end,
      .payload_length = depth,
      .is_failure = is_failure,
  };
  iree_ffi_span_lock();
  for (iree_ffi_span_log_t* log = iree_ffi_span_logs; log; log = log->next) {
    if (!log->has_operations) continue;
    iree_ffi_span_log_append(log, record, iree_string_view_empty(), text);
  }
  iree_ffi_span_unlock();
}
