// What iree-import-onnx makes of an ONNX graph: Gemm, then Softmax. The
// initializers of the model are constants.
module {
  func.func @classifier(%features: !torch.vtensor<[1,4],f32>) -> !torch.vtensor<[1,3],f32>
      attributes {torch.onnx_meta.ir_version = 8 : si64, torch.onnx_meta.opset_version = 17 : si64} {
    %weights = torch.operator "onnx.Constant"() {torch.onnx.value = dense<[
      [ 0.4,  1.3, -2.1, -0.9],
      [ 0.5, -0.4, -0.1, -0.9],
      [-0.9, -0.9,  2.2,  1.8]
    ]> : tensor<3x4xf32>} : () -> !torch.vtensor<[3,4],f32>
    %bias = torch.operator "onnx.Constant"() {torch.onnx.value = dense<
      [6.0, 3.0, -4.5]
    > : tensor<3xf32>} : () -> !torch.vtensor<[3],f32>
    %logits = torch.operator "onnx.Gemm"(%features, %weights, %bias) {torch.onnx.transB = 1 : si64}
      : (!torch.vtensor<[1,4],f32>, !torch.vtensor<[3,4],f32>, !torch.vtensor<[3],f32>)
      -> !torch.vtensor<[1,3],f32>
    %scores = torch.operator "onnx.Softmax"(%logits) {torch.onnx.axis = 1 : si64}
      : (!torch.vtensor<[1,3],f32>) -> !torch.vtensor<[1,3],f32>
    return %scores : !torch.vtensor<[1,3],f32>
  }
}
