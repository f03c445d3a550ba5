// Functions whose results on a GPU are compared with those on the CPU.
#map = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
module @operators {
  func.func @add_f32(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>) -> tensor<64x64xf32> {
    %0 = arith.addf %a, %b : tensor<64x64xf32>
    return %0 : tensor<64x64xf32>
  }
  func.func @transcendental_f32(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>) -> tensor<64x64xf32> {
    %0 = math.tanh %a : tensor<64x64xf32>
    %1 = math.exp %0 : tensor<64x64xf32>
    %2 = math.absf %b : tensor<64x64xf32>
    %3 = math.sqrt %2 : tensor<64x64xf32>
    %4 = arith.mulf %1, %3 : tensor<64x64xf32>
    return %4 : tensor<64x64xf32>
  }
  func.func @integers(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>) -> tensor<64x64xf32> {
    %0 = arith.fptosi %a : tensor<64x64xf32> to tensor<64x64xi32>
    %1 = arith.fptosi %b : tensor<64x64xf32> to tensor<64x64xi32>
    %2 = arith.muli %0, %1 : tensor<64x64xi32>
    %3 = arith.maxsi %2, %0 : tensor<64x64xi32>
    %4 = arith.sitofp %3 : tensor<64x64xi32> to tensor<64x64xf32>
    return %4 : tensor<64x64xf32>
  }
  func.func @matmul_f32(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>) -> tensor<64x64xf32> {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<64x64xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x64xf32>) -> tensor<64x64xf32>
    %0 = linalg.matmul ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>) outs(%fill : tensor<64x64xf32>) -> tensor<64x64xf32>
    return %0 : tensor<64x64xf32>
  }
  func.func @transpose_f32(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>) -> tensor<64x64xf32> {
    %empty = tensor.empty() : tensor<64x64xf32>
    %0 = linalg.transpose ins(%a : tensor<64x64xf32>) outs(%empty : tensor<64x64xf32>) permutation = [1, 0]
    %1 = arith.subf %0, %b : tensor<64x64xf32>
    return %1 : tensor<64x64xf32>
  }
  func.func @reduce_f32(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>) -> tensor<64xf32> {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<64xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<64xf32>) -> tensor<64xf32>
    %0 = linalg.generic {indexing_maps = [#map, #map, #row], iterator_types = ["parallel", "reduction"]} ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>) outs(%fill : tensor<64xf32>) {
    ^bb0(%x: f32, %y: f32, %sum: f32):
      %p = arith.mulf %x, %y : f32
      %s = arith.addf %sum, %p : f32
      linalg.yield %s : f32
    } -> tensor<64xf32>
    return %0 : tensor<64xf32>
  }
  // Of any size, for transfers.
  func.func @twice(%a: tensor<?xf32>) -> tensor<?xf32> {
    %0 = arith.addf %a, %a : tensor<?xf32>
    return %0 : tensor<?xf32>
  }
  // What is timed beside IREE's own tool.
  func.func @large(%a: tensor<512x512xf32>, %b: tensor<512x512xf32>) -> tensor<512x512xf32> {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<512x512xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<512x512xf32>) -> tensor<512x512xf32>
    %0 = linalg.matmul ins(%a, %b : tensor<512x512xf32>, tensor<512x512xf32>) outs(%fill : tensor<512x512xf32>) -> tensor<512x512xf32>
    return %0 : tensor<512x512xf32>
  }
}
