// RUN: iree-compile --iree-hal-target-backends=llvm-cpu --iree-llvmcpu-target-cpu=generic
// Gives each row of a matrix a score, for any number of rows.
module @score {
  func.func @score(%x: tensor<?x4xf32>) -> tensor<?xf32> {
    %weights = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
    %zero = arith.constant 0.0 : f32
    %first = arith.constant 0 : index
    %rows = tensor.dim %x, %first : tensor<?x4xf32>
    %empty = tensor.empty(%rows) : tensor<?xf32>
    %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?xf32>) -> tensor<?xf32>
    %y = linalg.matvec ins(%x, %weights : tensor<?x4xf32>, tensor<4xf32>)
      outs(%zeros : tensor<?xf32>) -> tensor<?xf32>
    return %y : tensor<?xf32>
  }
}
