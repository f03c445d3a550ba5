export type { Bytes } from "../../ffi/base/typed_array.ts";
