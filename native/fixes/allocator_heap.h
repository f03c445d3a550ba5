// Gives others access to the statistics of a heap allocator (see cpu_slab_provider.h).
//
// Included in a copy of iree/hal/allocator_heap.c (see CMakeLists.txt).

bool iree_ffi_is_heap_allocator(iree_hal_allocator_t* allocator) {
  return iree_hal_resource_is(allocator, &iree_hal_heap_allocator_vtable);
}

void iree_ffi_heap_allocator_count(iree_hal_allocator_t* base_allocator, int64_t bytes) {
  iree_hal_heap_allocator_statistics_t* statistics = &iree_hal_heap_allocator_cast(base_allocator)->statistics;
  iree_slim_mutex_lock(&statistics->mutex);
  if (bytes > 0) {
    iree_hal_allocator_statistics_record_alloc(&statistics->base, IREE_HAL_MEMORY_TYPE_DEVICE_LOCAL,
                                               (iree_device_size_t)bytes);
  } else {
    iree_hal_allocator_statistics_record_free(&statistics->base, IREE_HAL_MEMORY_TYPE_DEVICE_LOCAL,
                                              (iree_device_size_t)-bytes);
  }
  iree_slim_mutex_unlock(&statistics->mutex);
}
