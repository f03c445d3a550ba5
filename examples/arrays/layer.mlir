// One layer of a network: relu(x · weights), for any number of rows.
module @network {
  func.func @layer(%x: tensor<?x3xf32>, %weights: tensor<3x2xf32>) -> tensor<?x2xf32> {
    %zero = arith.constant 0.0 : f32
    %first = arith.constant 0 : index
    %rows = tensor.dim %x, %first : tensor<?x3xf32>
    %empty = tensor.empty(%rows) : tensor<?x2xf32>
    %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x2xf32>) -> tensor<?x2xf32>
    %product = linalg.matmul ins(%x, %weights : tensor<?x3xf32>, tensor<3x2xf32>)
      outs(%zeros : tensor<?x2xf32>) -> tensor<?x2xf32>
    %y = arith.maximumf %product, %zeros : tensor<?x2xf32>
    return %y : tensor<?x2xf32>
  }
}
