// RUN: iree-compile --iree-hal-target-backends=vmvx
// Calls functions of a module in the caller's language.
module @hosted {
  func.func private @bench.double(tensor<4xf32>) -> tensor<4xf32>
  func.func private @bench.pass(!hal.buffer_view) -> !hal.buffer_view
  func.func private @bench.scale(i32) -> i32

  func.func @double(%x: tensor<4xf32>) -> tensor<4xf32> {
    %0 = func.call @bench.double(%x) : (tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  func.func @pass(%x: !hal.buffer_view) -> !hal.buffer_view {
    %0 = func.call @bench.pass(%x) : (!hal.buffer_view) -> !hal.buffer_view
    return %0 : !hal.buffer_view
  }
  // Eight callbacks, each of which needs the result of the last one.
  func.func @scale_8(%a: i32) -> i32 {
    %0 = func.call @bench.scale(%a) : (i32) -> i32
    %1 = func.call @bench.scale(%0) : (i32) -> i32
    %2 = func.call @bench.scale(%1) : (i32) -> i32
    %3 = func.call @bench.scale(%2) : (i32) -> i32
    %4 = func.call @bench.scale(%3) : (i32) -> i32
    %5 = func.call @bench.scale(%4) : (i32) -> i32
    %6 = func.call @bench.scale(%5) : (i32) -> i32
    %7 = func.call @bench.scale(%6) : (i32) -> i32
    return %7 : i32
  }
}
