// Mapped files that another process truncates. Accessing a page beyond the end
// of its file raises SIGBUS, which ends the process. Here such an access reads
// zeros instead, and everything that ends while the mapping exists fails: its
// results may come from those zeros.
//
// This suits data only. Bytecode and machine code must not turn into zeros, so
// mapped programs are not registered here.

#include "internal.h"

#if defined(_WIN32)

// Windows does not truncate a file that is mapped.

iree_status_t iree_ffi_mapped_file_add(iree_byte_span_t contents,
                                       const char* path) {
  return iree_ok_status();
}

void iree_ffi_mapped_file_remove(iree_byte_span_t contents) {}

iree_status_t iree_ffi_mapped_files_check(void) { return iree_ok_status(); }

#else

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "iree/base/internal/atomics.h"
#include "iree/base/threading/call_once.h"
#include "iree/base/threading/mutex.h"

// A mapped file; unused if |begin| is 0. The signal handler reads the atomics
// without a lock. So files are never freed, but used again.
typedef struct iree_ffi_mapped_file_t {
  struct iree_ffi_mapped_file_t* next;
  iree_atomic_int64_t begin;
  iree_atomic_int64_t end;
  iree_atomic_int32_t is_lost;
  char* path;
} iree_ffi_mapped_file_t;

static iree_once_flag iree_ffi_mapped_files_once = IREE_ONCE_FLAG_INIT;
static iree_slim_mutex_t iree_ffi_mapped_files_mutex;
// Head of the list; an address.
static iree_atomic_int64_t iree_ffi_mapped_files = IREE_ATOMIC_VAR_INIT(0);
// Number of mapped files that lost contents.
static iree_atomic_int32_t iree_ffi_lost_count = IREE_ATOMIC_VAR_INIT(0);

static uintptr_t iree_ffi_page_size;
static struct sigaction iree_ffi_next_action;

static iree_ffi_mapped_file_t* iree_ffi_mapped_files_head(void) {
  return (iree_ffi_mapped_file_t*)(uintptr_t)iree_atomic_load(
      &iree_ffi_mapped_files, iree_memory_order_acquire);
}

//===----------------------------------------------------------------------===//
// Signal handler
//===----------------------------------------------------------------------===//

static uintptr_t iree_ffi_load_address(iree_atomic_int64_t* address) {
  return (uintptr_t)iree_atomic_load(address, iree_memory_order_acquire);
}

// Returns the file that is mapped at |address|, and where it ends.
static iree_ffi_mapped_file_t* iree_ffi_mapped_file_at(uintptr_t address,
                                                       uintptr_t* out_end) {
  for (iree_ffi_mapped_file_t* file = iree_ffi_mapped_files_head(); file;
       file = file->next) {
    uintptr_t begin = iree_ffi_load_address(&file->begin);
    uintptr_t end = iree_ffi_load_address(&file->end);
    // Another thread may be using an entry again.
    if (begin != iree_ffi_load_address(&file->begin)) continue;
    if (begin == 0 || address < begin || address >= end) continue;
    *out_end = end;
    return file;
  }
  return NULL;
}

// Replaces all pages from |address| on: they are beyond the end of the file,
// too.
static bool iree_ffi_mapped_file_lose(uintptr_t address) {
  uintptr_t end = 0;
  iree_ffi_mapped_file_t* file = iree_ffi_mapped_file_at(address, &end);
  if (!file) return false;
  uintptr_t page = address & ~(iree_ffi_page_size - 1);
  // Counted first: no thread must read zeros and find nothing lost.
  if (!iree_atomic_exchange(&file->is_lost, 1, iree_memory_order_acq_rel)) {
    iree_atomic_fetch_add(&iree_ffi_lost_count, 1, iree_memory_order_acq_rel);
  }
  return mmap((void*)page, end - page, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0) != MAP_FAILED;
}

static void iree_ffi_mapped_files_handle(int signal_number, siginfo_t* info,
                                         void* context) {
  int error = errno;
  bool is_handled = info->si_code == BUS_ADRERR &&
                    iree_ffi_mapped_file_lose((uintptr_t)info->si_addr);
  errno = error;
  if (is_handled) return;
  if (iree_ffi_next_action.sa_flags & SA_SIGINFO) {
    iree_ffi_next_action.sa_sigaction(signal_number, info, context);
  } else if (iree_ffi_next_action.sa_handler != SIG_DFL &&
             iree_ffi_next_action.sa_handler != SIG_IGN) {
    iree_ffi_next_action.sa_handler(signal_number);
  } else {
    // The access faults again and ends the process.
    signal(signal_number, SIG_DFL);
  }
}

