/** For commands that call each function of the library a few times. */
export { expectFewCalls } from "../../ffi/library/binding.ts";
