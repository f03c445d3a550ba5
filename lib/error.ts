export {
  IreeError,
  type IreeErrorOptions,
  type StatusCode,
} from "../ffi/error.ts";
