// Makes the statistics of a device's allocator count what programs allocate from the device's pools.
//
// IREE's count what its allocator allocates, and programs allocate from pools. All pools of a CPU device have their memory from
// one provider of slabs, which thus can know the allocator.
//
// Included in a copy of iree/hal/memory/cpu_slab_provider.c (CMakeLists.txt says where).

void iree_ffi_heap_allocator_count(iree_hal_allocator_t* allocator, int64_t bytes);

void iree_ffi_slab_provider_set_allocator(iree_hal_slab_provider_t* base_provider, iree_hal_allocator_t* allocator) {
  iree_hal_allocator_retain(allocator);
  ((iree_hal_cpu_slab_provider_t*)base_provider)->allocator = allocator;
}

// Called by pools for what they reserve, and negative for what they release.
void iree_ffi_slab_provider_count(iree_hal_slab_provider_t* base_provider, int64_t bytes) {
  if (base_provider->vtable != &iree_hal_cpu_slab_provider_vtable) return;
  iree_hal_allocator_t* allocator = ((iree_hal_cpu_slab_provider_t*)base_provider)->allocator;
  if (allocator) iree_ffi_heap_allocator_count(allocator, bytes);
}
