export {
  IreeError,
  type IreeErrorOptions,
  reword,
  type StatusCode,
} from "../../ffi/base/error.ts";
