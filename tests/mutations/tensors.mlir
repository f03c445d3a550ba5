// RUN: iree-compile --iree-hal-target-backends=vmvx
// Tensors computed from scalars with the portable backend: its code is bytecode too, nested in the program's.
module @tensors {
  func.func @squares(%n: i32) -> tensor<8xi32> {
    %0 = util.unfoldable_constant dense<[0, 1, 2, 3, 4, 5, 6, 7]> : tensor<8xi32>
    %1 = tensor.empty() : tensor<8xi32>
    %2 = linalg.fill ins(%n : i32) outs(%1 : tensor<8xi32>) -> tensor<8xi32>
    %3 = arith.muli %0, %2 : tensor<8xi32>
    return %3 : tensor<8xi32>
  }
  func.func @matmul(%f: f32) -> tensor<4x4xf32> {
    %0 = util.unfoldable_constant dense<1.5> : tensor<4x8xf32>
    %1 = util.unfoldable_constant dense<0.5> : tensor<8x4xf32>
    %2 = tensor.empty() : tensor<4x4xf32>
    %3 = linalg.fill ins(%f : f32) outs(%2 : tensor<4x4xf32>) -> tensor<4x4xf32>
    %4 = linalg.matmul ins(%0, %1 : tensor<4x8xf32>, tensor<8x4xf32>) outs(%3 : tensor<4x4xf32>) -> tensor<4x4xf32>
    return %4 : tensor<4x4xf32>
  }
}
