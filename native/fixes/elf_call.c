// Calls into ELF modules on Windows, which follow the convention of other
// systems. IREE has these functions only in assembly for Microsoft's assembler;
// GCC and Clang know both conventions.

#define SYSV __attribute__((sysv_abi))
#define MS __attribute__((ms_abi))

void iree_elf_call_v_v(const void* symbol) { ((void(SYSV*)(void))symbol)(); }

void* iree_elf_call_p_i(const void* symbol, int a0) {
  return ((void*(SYSV*)(int))symbol)(a0);
}

void* iree_elf_call_p_ip(const void* symbol, int a0, void* a1) {
  return ((void*(SYSV*)(int, void*))symbol)(a0, a1);
}

int iree_elf_call_i_p(const void* symbol, void* a0) {
  return ((int(SYSV*)(void*))symbol)(a0);
}

int iree_elf_call_i_ppp(const void* symbol, void* a0, void* a1, void* a2) {
  return ((int(SYSV*)(void*, void*, void*))symbol)(a0, a1, a2);
}

void* iree_elf_call_p_ppp(const void* symbol, void* a0, void* a1, void* a2) {
  return ((void*(SYSV*)(void*, void*, void*))symbol)(a0, a1, a2);
}

// The other direction: an ELF module calls a function of ours.
SYSV int iree_elf_thunk_i_ppp(const void* symbol, void* a0, void* a1,
                              void* a2) {
  return ((int(MS*)(void*, void*, void*))symbol)(a0, a1, a2);
}
