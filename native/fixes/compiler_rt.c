// Functions that Clang calls and that zig's linker takes from its own runtime
// library. There they are one object with memcpy, exp and others, which would
// replace those of the C library: slower, and exp(1.0) is off by one bit.

#if defined(__SIZEOF_INT128__)
typedef unsigned __int128 iree_ffi_u128_t;

iree_ffi_u128_t __udivti3(iree_ffi_u128_t dividend, iree_ffi_u128_t divisor) {
  iree_ffi_u128_t quotient = 0;
  iree_ffi_u128_t rest = 0;
  for (int bit = 127; bit >= 0; --bit) {
    rest = (rest << 1) | ((dividend >> bit) & 1);
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= (iree_ffi_u128_t)1 << bit;
    }
  }
  return quotient;
}
#endif  // __SIZEOF_INT128__

#define IREE_FFI_POWI(NAME, TYPE)            \
  TYPE NAME(TYPE base, int exponent) {       \
    const int is_inverse = exponent < 0;     \
    TYPE result = 1;                         \
    for (;;) {                               \
      if (exponent & 1) result *= base;      \
      exponent /= 2;                         \
      if (exponent == 0) break;              \
      base *= base;                          \
    }                                        \
    return is_inverse ? 1 / result : result; \
  }
IREE_FFI_POWI(__powisf2, float)
IREE_FFI_POWI(__powidf2, double)

#if defined(__aarch64__) && !defined(__APPLE__)
#include <stdint.h>

// Makes written machine code visible to execution.
void __clear_cache(void* start, void* end) {
  uint64_t sizes;
  __asm__ volatile("mrs %0, ctr_el0" : "=r"(sizes));
  const uintptr_t data_line = (uintptr_t)4 << ((sizes >> 16) & 15);
  const uintptr_t code_line = (uintptr_t)4 << (sizes & 15);
  for (uintptr_t at = (uintptr_t)start & -data_line; at < (uintptr_t)end;
       at += data_line) {
    __asm__ volatile("dc cvau, %0" ::"r"(at) : "memory");
  }
  __asm__ volatile("dsb ish" ::: "memory");
  for (uintptr_t at = (uintptr_t)start & -code_line; at < (uintptr_t)end;
       at += code_line) {
    __asm__ volatile("ic ivau, %0" ::"r"(at) : "memory");
  }
  __asm__ volatile("dsb ish\n\tisb" ::: "memory");
}
#endif  // __aarch64__ && !__APPLE__
