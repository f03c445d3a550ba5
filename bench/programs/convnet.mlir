// RUN: iree-compile --iree-hal-target-backends=llvm-cpu --iree-llvmcpu-target-cpu=host
// A small convolutional network: two layers of 3x3 convolution, ReLU and 2x2 max-pooling, and one fully connected
// layer. programs.ts appends its weights, which the ONNX model shares.
#relu = affine_map<(n, c, y, x) -> (n, c, y, x)>
module @convnet {
  func.func @classify(%image: tensor<1x3x64x64xf32>) -> tensor<1x10xf32> {
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %window = tensor.empty() : tensor<2x2xf32>
    %w0 = arith.constant dense_resource<w0> : tensor<16x3x3x3xf32>
    %w1 = arith.constant dense_resource<w1> : tensor<32x16x3x3xf32>
    %w2 = arith.constant dense_resource<w2> : tensor<8192x10xf32>

    %pad0 = tensor.pad %image low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb0(%n: index, %c: index, %y: index, %x: index):
      tensor.yield %zero : f32
    } : tensor<1x3x64x64xf32> to tensor<1x3x66x66xf32>
    %conv0_empty = tensor.empty() : tensor<1x16x64x64xf32>
    %conv0_zeros = linalg.fill ins(%zero : f32) outs(%conv0_empty : tensor<1x16x64x64xf32>) -> tensor<1x16x64x64xf32>
    %conv0 = linalg.conv_2d_nchw_fchw ins(%pad0, %w0 : tensor<1x3x66x66xf32>, tensor<16x3x3x3xf32>) outs(%conv0_zeros : tensor<1x16x64x64xf32>) -> tensor<1x16x64x64xf32>
    %relu0 = linalg.generic {indexing_maps = [#relu, #relu], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv0 : tensor<1x16x64x64xf32>) outs(%conv0_empty : tensor<1x16x64x64xf32>) {
    ^bb0(%in: f32, %out: f32):
      %positive = arith.maximumf %in, %zero : f32
      linalg.yield %positive : f32
    } -> tensor<1x16x64x64xf32>
    %pool0_empty = tensor.empty() : tensor<1x16x32x32xf32>
    %pool0_lowest = linalg.fill ins(%lowest : f32) outs(%pool0_empty : tensor<1x16x32x32xf32>) -> tensor<1x16x32x32xf32>
    %pool0 = linalg.pooling_nchw_max {strides = dense<2> : vector<2xi64>} ins(%relu0, %window : tensor<1x16x64x64xf32>, tensor<2x2xf32>) outs(%pool0_lowest : tensor<1x16x32x32xf32>) -> tensor<1x16x32x32xf32>

    %pad1 = tensor.pad %pool0 low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb0(%n: index, %c: index, %y: index, %x: index):
      tensor.yield %zero : f32
    } : tensor<1x16x32x32xf32> to tensor<1x16x34x34xf32>
    %conv1_empty = tensor.empty() : tensor<1x32x32x32xf32>
    %conv1_zeros = linalg.fill ins(%zero : f32) outs(%conv1_empty : tensor<1x32x32x32xf32>) -> tensor<1x32x32x32xf32>
    %conv1 = linalg.conv_2d_nchw_fchw ins(%pad1, %w1 : tensor<1x16x34x34xf32>, tensor<32x16x3x3xf32>) outs(%conv1_zeros : tensor<1x32x32x32xf32>) -> tensor<1x32x32x32xf32>
    %relu1 = linalg.generic {indexing_maps = [#relu, #relu], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv1 : tensor<1x32x32x32xf32>) outs(%conv1_empty : tensor<1x32x32x32xf32>) {
    ^bb0(%in: f32, %out: f32):
      %positive = arith.maximumf %in, %zero : f32
      linalg.yield %positive : f32
    } -> tensor<1x32x32x32xf32>
    %pool1_empty = tensor.empty() : tensor<1x32x16x16xf32>
    %pool1_lowest = linalg.fill ins(%lowest : f32) outs(%pool1_empty : tensor<1x32x16x16xf32>) -> tensor<1x32x16x16xf32>
    %pool1 = linalg.pooling_nchw_max {strides = dense<2> : vector<2xi64>} ins(%relu1, %window : tensor<1x32x32x32xf32>, tensor<2x2xf32>) outs(%pool1_lowest : tensor<1x32x16x16xf32>) -> tensor<1x32x16x16xf32>

    %flat = tensor.collapse_shape %pool1 [[0], [1, 2, 3]] : tensor<1x32x16x16xf32> into tensor<1x8192xf32>
    %scores_empty = tensor.empty() : tensor<1x10xf32>
    %scores_zeros = linalg.fill ins(%zero : f32) outs(%scores_empty : tensor<1x10xf32>) -> tensor<1x10xf32>
    %scores = linalg.matmul ins(%flat, %w2 : tensor<1x8192xf32>, tensor<8192x10xf32>) outs(%scores_zeros : tensor<1x10xf32>) -> tensor<1x10xf32>
    return %scores : tensor<1x10xf32>
  }
}
