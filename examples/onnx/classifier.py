"""Writes the model classifier.onnx, as scikit-learn or PyTorch would export it, to its argument."""

import sys

import numpy as np
import onnx
from onnx import TensorProto as T, helper as h

weights = [[0.4, 1.3, -2.1, -0.9], [0.5, -0.4, -0.1, -0.9], [-0.9, -0.9, 2.2, 1.8]]
constants = {
    "weights": np.array(weights, np.float32),
    "bias": np.array([6.0, 3.0, -4.5], np.float32),
}
graph = h.make_graph(
    [
        h.make_node("Gemm", ["features", "weights", "bias"], ["logits"], transB=1),
        h.make_node("Softmax", ["logits"], ["scores"], axis=1),
    ],
    "classifier",
    [h.make_tensor_value_info("features", T.FLOAT, [1, 4])],
    [h.make_tensor_value_info("scores", T.FLOAT, [1, 3])],
    [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()],
)
onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8), sys.argv[1])
