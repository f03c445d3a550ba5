// Makes a Vulkan device report whether it has work left.
//
// Work that waits for a fence of the host is not in Vulkan's queue yet, so a barrier passes it. IREE keeps it in lists
// of its own, and moves it from one to the next: for moments, it is in none. So the work itself is counted, from its
// submission until its last effect. The transfer of a file consists of several submissions with pauses between them:
// it is counted too, until the barrier that ends it.
//
// Included in a copy of iree/hal/drivers/vulkan/queue.c, after its copy of queue.h, which has the count (see
// CMakeLists.txt).

static void iree_ffi_vulkan_queue_begin(iree_hal_vulkan_queue_t* queue) {
  iree_atomic_fetch_add(&queue->unfinished_count, 1, iree_memory_order_relaxed);
}

static void iree_ffi_vulkan_queue_end(iree_hal_vulkan_queue_t* queue) {
  iree_atomic_fetch_sub(&queue->unfinished_count, 1, iree_memory_order_release);
}

// An action of a submission, which runs on the thread that the queue's destruction waits for.
static void iree_ffi_vulkan_queue_end_action(void* queue, iree_status_t status) { iree_ffi_vulkan_queue_end(queue); }

static bool iree_ffi_vulkan_queue_query_i64(iree_hal_vulkan_queue_t* queue, iree_string_view_t category,
                                            iree_string_view_t key, int64_t* out_value) {
  if (!iree_string_view_equal(category, IREE_SV("vulkan.queue"))) return false;
  if (iree_string_view_equal(key, IREE_SV("unfinished_count"))) {
    *out_value = iree_atomic_load(&queue->unfinished_count, iree_memory_order_acquire);
    return true;
  }
  if (iree_string_view_equal(key, IREE_SV("failed_count"))) {
    *out_value = iree_atomic_load(&queue->failure_status, iree_memory_order_acquire) ? 1 : 0;
    return true;
  }
  return false;
}
