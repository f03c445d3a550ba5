// Makes a TLSF pool reuse all of its free memory, and release free slabs.
//
// IREE's pool looks for a free block in the last used slab and in four more, then adds a slab of full length. It
// never searches slabs that became free otherwise, and trimming does not free any. So a local-task device whose
// results were held for a while grew with each round of calls.
//
// Included in a copy of iree/hal/memory/tlsf_pool.c (see CMakeLists.txt). Everything here runs with the pool's mutex
// held.

// An allocation larger than a 16th of the first slab gets its own slab: among smaller ones it would rarely fit.
#define IREE_FFI_TLSF_LARGE 16

// A new slab has a 16th of the reserved size, to commit little memory in vain, but at least a quarter of the first
// slab and at most its size.
#define IREE_FFI_TLSF_GROWTH 16
#define IREE_FFI_TLSF_MIN_SLAB 4

static bool iree_ffi_tlsf_pool_is_large(const iree_hal_tlsf_pool_t* pool, iree_device_size_t size) {
  return size > pool->slab_length / IREE_FFI_TLSF_LARGE;
}

// Whether a slab can serve an allocation. Slabs for a single allocation serve no others.
static bool iree_ffi_tlsf_pool_slab_serves(const iree_hal_tlsf_pool_t* pool, const iree_hal_tlsf_pool_slab_t* slab,
                                           iree_device_size_t size) {
  if (!slab || slab->tlsf.bytes_free < size || slab->is_single != iree_ffi_tlsf_pool_is_large(pool, size)) return false;
  return !slab->is_single || (slab->tlsf.allocation_count == 0 && slab->tlsf.range_length - size <= size / 8);
}

// The difference between sizes in a TLSF size class. A block is found only for sizes up to the start of its class, so
// sizes are rounded up; otherwise a released block would not serve the same size again.
static iree_device_size_t iree_ffi_tlsf_class_length(iree_device_size_t size) {
  const int shift = 63 - iree_math_count_leading_zeros_u64(size) - IREE_HAL_MEMORY_TLSF_SL_LOG2;
  return shift > 0 ? (iree_device_size_t)1 << shift : 1;
}

static iree_device_size_t iree_ffi_tlsf_class_above(iree_device_size_t size) {
  return iree_device_align(size, iree_ffi_tlsf_class_length(size));
}

static iree_device_size_t iree_ffi_tlsf_pool_slab_length(const iree_hal_tlsf_pool_t* pool, iree_device_size_t max_length,
                                                         iree_device_size_t size) {
  const iree_device_size_t alignment =
      pool->slab_options.alignment ? pool->slab_options.alignment : IREE_HAL_MEMORY_TLSF_MIN_ALIGNMENT;
  iree_device_size_t length = iree_device_align(size, alignment);
  if (!iree_ffi_tlsf_pool_is_large(pool, size)) {
    const iree_device_size_t reserved =
        (iree_device_size_t)iree_atomic_load(&pool->bytes_reserved, iree_memory_order_relaxed);
    length = iree_min(iree_max(reserved / IREE_FFI_TLSF_GROWTH, max_length / IREE_FFI_TLSF_MIN_SLAB), max_length);
    length = iree_device_align(length, alignment);
  }
  return iree_ffi_tlsf_class_above(length);
}

// The index of a released slab, or the next index.
static uint16_t iree_ffi_tlsf_pool_vacant_index(const iree_hal_tlsf_pool_t* pool) {
  uint32_t index = 0;
  while (index < pool->slab_count && pool->slabs[index]) ++index;
  return (uint16_t)index;
}