static void iree_ffi_mapped_files_initialize(void) {
  iree_slim_mutex_initialize(&iree_ffi_mapped_files_mutex);
  iree_ffi_page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  sigaction(SIGBUS, NULL, &iree_ffi_next_action);
  struct sigaction action = {0};
  action.sa_sigaction = iree_ffi_mapped_files_handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, NULL);
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

// Returns an unused entry. Entries are not counted: they live as long as the
// process.
static iree_ffi_mapped_file_t* iree_ffi_mapped_files_allocate(void) {
  iree_ffi_mapped_file_t* file = iree_ffi_mapped_files_head();
  while (file && iree_ffi_load_address(&file->begin) != 0) file = file->next;
  if (file) return file;
  file = (iree_ffi_mapped_file_t*)calloc(1, sizeof(*file));
  if (!file) return NULL;
  file->next = iree_ffi_mapped_files_head();
  iree_atomic_store(&iree_ffi_mapped_files, (int64_t)(uintptr_t)file,
                    iree_memory_order_release);
  return file;
}

iree_status_t iree_ffi_mapped_file_add(iree_byte_span_t contents,
                                       const char* path) {
  if (contents.data_length == 0) return iree_ok_status();
  iree_call_once(&iree_ffi_mapped_files_once, iree_ffi_mapped_files_initialize);
  char* path_copy = NULL;
  IREE_RETURN_IF_ERROR(
      iree_ffi_copy_cstring(iree_make_cstring_view(path), &path_copy));
  iree_slim_mutex_lock(&iree_ffi_mapped_files_mutex);
  iree_ffi_mapped_file_t* file = iree_ffi_mapped_files_allocate();
  if (file) {
    uintptr_t begin = (uintptr_t)contents.data;
    file->path = path_copy;
    iree_atomic_store(&file->is_lost, 0, iree_memory_order_relaxed);
    iree_atomic_store(&file->end, (int64_t)(begin + contents.data_length),
                      iree_memory_order_release);
    iree_atomic_store(&file->begin, (int64_t)begin, iree_memory_order_release);
  }
  iree_slim_mutex_unlock(&iree_ffi_mapped_files_mutex);
  if (file) return iree_ok_status();
  iree_allocator_free(iree_ffi_allocator(), path_copy);
  return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                          "no memory to register mapped file '%s'", path);
}

void iree_ffi_mapped_file_remove(iree_byte_span_t contents) {
  if (contents.data_length == 0) return;
  iree_slim_mutex_lock(&iree_ffi_mapped_files_mutex);
  iree_ffi_mapped_file_t* file = iree_ffi_mapped_files_head();
  while (iree_ffi_load_address(&file->begin) != (uintptr_t)contents.data) {
    file = file->next;
  }
  char* path = file->path;
  file->path = NULL;
  iree_atomic_store(&file->begin, 0, iree_memory_order_release);
  if (iree_atomic_exchange(&file->is_lost, 0, iree_memory_order_acq_rel)) {
    iree_atomic_fetch_sub(&iree_ffi_lost_count, 1, iree_memory_order_acq_rel);
  }
  iree_slim_mutex_unlock(&iree_ffi_mapped_files_mutex);
  iree_allocator_free(iree_ffi_allocator(), path);
}

// Fails with the path of a file that lost contents, if one still does.
static iree_status_t iree_ffi_mapped_files_fail(void) {
  iree_status_t status = iree_ok_status();
  iree_slim_mutex_lock(&iree_ffi_mapped_files_mutex);
  for (iree_ffi_mapped_file_t* file = iree_ffi_mapped_files_head();
       file && iree_status_is_ok(status); file = file->next) {
    if (!iree_atomic_load(&file->is_lost, iree_memory_order_acquire)) continue;
    status = iree_make_status(IREE_STATUS_DATA_LOSS,
                              "file '%s' was truncated while it was mapped",
                              file->path);
  }
  iree_slim_mutex_unlock(&iree_ffi_mapped_files_mutex);
  return status;
}

iree_status_t iree_ffi_mapped_files_check(void) {
  if (!iree_atomic_load(&iree_ffi_lost_count, iree_memory_order_relaxed)) {
    return iree_ok_status();
  }
  return iree_ffi_mapped_files_fail();
}

#endif  // _WIN32
