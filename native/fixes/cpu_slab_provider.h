// Includes allocations from a device's pools in the statistics of its allocator.
//
// IREE's statistics count what the allocator allocates, but programs allocate from pools. All pools of a CPU device
// get their memory from one slab provider, so the provider can refer to the allocator.
//
// Included in a copy of iree/hal/memory/cpu_slab_provider.c (see CMakeLists.txt).

void iree_ffi_heap_allocator_count(iree_hal_allocator_t* allocator, int64_t bytes);

void iree_ffi_slab_provider_set_allocator(iree_hal_slab_provider_t* base_provider, iree_hal_allocator_t* allocator) {
  iree_hal_allocator_retain(allocator);
  ((iree_hal_cpu_slab_provider_t*)base_provider)->allocator = allocator;
}

// Called by pools with the bytes that they reserve; negative for bytes that they release.
void iree_ffi_slab_provider_count(iree_hal_slab_provider_t* base_provider, int64_t bytes) {
  if (base_provider->vtable != &iree_hal_cpu_slab_provider_vtable) return;
  iree_hal_allocator_t* allocator = ((iree_hal_cpu_slab_provider_t*)base_provider)->allocator;
  if (allocator) iree_ffi_heap_allocator_count(allocator, bytes);
}