// Whether a slab has no reservations and all work that used it is done.
static bool iree_ffi_tlsf_pool_slab_is_free(const iree_hal_tlsf_pool_t* pool, iree_hal_tlsf_pool_slab_t* slab) {
  if (!slab || slab->tlsf.allocation_count > 0) return false;
  iree_hal_memory_tlsf_allocation_t all;
  iree_hal_memory_tlsf_allocate_result_t result = IREE_HAL_MEMORY_TLSF_ALLOCATE_EXHAUSTED;
  const iree_device_size_t length = slab->tlsf.range_length;
  iree_status_t status = iree_hal_memory_tlsf_try_allocate(
      &slab->tlsf, length - length % iree_ffi_tlsf_class_length(length), &all, &result);
  if (!iree_status_is_ok(status) || result != IREE_HAL_MEMORY_TLSF_ALLOCATE_OK) {
    iree_status_free(status);
    return false;
  }
  const bool is_free = iree_hal_tlsf_pool_frontier_is_satisfied(pool, /*requester_frontier=*/NULL, all.death_frontier,
                                                                all.block_flags);
  iree_hal_memory_tlsf_restore(&slab->tlsf, all.block_index);
  return is_free;
}

static void iree_ffi_tlsf_pool_release_free_slabs(iree_hal_tlsf_pool_t* pool) {
  for (uint32_t i = 0; i < pool->slab_count; ++i) {
    iree_hal_tlsf_pool_slab_t* slab = pool->slabs[i];
    if (!iree_ffi_tlsf_pool_slab_is_free(pool, slab)) continue;
    pool->slabs[i] = NULL;
    iree_atomic_fetch_sub(&pool->committed_slab_count, 1, iree_memory_order_relaxed);
    iree_atomic_fetch_sub(&pool->bytes_committed, (int64_t)slab->slab.length, iree_memory_order_relaxed);
    iree_hal_memory_tlsf_deinitialize(&slab->tlsf);
    iree_hal_slab_provider_release_slab(pool->slab_provider, &slab->slab);
    iree_allocator_free(pool->host_allocator, slab);
  }
  while (pool->slab_count > 0 && !pool->slabs[pool->slab_count - 1]) --pool->slab_count;
}

// In cpu_slab_provider.h.
void iree_ffi_slab_provider_count(iree_hal_slab_provider_t* provider, int64_t bytes);

static iree_status_t iree_hal_tlsf_pool_append_slab(iree_hal_tlsf_pool_t* pool, iree_device_size_t size,
                                                    uint16_t* out_slab_index);

static iree_status_t iree_hal_tlsf_pool_try_acquire_from_slab(iree_hal_tlsf_pool_t* pool, uint16_t slab_index,
                                                              iree_device_size_t size,
                                                              const iree_async_frontier_t* requester_frontier,
                                                              bool record_reuse_miss,
                                                              iree_hal_tlsf_pool_allocation_t* out_allocation,
                                                              iree_hal_pool_acquire_result_t* out_result);

// Searches every slab that can serve the allocation.
static iree_status_t iree_ffi_tlsf_pool_try_acquire(iree_hal_tlsf_pool_t* pool, iree_device_size_t size,
                                                    const iree_async_frontier_t* requester_frontier,
                                                    iree_hal_tlsf_pool_allocation_t* out_allocation,
                                                    iree_hal_pool_acquire_result_t* out_result) {
  *out_result = IREE_HAL_POOL_ACQUIRE_EXHAUSTED;
  iree_status_t status = iree_ok_status();
  for (uint32_t i = 0; i < pool->slab_count && iree_status_is_ok(status) && *out_result == IREE_HAL_POOL_ACQUIRE_EXHAUSTED;
       ++i) {
    if (!iree_ffi_tlsf_pool_slab_serves(pool, pool->slabs[i], size)) continue;
    status = iree_hal_tlsf_pool_try_acquire_from_slab(pool, (uint16_t)i, size, requester_frontier,
                                                      /*record_reuse_miss=*/true, out_allocation, out_result);
  }
  return status;
}

// Adds a slab in place of free ones that are too small.
static iree_status_t iree_ffi_tlsf_pool_grow(iree_hal_tlsf_pool_t* pool, iree_device_size_t size,
                                             uint16_t* out_slab_index) {
  iree_ffi_tlsf_pool_release_free_slabs(pool);
  IREE_RETURN_IF_ERROR(iree_hal_tlsf_pool_append_slab(pool, size, out_slab_index));
  pool->slabs[*out_slab_index]->is_single = iree_ffi_tlsf_pool_is_large(pool, size);
  return iree_ok_status();
}
