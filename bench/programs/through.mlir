// RUN: iree-compile
// Calls into a native module and returns its result.
module @through {
  func.func private @bench.scale(%a: i32) -> i32
  func.func @scale(%a: i32) -> i32 {
    %b = call @bench.scale(%a) : (i32) -> i32
    return %b : i32
  }
}
