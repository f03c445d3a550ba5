export {
  IreeError,
  type IreeErrorOptions,
  type StatusCode,
} from "../../ffi/base/error.ts";
