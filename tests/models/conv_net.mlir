// RUN: iree-compile --iree-hal-target-device=local --iree-hal-local-target-device-backends=llvm-cpu --iree-llvmcpu-target-cpu=generic
// Classifies images into ten classes: a 3x3 convolution, 2x2 max pooling, a fully connected layer and softmax.
#channel = affine_map<(n, h, w, c) -> (c)>
#all = affine_map<(n, h, w, c) -> (n, h, w, c)>
#column = affine_map<(n, c) -> (c)>
#matrix = affine_map<(n, c) -> (n, c)>

module @conv_net {
  util.global private @conv_weight = #flow.parameter.named<"model"::"conv.weight"> : tensor<3x3x3x8xf32>
  util.global private @conv_bias = #flow.parameter.named<"model"::"conv.bias"> : tensor<8xf32>
  util.global private @dense_weight = #flow.parameter.named<"model"::"dense.weight"> : tensor<392x10xf32>
  util.global private @dense_bias = #flow.parameter.named<"model"::"dense.bias"> : tensor<10xf32>

  func.func @classify(%images: tensor<?x16x16x3xf32>) -> tensor<?x10xf32> {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %count = tensor.dim %images, %c0 : tensor<?x16x16x3xf32>
    %conv_weight = util.global.load @conv_weight : tensor<3x3x3x8xf32>
    %conv_bias = util.global.load @conv_bias : tensor<8xf32>
    %dense_weight = util.global.load @dense_weight : tensor<392x10xf32>
    %dense_bias = util.global.load @dense_bias : tensor<10xf32>

    // Convolution, bias and relu.
    %maps = tensor.empty(%count) : tensor<?x14x14x8xf32>
    %no_maps = linalg.fill ins(%zero : f32) outs(%maps : tensor<?x14x14x8xf32>) -> tensor<?x14x14x8xf32>
    %conv = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
      ins(%images, %conv_weight : tensor<?x16x16x3xf32>, tensor<3x3x3x8xf32>)
      outs(%no_maps : tensor<?x14x14x8xf32>) -> tensor<?x14x14x8xf32>
    %active = linalg.generic {indexing_maps = [#all, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %conv_bias : tensor<?x14x14x8xf32>, tensor<8xf32>) outs(%maps : tensor<?x14x14x8xf32>) {
    ^bb0(%value: f32, %bias: f32, %out: f32):
      %sum = arith.addf %value, %bias : f32
      %relu = arith.maximumf %sum, %zero : f32
      linalg.yield %relu : f32
    } -> tensor<?x14x14x8xf32>

    // Max pooling.
    %window = tensor.empty() : tensor<2x2xf32>
    %halves = tensor.empty(%count) : tensor<?x7x7x8xf32>
    %no_halves = linalg.fill ins(%lowest : f32) outs(%halves : tensor<?x7x7x8xf32>) -> tensor<?x7x7x8xf32>
    %pooled = linalg.pooling_nhwc_max {dilations = dense<1> : vector<2xi64>, strides = dense<2> : vector<2xi64>}
      ins(%active, %window : tensor<?x14x14x8xf32>, tensor<2x2xf32>)
      outs(%no_halves : tensor<?x7x7x8xf32>) -> tensor<?x7x7x8xf32>

    // The fully connected layer.
    %flat = tensor.collapse_shape %pooled [[0], [1, 2, 3]] : tensor<?x7x7x8xf32> into tensor<?x392xf32>
    %scores = tensor.empty(%count) : tensor<?x10xf32>
    %biases = linalg.generic {indexing_maps = [#column, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%dense_bias : tensor<10xf32>) outs(%scores : tensor<?x10xf32>) {
    ^bb0(%bias: f32, %out: f32):
      linalg.yield %bias : f32
    } -> tensor<?x10xf32>
    %dense = linalg.matmul ins(%flat, %dense_weight : tensor<?x392xf32>, tensor<392x10xf32>)
      outs(%biases : tensor<?x10xf32>) -> tensor<?x10xf32>

    %chances = linalg.softmax dimension(1) ins(%dense : tensor<?x10xf32>) outs(%scores : tensor<?x10xf32>) -> tensor<?x10xf32>
    return %chances : tensor<?x10xf32>
  }
}
