#include "iree/base/internal/cpu.h"

#include "internal.h"
#include "iree/schemas/cpu_data.h"

uint32_t iree_ffi_cpu_features(uint8_t* buffer, uint32_t capacity) {
  iree_cpu_initialize(iree_ffi_allocator());
  const uint64_t* fields = iree_cpu_data_fields();
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
