#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif  // !_GNU_SOURCE

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"
#if !defined(IREE_PLATFORM_WINDOWS)
#include <dlfcn.h>
#endif  // !IREE_PLATFORM_WINDOWS
#include "iree/base/internal/dynamic_library.h"
#include "iree/base/threading/call_once.h"
#include "iree/base/threading/mutex.h"

// A library of native modules and the identity of its file when it was loaded.
//
// Libraries stay loaded until the process ends. Objects of a module's types run
// its code when they are destroyed, wherever programs have stored them by then.
// Most could not be unloaded anyway, because of how gcc marks the symbols of
// C++ templates. So libraries are not part of the counted memory either.
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

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

#if defined(IREE_PLATFORM_WINDOWS)
#define iree_ffi_real_path(path) _fullpath(NULL, (path), 0)
#define iree_ffi_file_nanoseconds(file) 0
#elif defined(IREE_PLATFORM_APPLE)
#define iree_ffi_real_path(path) realpath((path), NULL)
#define iree_ffi_file_nanoseconds(file) ((file)->st_mtimespec.tv_nsec)
#else
#define iree_ffi_real_path(path) realpath((path), NULL)
#define iree_ffi_file_nanoseconds(file) ((file)->st_mtim.tv_nsec)
#endif  // IREE_PLATFORM_*

static bool iree_ffi_is_same_file(const struct stat* lhs,
                                  const struct stat* rhs) {
#if defined(IREE_PLATFORM_WINDOWS)
  return false;  // Files have no inode number there; compare paths instead.
#else
  return lhs->st_dev == rhs->st_dev && lhs->st_ino == rhs->st_ino;
#endif  // IREE_PLATFORM_WINDOWS
}

static bool iree_ffi_is_unchanged(const struct stat* lhs,
                                  const struct stat* rhs) {
  return lhs->st_dev == rhs->st_dev && lhs->st_ino == rhs->st_ino &&
         lhs->st_size == rhs->st_size && lhs->st_mtime == rhs->st_mtime &&
         iree_ffi_file_nanoseconds(lhs) == iree_ffi_file_nanoseconds(rhs);
}

static iree_status_t iree_ffi_examine_library(const char* path,
                                              struct stat* out_file) {
  if (stat(path, out_file) != 0) {
    return iree_make_status(IREE_STATUS_NOT_FOUND,
                            "failed to load dynamic library '%s': %s", path,
                            strerror(errno));
  }
  if ((out_file->st_mode & S_IFMT) != S_IFREG) {
    return iree_make_status(IREE_STATUS_NOT_FOUND,
                            "failed to load dynamic library '%s': it is not a "
                            "regular file",
                            path);
  }
  return iree_ffi_check_library_length(path, out_file->st_size);
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

// The system's loader identifies a library by its path and by its file. For
// either it returns the code that it has loaded, even if the file has changed.
static iree_status_t iree_ffi_library_find(const char* path,
                                           const struct stat* file,
                                           iree_ffi_library_t** out_library) {
  for (iree_ffi_library_t* library = iree_ffi_libraries; library;
       library = library->next) {
    if (strcmp(library->path, path) != 0 &&
        !iree_ffi_is_same_file(&library->file, file)) {
      continue;
    }
    if (!iree_ffi_is_unchanged(&library->file, file)) {
      return iree_make_status(
          IREE_STATUS_FAILED_PRECONDITION,
          "library '%s' changed on disk after it was loaded, and libraries "
          "stay "
          "loaded until the process ends; load a new build from a new file",
          path);
    }
    *out_library = library;
    break;
  }
  return iree_ok_status();
}

static iree_status_t iree_ffi_library_load(const char* path,
                                           iree_ffi_library_t** out_library) {
  struct stat file;
  IREE_RETURN_IF_ERROR(iree_ffi_examine_library(path, &file));
  IREE_RETURN_IF_ERROR(iree_ffi_library_find(path, &file, out_library));
  if (*out_library) return iree_ok_status();

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

// A symbol lookup also searches the libraries that the library depends on:
// `printf` would be called to create a module.
static bool iree_ffi_library_owns(const iree_ffi_library_t* library,
                                  void* symbol) {
#if defined(IREE_PLATFORM_WINDOWS)
  return true;  // Windows searches only the library itself.
#else
  Dl_info info;
  struct stat file;
  if (!dladdr(symbol, &info) || !info.dli_fname) return false;
  return strcmp(info.dli_fname, library->path) == 0 ||
         (stat(info.dli_fname, &file) == 0 &&
          iree_ffi_is_same_file(&file, &library->file));
#endif  // IREE_PLATFORM_WINDOWS
}

static iree_status_t iree_ffi_library_find_symbol(const char* path,
                                                  const char* symbol_name,
                                                  void** out_symbol) {
  iree_ffi_library_t* library = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_library_load(path, &library));
  IREE_RETURN_IF_ERROR(iree_dynamic_library_lookup_symbol(
      library->handle, symbol_name, out_symbol));
  if (!iree_ffi_library_owns(library, *out_symbol)) {
    return iree_make_status(IREE_STATUS_NOT_FOUND,
                            "symbol '%s' not found in library, only in a "
                            "dependency",
                            symbol_name);
  }
  return iree_ok_status();
}

iree_status_t iree_ffi_library_lookup(const char* path, const char* symbol_name,
                                      void** out_symbol) {
  char* real_path = iree_ffi_real_path(path);
  if (!real_path) {
    return iree_make_status(IREE_STATUS_NOT_FOUND,
                            "failed to load dynamic library '%s': %s", path,
                            strerror(errno));
  }
  iree_call_once(&iree_ffi_library_once, iree_ffi_library_initialize_mutex);
  iree_slim_mutex_lock(&iree_ffi_library_mutex);
  iree_status_t status =
      iree_ffi_library_find_symbol(real_path, symbol_name, out_symbol);
  iree_slim_mutex_unlock(&iree_ffi_library_mutex);
  free(real_path);
  return status;
}
