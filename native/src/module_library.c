#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif  // !_GNU_SOURCE

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"
#if defined(IREE_PLATFORM_WINDOWS)
#include "../fixes/windows_files.h"
#else
#include <dlfcn.h>
#endif  // IREE_PLATFORM_WINDOWS
#include "iree/base/internal/dynamic_library.h"
#include "iree/base/threading/call_once.h"
#include "iree/base/threading/mutex.h"

#if defined(IREE_PLATFORM_WINDOWS)
typedef struct _stat64 iree_ffi_file_t;
#else
typedef struct stat iree_ffi_file_t;
#endif  // IREE_PLATFORM_WINDOWS

// A library of native modules and the identity of its file when it was loaded.
//
// Libraries stay loaded until the process ends. Objects of a module's types run
// its code when they are destroyed, wherever programs have stored them by then.
// Most could not be unloaded anyway, because of how gcc marks the symbols of
// C++ templates. So libraries are not part of the counted memory either.
typedef struct iree_ffi_library_t {
  struct iree_ffi_library_t* next;
  iree_dynamic_library_t* handle;
  iree_ffi_file_t file;
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
#define iree_ffi_file_nanoseconds(file) 0

// Returns a path that the caller frees, or NULL.
static char* iree_ffi_real_path(const char* path) {
  wchar_t* wide = iree_ffi_widen(path);
  wchar_t* full = wide ? _wfullpath(NULL, wide, 0) : NULL;
  free(wide);
  const int length =
      full ? WideCharToMultiByte(CP_UTF8, 0, full, -1, NULL, 0, NULL, NULL) : 0;
  char* real_path = length > 0 ? (char*)malloc(length) : NULL;
  if (real_path) {
    WideCharToMultiByte(CP_UTF8, 0, full, -1, real_path, length, NULL, NULL);
  }
  free(full);
  return real_path;
}

static int iree_ffi_stat(const char* path, iree_ffi_file_t* out_file) {
  wchar_t* wide = iree_ffi_widen(path);
  const int result = wide ? _wstat64(wide, out_file) : -1;
  free(wide);
  return result;
}
#elif defined(IREE_PLATFORM_APPLE)
#define iree_ffi_real_path(path) realpath((path), NULL)
#define iree_ffi_stat(path, out_file) stat((path), (out_file))
#define iree_ffi_file_nanoseconds(file) ((file)->st_mtimespec.tv_nsec)
#else
#define iree_ffi_real_path(path) realpath((path), NULL)
#define iree_ffi_stat(path, out_file) stat((path), (out_file))
#define iree_ffi_file_nanoseconds(file) ((file)->st_mtim.tv_nsec)
#endif  // IREE_PLATFORM_*

static bool iree_ffi_is_same_file(const iree_ffi_file_t* lhs,
                                  const iree_ffi_file_t* rhs) {
#if defined(IREE_PLATFORM_WINDOWS)
  return false;  // Files have no inode number there; compare paths instead.
#else
  return lhs->st_dev == rhs->st_dev && lhs->st_ino == rhs->st_ino;
#endif  // IREE_PLATFORM_WINDOWS
}

static bool iree_ffi_is_unchanged(const iree_ffi_file_t* lhs,
                                  const iree_ffi_file_t* rhs) {
  return lhs->st_dev == rhs->st_dev && lhs->st_ino == rhs->st_ino &&
         lhs->st_size == rhs->st_size && lhs->st_mtime == rhs->st_mtime &&
         iree_ffi_file_nanoseconds(lhs) == iree_ffi_file_nanoseconds(rhs);
}

static iree_status_t iree_ffi_examine_library(const char* path,
                                              iree_ffi_file_t* out_file) {
  if (iree_ffi_stat(path, out_file) != 0) {
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
                                           const iree_ffi_file_t* file,
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

static iree_status_t iree_ffi_library_open(
    const char* path, iree_dynamic_library_t** out_handle) {
  iree_status_t status =
      iree_dynamic_library_load_from_file(path, IREE_DYNAMIC_LIBRARY_FLAG_NONE,
                                          iree_allocator_system(), out_handle);
#if defined(IREE_PLATFORM_WINDOWS)
  // IREE's message names neither the file nor the cause.
  const DWORD error = GetLastError();
  if (iree_status_is_not_found(status)) {
    iree_status_ignore(status);
    return iree_make_status(IREE_STATUS_NOT_FOUND,
                            "failed to load dynamic library '%s': error %lu of "
                            "Windows",
                            path, error);
  }
#endif  // IREE_PLATFORM_WINDOWS
  return status;
}

static iree_status_t iree_ffi_library_load(const char* path,
                                           iree_ffi_library_t** out_library) {
  iree_ffi_file_t file;
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
    status = iree_ffi_library_open(path, &library->handle);
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
  iree_ffi_file_t file;
  if (!dladdr(symbol, &info) || !info.dli_fname) return false;
  return strcmp(info.dli_fname, library->path) == 0 ||
         (iree_ffi_stat(info.dli_fname, &file) == 0 &&
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
