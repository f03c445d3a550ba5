// RUN: iree-compile --iree-hal-target-backends=llvm-cpu --iree-llvmcpu-target-cpu=host
// Works for as long as requested: multiplies a matrix by itself %n times.
module @power {
  func.func @power(%a: tensor<1024x1024xf32>, %n: i64) -> tensor<1024x1024xf32> {
    %c0 = arith.constant 0 : i64
    %c1 = arith.constant 1 : i64
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<1024x1024xf32>
    %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
    %power = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a) -> (tensor<1024x1024xf32>) : i64 {
      %y = linalg.matmul ins(%x, %a : tensor<1024x1024xf32>, tensor<1024x1024xf32>) outs(%zeros : tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
      scf.yield %y : tensor<1024x1024xf32>
    }
    return %power : tensor<1024x1024xf32>
  }
}
