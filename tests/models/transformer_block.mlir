// RUN: iree-compile --iree-hal-target-device=local --iree-hal-local-target-device-backends=llvm-cpu --iree-llvmcpu-target-cpu=generic
// A transformer block over 8 tokens of 32 features: 4-head attention and two layers with gelu, each after layer norm
// and with a residual connection.
#vector = affine_map<(i, j) -> (i)>
#row = affine_map<(i, j) -> (j)>
#matrix = affine_map<(i, j) -> (i, j)>
#cube = affine_map<(h, i, j) -> (h, i, j)>

module @transformer_block {
  util.global private @norm1_weight = #flow.parameter.named<"model"::"norm1.weight"> : tensor<32xf32>
  util.global private @norm1_bias = #flow.parameter.named<"model"::"norm1.bias"> : tensor<32xf32>
  util.global private @query_weight = #flow.parameter.named<"model"::"query.weight"> : tensor<32x32xf32>
  util.global private @key_weight = #flow.parameter.named<"model"::"key.weight"> : tensor<32x32xf32>
  util.global private @value_weight = #flow.parameter.named<"model"::"value.weight"> : tensor<32x32xf32>
  util.global private @output_weight = #flow.parameter.named<"model"::"output.weight"> : tensor<32x32xf32>
  util.global private @norm2_weight = #flow.parameter.named<"model"::"norm2.weight"> : tensor<32xf32>
  util.global private @norm2_bias = #flow.parameter.named<"model"::"norm2.bias"> : tensor<32xf32>
  util.global private @up_weight = #flow.parameter.named<"model"::"up.weight"> : tensor<32x64xf32>
  util.global private @up_bias = #flow.parameter.named<"model"::"up.bias"> : tensor<64xf32>
  util.global private @down_weight = #flow.parameter.named<"model"::"down.weight"> : tensor<64x32xf32>
  util.global private @down_bias = #flow.parameter.named<"model"::"down.bias"> : tensor<32xf32>

  func.func @block(%x: tensor<8x32xf32>) -> tensor<8x32xf32> {
    %norm1_weight = util.global.load @norm1_weight : tensor<32xf32>
    %norm1_bias = util.global.load @norm1_bias : tensor<32xf32>
    %norm2_weight = util.global.load @norm2_weight : tensor<32xf32>
    %norm2_bias = util.global.load @norm2_bias : tensor<32xf32>

    %norm1 = func.call @layer_norm(%x, %norm1_weight, %norm1_bias)
      : (tensor<8x32xf32>, tensor<32xf32>, tensor<32xf32>) -> tensor<8x32xf32>
    %attention = func.call @attention(%norm1) : (tensor<8x32xf32>) -> tensor<8x32xf32>
    %y = arith.addf %x, %attention : tensor<8x32xf32>

    %norm2 = func.call @layer_norm(%y, %norm2_weight, %norm2_bias)
      : (tensor<8x32xf32>, tensor<32xf32>, tensor<32xf32>) -> tensor<8x32xf32>
    %layers = func.call @layers(%norm2) : (tensor<8x32xf32>) -> tensor<8x32xf32>
    %z = arith.addf %y, %layers : tensor<8x32xf32>
    return %z : tensor<8x32xf32>
  }

  func.func private @layer_norm(%x: tensor<8x32xf32>, %weight: tensor<32xf32>, %bias: tensor<32xf32>) -> tensor<8x32xf32> {
    %zero = arith.constant 0.0 : f32
    %size = arith.constant 32.0 : f32
    %epsilon = arith.constant 1.0e-5 : f32
    %vector = tensor.empty() : tensor<8xf32>
    %zeros = linalg.fill ins(%zero : f32) outs(%vector : tensor<8xf32>) -> tensor<8xf32>
    %means = linalg.generic {indexing_maps = [#matrix, #vector], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<8x32xf32>) outs(%zeros : tensor<8xf32>) {
    ^bb0(%value: f32, %sum: f32):
      %part = arith.divf %value, %size : f32
      %next = arith.addf %sum, %part : f32
      linalg.yield %next : f32
    } -> tensor<8xf32>
    %variances = linalg.generic {indexing_maps = [#matrix, #vector, #vector], iterator_types = ["parallel", "reduction"]}
      ins(%x, %means : tensor<8x32xf32>, tensor<8xf32>) outs(%zeros : tensor<8xf32>) {
    ^bb0(%value: f32, %mean: f32, %sum: f32):
      %difference = arith.subf %value, %mean : f32
      %square = arith.mulf %difference, %difference : f32
      %part = arith.divf %square, %size : f32
      %next = arith.addf %sum, %part : f32
      linalg.yield %next : f32
    } -> tensor<8xf32>
    %empty = tensor.empty() : tensor<8x32xf32>
    %normal = linalg.generic {indexing_maps = [#matrix, #vector, #vector, #row, #row, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%x, %means, %variances, %weight, %bias : tensor<8x32xf32>, tensor<8xf32>, tensor<8xf32>, tensor<32xf32>, tensor<32xf32>)
      outs(%empty : tensor<8x32xf32>) {
    ^bb0(%value: f32, %mean: f32, %variance: f32, %scale: f32, %shift: f32, %out: f32):
      %difference = arith.subf %value, %mean : f32
      %positive = arith.addf %variance, %epsilon : f32
      %deviation = math.sqrt %positive : f32
      %quotient = arith.divf %difference, %deviation : f32
      %scaled = arith.mulf %quotient, %scale : f32
      %shifted = arith.addf %scaled, %shift : f32
      linalg.yield %shifted : f32
    } -> tensor<8x32xf32>
    return %normal : tensor<8x32xf32>
  }

  // Projects tokens and splits the features into heads of 8.
  func.func private @heads(%x: tensor<8x32xf32>, %weight: tensor<32x32xf32>) -> tensor<4x8x8xf32> {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<8x32xf32>
    %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x32xf32>) -> tensor<8x32xf32>
    %projected = linalg.matmul ins(%x, %weight : tensor<8x32xf32>, tensor<32x32xf32>) outs(%zeros : tensor<8x32xf32>) -> tensor<8x32xf32>
    %split = tensor.expand_shape %projected [[0], [1, 2]] output_shape [8, 4, 8] : tensor<8x32xf32> into tensor<8x4x8xf32>
    %heads = tensor.empty() : tensor<4x8x8xf32>
    %turned = linalg.transpose ins(%split : tensor<8x4x8xf32>) outs(%heads : tensor<4x8x8xf32>) permutation = [1, 0, 2]
    return %turned : tensor<4x8x8xf32>
  }

  func.func private @attention(%x: tensor<8x32xf32>) -> tensor<8x32xf32> {
    %zero = arith.constant 0.0 : f32
    %scale = arith.constant 0.353553390593273762 : f32
    %query_weight = util.global.load @query_weight : tensor<32x32xf32>
    %key_weight = util.global.load @key_weight : tensor<32x32xf32>
    %value_weight = util.global.load @value_weight : tensor<32x32xf32>
    %output_weight = util.global.load @output_weight : tensor<32x32xf32>
    %query = func.call @heads(%x, %query_weight) : (tensor<8x32xf32>, tensor<32x32xf32>) -> tensor<4x8x8xf32>
    %key = func.call @heads(%x, %key_weight) : (tensor<8x32xf32>, tensor<32x32xf32>) -> tensor<4x8x8xf32>
    %value = func.call @heads(%x, %value_weight) : (tensor<8x32xf32>, tensor<32x32xf32>) -> tensor<4x8x8xf32>

    %cube = tensor.empty() : tensor<4x8x8xf32>
    %zeros = linalg.fill ins(%zero : f32) outs(%cube : tensor<4x8x8xf32>) -> tensor<4x8x8xf32>
    %turned = linalg.transpose ins(%key : tensor<4x8x8xf32>) outs(%cube : tensor<4x8x8xf32>) permutation = [0, 2, 1]
    %products = linalg.batch_matmul ins(%query, %turned : tensor<4x8x8xf32>, tensor<4x8x8xf32>) outs(%zeros : tensor<4x8x8xf32>) -> tensor<4x8x8xf32>
    %scores = linalg.generic {indexing_maps = [#cube, #cube], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%products : tensor<4x8x8xf32>) outs(%cube : tensor<4x8x8xf32>) {
    ^bb0(%product: f32, %out: f32):
      %score = arith.mulf %product, %scale : f32
      linalg.yield %score : f32
    } -> tensor<4x8x8xf32>
    %weights = linalg.softmax dimension(2) ins(%scores : tensor<4x8x8xf32>) outs(%cube : tensor<4x8x8xf32>) -> tensor<4x8x8xf32>
    %mixed = linalg.batch_matmul ins(%weights, %value : tensor<4x8x8xf32>, tensor<4x8x8xf32>) outs(%zeros : tensor<4x8x8xf32>) -> tensor<4x8x8xf32>

    // Merges the heads' features into tokens.
    %tokens = tensor.empty() : tensor<8x4x8xf32>
    %back = linalg.transpose ins(%mixed : tensor<4x8x8xf32>) outs(%tokens : tensor<8x4x8xf32>) permutation = [1, 0, 2]
    %joined = tensor.collapse_shape %back [[0], [1, 2]] : tensor<8x4x8xf32> into tensor<8x32xf32>
    %empty = tensor.empty() : tensor<8x32xf32>
    %no_outputs = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x32xf32>) -> tensor<8x32xf32>
    %output = linalg.matmul ins(%joined, %output_weight : tensor<8x32xf32>, tensor<32x32xf32>) outs(%no_outputs : tensor<8x32xf32>) -> tensor<8x32xf32>
    return %output : tensor<8x32xf32>
  }

  // Two layers with gelu, x * (1 + erf(x / sqrt(2))) / 2, between them.
  func.func private @layers(%x: tensor<8x32xf32>) -> tensor<8x32xf32> {
    %half = arith.constant 0.5 : f32
    %one = arith.constant 1.0 : f32
    %inverse_root = arith.constant 0.707106781186547524 : f32
    %up_weight = util.global.load @up_weight : tensor<32x64xf32>
    %up_bias = util.global.load @up_bias : tensor<64xf32>
    %down_weight = util.global.load @down_weight : tensor<64x32xf32>
    %down_bias = util.global.load @down_bias : tensor<32xf32>

    %hidden = tensor.empty() : tensor<8x64xf32>
    %up_biases = linalg.broadcast ins(%up_bias : tensor<64xf32>) outs(%hidden : tensor<8x64xf32>) dimensions = [0]
    %up = linalg.matmul ins(%x, %up_weight : tensor<8x32xf32>, tensor<32x64xf32>) outs(%up_biases : tensor<8x64xf32>) -> tensor<8x64xf32>
    %gelu = linalg.generic {indexing_maps = [#matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%up : tensor<8x64xf32>) outs(%hidden : tensor<8x64xf32>) {
    ^bb0(%value: f32, %out: f32):
      %scaled = arith.mulf %value, %inverse_root : f32
      %erf = math.erf %scaled : f32
      %sum = arith.addf %erf, %one : f32
      %part = arith.mulf %sum, %half : f32
      %active = arith.mulf %value, %part : f32
      linalg.yield %active : f32
    } -> tensor<8x64xf32>

    %empty = tensor.empty() : tensor<8x32xf32>
    %down_biases = linalg.broadcast ins(%down_bias : tensor<32xf32>) outs(%empty : tensor<8x32xf32>) dimensions = [0]
    %down = linalg.matmul ins(%gelu, %down_weight : tensor<8x64xf32>, tensor<64x32xf32>) outs(%down_biases : tensor<8x32xf32>) -> tensor<8x32xf32>
    return %down : tensor<8x32xf32>
  }
}
