#include "internal.h"
#include "iree/tooling/device_util.h"

uint32_t iree_ffi_driver_list(uint8_t* buffer, uint32_t capacity) {
  iree_host_size_t count = 0;
  iree_hal_driver_info_t* infos = NULL;
  if (iree_ffi_check(iree_hal_driver_registry_enumerate(
          iree_hal_available_driver_registry(), iree_ffi_allocator(), &count,
          &infos))) {
    return IREE_FFI_FAILED;
  }
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_write_u32(&writer, (uint32_t)count);
  for (iree_host_size_t i = 0; i < count; ++i) {
    iree_ffi_write_string(&writer, infos[i].driver_name);
    iree_ffi_write_string(&writer, infos[i].full_name);
  }
  iree_allocator_free(iree_ffi_allocator(), infos);
  return iree_ffi_writer_length(&writer);
}

static iree_status_t iree_ffi_driver_write_devices(iree_hal_driver_t* driver,
                                                   bool with_details,
                                                   iree_ffi_writer_t* writer) {
  iree_host_size_t count = 0;
  iree_hal_device_info_t* infos = NULL;
  IREE_RETURN_IF_ERROR(iree_hal_driver_query_available_devices(
      driver, iree_ffi_allocator(), &count, &infos));
  iree_ffi_write_u32(writer, (uint32_t)count);
  iree_status_t status = iree_ok_status();
  for (iree_host_size_t i = 0; i < count && iree_status_is_ok(status); ++i) {
    iree_string_builder_t details;
    iree_string_builder_initialize(iree_ffi_allocator(), &details);
    if (with_details) {
      status = iree_hal_driver_dump_device_info(driver, infos[i].device_id,
                                                &details);
    }
    iree_ffi_write_string(writer, infos[i].path);
    iree_ffi_write_string(writer, infos[i].name);
    iree_ffi_write_string(writer, iree_string_builder_view(&details));
    iree_string_builder_deinitialize(&details);
  }
  iree_allocator_free(iree_ffi_allocator(), infos);
  return status;
}

uint32_t iree_ffi_driver_devices(const uint8_t* name, uint32_t name_length,
                                 uint32_t with_details, uint8_t* buffer,
                                 uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_hal_driver_t* driver = NULL;
  iree_status_t status = iree_hal_driver_registry_try_create(
      iree_hal_available_driver_registry(), iree_ffi_view(name, name_length),
      iree_ffi_allocator(), &driver);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_driver_write_devices(driver, with_details != 0, &writer);
  }
  iree_hal_driver_release(driver);
  if (iree_ffi_check(status)) return IREE_FFI_FAILED;
  return iree_ffi_writer_length(&writer);
}
