#include "iree/base/internal/cpu.h"

#include <string.h>

#include "internal.h"
#include "iree/schemas/cpu_data.h"

#if defined(IREE_ARCH_X86_64) && !defined(IREE_PLATFORM_APPLE)
#include <cpuid.h>

// Bits of the first field, as in cpu_feature_bits.inl.
#define IREE_FFI_AVX_BITS (0x3Full << 10)
#define IREE_FFI_AVX512_BITS (0x1FFFull << 20)

// Features whose registers the system does not keep: CPUID reports them all the
// same, and their instructions fail.
static uint64_t iree_ffi_cpu_unusable(void) {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  uint32_t kept = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_OSXSAVE)) {
    __asm__ volatile("xgetbv" : "=a"(kept), "=d"(edx) : "c"(0));
  }
  const uint32_t avx = 0x06, avx512 = 0xE6;
  return ((kept & avx) == avx ? 0 : IREE_FFI_AVX_BITS) |
         ((kept & avx512) == avx512 ? 0 : IREE_FFI_AVX512_BITS);
}
#else
// macOS keeps the registers of AVX-512 from their first use on.
static uint64_t iree_ffi_cpu_unusable(void) { return 0; }
#endif  // IREE_ARCH_X86_64

uint32_t iree_ffi_cpu_features(uint8_t* buffer, uint32_t capacity) {
  iree_cpu_initialize(iree_ffi_allocator());
  uint64_t fields[IREE_CPU_DATA_FIELD_COUNT];
  memcpy(fields, iree_cpu_data_fields(), sizeof(fields));
  fields[0] &= ~iree_ffi_cpu_unusable();
  uint32_t count = 0;
#define IREE_CPU_FEATURE_BIT(arch, field, bit, name, llvm_name) \
  if (IREE_ARCH_ENUM == IREE_ARCH_ENUM_##arch) ++count;
#include "iree/schemas/cpu_feature_bits.inl"
#undef IREE_CPU_FEATURE_BIT
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_write_u32(&writer, count);
#define IREE_CPU_FEATURE_BIT(arch, field, bit, name, llvm_name)        \
  if (IREE_ARCH_ENUM == IREE_ARCH_ENUM_##arch) {                       \
    iree_ffi_write_string(&writer, IREE_SV(llvm_name));                \
    iree_ffi_write_u32(&writer, (uint32_t)(fields[field] >> bit) & 1); \
  }
#include "iree/schemas/cpu_feature_bits.inl"
#undef IREE_CPU_FEATURE_BIT
  return iree_ffi_writer_length(&writer);
}
