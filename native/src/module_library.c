#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"
#if !defined(IREE_PLATFORM_WINDOWS)
#include <unistd.h>
#endif  // !IREE_PLATFORM_WINDOWS
#include "iree/base/internal/dynamic_library.h"
#include "iree/base/threading/call_once.h"
#include "iree/base/threading/mutex.h"

// A library of native modules and what its file was when it was loaded.
//
// Libraries stay loaded until the process ends. Objects of a module's types run
// its code when they die, wherever programs have put them by then, and gcc marks
// symbols of C++ templates so that the system would not unload most of them
// anyway. They are therefore no part of the counted memory either.
typedef struct iree_ffi_library_t {
  struct iree_ffi_library_t* next;
  iree_dynamic_library_t* handle;
  struct stat file;
  char* path;
} iree_ffi_library_t;

static iree_slim_mutex_t iree_ffi_library_mutex;
static iree_once_flag iree_ffi_library_once = IREE_ONCE_FLAG_INIT;
static iree_ffi_library_t* iree_ffi_libraries;

static void iree_ffi_library_initialize_mutex(void) {
  iree_slim_mutex_initialize(&iree_ffi_library_mutex);
}

static bool iree_ffi_file_equal(const struct stat* lhs,
                                const struct stat* rhs) {
  return lhs->st_dev == rhs->st_dev && lhs->st_ino == rhs->st_ino &&
         lhs->st_size == rhs->st_size && lhs->st_mtime == rhs->st_mtime;
}

static iree_status_t iree_ffi_library_load(const char* path,
                                           iree_ffi_library_t** out_library) {
  struct stat file;
  memset(&file, 0, sizeof(file));
  // A path that cannot be examined is the loader's to complain about.
  (void)stat(path, &file);

  for (iree_ffi_library_t* library = iree_ffi_libraries; library;
       library = library->next) {
    if (strcmp(library->path, path) != 0) continue;
    // The system's loader would hand out the old code under the same path.
    if (!iree_ffi_file_equal(&library->file, &file)) {
      return iree_make_status(
          IREE_STATUS_FAILED_PRECONDITION,
          "library '%s' was replaced or removed on disk after it was loaded, and "
          "libraries stay loaded until the process ends; load a new build under "
          "another file name",
          path);
    }
    *out_library = library;
    return iree_ok_status();
  }

  IREE_RETURN_IF_ERROR(iree_ffi_check_library_length(path, file.st_size));
  iree_ffi_library_t* library = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(
      iree_allocator_system(), sizeof(*library), (void**)&library));
  memset(library, 0, sizeof(*library));
  library->file = file;
  iree_status_t status = iree_allocator_clone(
      iree_allocator_system(),
      iree_make_const_byte_span(path, strlen(path) + /*NUL=*/1),
      (void**)&library->path);
  if (iree_status_is_ok(status)) {
    status = iree_dynamic_library_load_from_file(
        path, IREE_DYNAMIC_LIBRARY_FLAG_NONE, iree_allocator_system(),
        &library->handle);
  }
  if (iree_status_is_ok(status)) {
    library->next = iree_ffi_libraries;
    iree_ffi_libraries = library;
    *out_library = library;
  } else {
    iree_allocator_free(iree_allocator_system(), library->path);
    iree_allocator_free(iree_allocator_system(), library);
  }
  return status;
}

// The system's loader knows libraries by the text of their path, so that it
// would take one relative to another working directory for the same library.
static iree_status_t iree_ffi_absolute_path(const char* path,
                                            char** out_path) {
#if defined(IREE_PLATFORM_WINDOWS)
  char* absolute = _fullpath(NULL, path, 0);
#else
  char* absolute = NULL;
  char* folder = path[0] == '/' ? strdup("") : getcwd(NULL, 0);
  if (folder) {
    iree_host_size_t size = strlen(folder) + strlen(path) + /*slash, NUL=*/2;
    absolute = malloc(size);
    if (absolute) {
      snprintf(absolute, size, "%s%s%s", folder, folder[0] ? "/" : "", path);
    }
  }
  free(folder);
#endif  // IREE_PLATFORM_WINDOWS
  *out_path = absolute;
  return absolute ? iree_ok_status()
                  : iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                                     "no memory for a path, or no working "
                                     "directory");
}

iree_status_t iree_ffi_library_lookup(const char* path, const char* symbol_name,
                                      void** out_symbol) {
  char* absolute_path = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_absolute_path(path, &absolute_path));
  iree_call_once(&iree_ffi_library_once, iree_ffi_library_initialize_mutex);
  iree_slim_mutex_lock(&iree_ffi_library_mutex);
  iree_ffi_library_t* library = NULL;
  iree_status_t status = iree_ffi_library_load(absolute_path, &library);
  if (iree_status_is_ok(status)) {
    status = iree_dynamic_library_lookup_symbol(library->handle, symbol_name,
                                                out_symbol);
  }
  iree_slim_mutex_unlock(&iree_ffi_library_mutex);
  free(absolute_path);
  return status;
}
