// Force-included on Windows before the files that open others. IREE's paths are
// UTF-8, and the functions it calls read them in the system's old encoding. And
// as on other systems, an open file can be written, renamed and deleted.

#ifndef IREE_FFI_FIXES_WINDOWS_FILES_H_
#define IREE_FFI_FIXES_WINDOWS_FILES_H_

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#define IREE_FFI_SHARE_ALL \
  (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

// Returns a text that the caller frees, or NULL.
static inline wchar_t* iree_ffi_widen(const char* text) {
  const int length =
      MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
  wchar_t* wide = length > 0 ? (wchar_t*)malloc(length * sizeof *wide) : NULL;
  if (!wide) {
    SetLastError(ERROR_INVALID_NAME);
    return NULL;
  }
  MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, length);
  return wide;
}

static inline HANDLE iree_ffi_create_file(const char* path, DWORD access,
                                          DWORD share,
                                          SECURITY_ATTRIBUTES* security,
                                          DWORD disposition, DWORD flags,
                                          HANDLE like) {
  wchar_t* wide = iree_ffi_widen(path);
  if (!wide) return INVALID_HANDLE_VALUE;
  (void)share;
  HANDLE file = CreateFileW(wide, access, IREE_FFI_SHARE_ALL, security,
                            disposition, flags, like);
  const DWORD error = GetLastError();
  free(wide);
  SetLastError(error);
  return file;
}

static inline HMODULE iree_ffi_load_library(const char* path) {
  wchar_t* wide = iree_ffi_widen(path);
  if (!wide) return NULL;
  HMODULE library = LoadLibraryW(wide);
  const DWORD error = GetLastError();
  free(wide);
  SetLastError(error);
  return library;
}

static inline FILE* iree_ffi_fopen(const char* path, const char* mode) {
  wchar_t* wide = iree_ffi_widen(path);
  wchar_t* wide_mode = iree_ffi_widen(mode);
  FILE* file = NULL;
  if (wide && wide_mode) {
    file = _wfopen(wide, wide_mode);
  } else {
    errno = EINVAL;
  }
  free(wide);
  free(wide_mode);
  return file;
}

// Opens a file a second time. A duplicate would be the same file to the system.
static inline HANDLE iree_ffi_reopen_file(HANDLE file, DWORD flags) {
  HANDLE again = ReOpenFile(file, GENERIC_READ | GENERIC_WRITE,
                            IREE_FFI_SHARE_ALL, flags);
  if (again != INVALID_HANDLE_VALUE) return again;
  return ReOpenFile(file, GENERIC_READ, IREE_FFI_SHARE_ALL, flags);
}

// For the functions of C: they fail to read files that are open for
// asynchronous reads.
static inline int iree_ffi_reopen(int fd) {
  HANDLE again = iree_ffi_reopen_file((HANDLE)_get_osfhandle(fd), 0);
  if (again == INVALID_HANDLE_VALUE) return _dup(fd);
  const int descriptor = _open_osfhandle((intptr_t)again, _O_BINARY);
  if (descriptor < 0) CloseHandle(again);
  return descriptor;
}

#undef CreateFileA
#define CreateFileA iree_ffi_create_file
#undef LoadLibraryA
#define LoadLibraryA iree_ffi_load_library
#define fopen iree_ffi_fopen

#endif  // IREE_FFI_FIXES_WINDOWS_FILES_H_
