#if defined(_WIN32)

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

// Deno frees the library when it exits, while IREE's threads still run its
// code, and the process faults. Pinning keeps the library loaded, like the
// linker flag -z nodelete on Linux.
BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved) {
  (void)instance;
  (void)reserved;
  if (reason != DLL_PROCESS_ATTACH) return TRUE;
  HMODULE self = NULL;
  return GetModuleHandleExW(
      GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
      (LPCWSTR)(void*)&DllMain, &self);
}

#endif  // _WIN32
