#include "internal.h"

void iree_ffi_object_release(uint32_t kind, void* object) {
  switch (kind) {
    case IREE_FFI_KIND_REF:
      iree_ffi_ref_free((iree_ffi_ref_t*)object);
      break;
    case IREE_FFI_KIND_LIST:
      iree_vm_list_release((iree_vm_list_t*)object);
      break;
    case IREE_FFI_KIND_BUFFER:
      iree_vm_buffer_release((iree_vm_buffer_t*)object);
      break;
    case IREE_FFI_KIND_BUFFER_VIEW:
      iree_hal_buffer_view_release((iree_hal_buffer_view_t*)object);
      break;
    case IREE_FFI_KIND_CALL:
      iree_ffi_call_release((iree_ffi_call_t*)object);
      break;
    case IREE_FFI_KIND_MAPPING:
      iree_ffi_mapping_free((iree_ffi_mapping_t*)object);
      break;
    case IREE_FFI_KIND_CONTEXT:
      iree_vm_context_release((iree_vm_context_t*)object);
      break;
    case IREE_FFI_KIND_LOAD:
      iree_ffi_load_release((iree_ffi_load_t*)object);
      break;
    case IREE_FFI_KIND_MODULE_LIST:
      iree_ffi_module_list_free((iree_ffi_module_list_t*)object);
      break;
    case IREE_FFI_KIND_MODULE:
      iree_vm_module_release((iree_vm_module_t*)object);
      break;
    case IREE_FFI_KIND_PARAMETER_SCOPES:
      iree_ffi_parameter_scopes_free((iree_ffi_parameter_scopes_t*)object);
      break;
    case IREE_FFI_KIND_PARAMETER_INDEX:
      iree_io_parameter_index_release((iree_io_parameter_index_t*)object);
      break;
    case IREE_FFI_KIND_PARAMETER_FILE:
      iree_io_file_handle_release((iree_io_file_handle_t*)object);
      break;
    case IREE_FFI_KIND_PROFILING:
      iree_ffi_profiling_free((iree_ffi_profiling_t*)object);
      break;
    case IREE_FFI_KIND_DEVICE_PROFILE:
      iree_ffi_device_profile_free((iree_ffi_device_profile_t*)object);
      break;
    case IREE_FFI_KIND_RECORDING:
      iree_ffi_recording_free((iree_ffi_recording_t*)object);
      break;
    case IREE_FFI_KIND_REPLAY:
      iree_ffi_replay_free((iree_ffi_replay_t*)object);
      break;
    case IREE_FFI_KIND_DEVICE_GROUP:
      iree_hal_device_group_release((iree_hal_device_group_t*)object);
      break;
    case IREE_FFI_KIND_WATCHDOG:
      iree_ffi_watchdog_free((iree_ffi_watchdog_t*)object);
      break;
    case IREE_FFI_KIND_HOST_FENCES:
      iree_ffi_host_fences_free((iree_ffi_host_fences_t*)object);
      break;
    case IREE_FFI_KIND_HOST:
      iree_ffi_host_close((iree_ffi_host_t*)object);
      break;
    case IREE_FFI_KIND_ENCODE_STREAM:
      iree_ffi_encode_stream_free((iree_ffi_encode_stream_t*)object);
      break;
    case IREE_FFI_KIND_DECODE_STREAM:
      iree_ffi_decode_stream_free((iree_ffi_decode_stream_t*)object);
      break;
    case IREE_FFI_KIND_TOKENIZER:
      iree_ffi_tokenizer_release((iree_ffi_tokenizer_t*)object);
      break;
    case IREE_FFI_KIND_INSTANCE:
      iree_ffi_instance_release((iree_ffi_instance_t*)object);
      break;
    default:
      break;
  }
}
