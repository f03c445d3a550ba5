"""Writes the ONNX models that the servers run: a perceptron and a convolutional network, with any number of rows.

    models.py FOLDER
"""

import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(1)


def weights(name, *shape):
    values = random.standard_normal(shape) / np.sqrt(np.prod(shape[1:]) if len(shape) > 2 else shape[0])
    return numpy_helper.from_array(values.astype(np.float32), name)


def save(name, nodes, shape, constants):
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", *shape])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", 10])]
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(sys.argv[1], f"{name}.onnx"))


node = helper.make_node
save(
    "mlp",
    [
        node("MatMul", ["x", "w0"], ["a0"]),
        node("Relu", ["a0"], ["r0"]),
        node("MatMul", ["r0", "w1"], ["y"]),
    ],
    [784],
    [weights("w0", 784, 128), weights("w1", 128, 10)],
)
save(
    "convnet",
    [
        node("Conv", ["x", "c0"], ["a0"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Relu", ["a0"], ["r0"]),
        node("MaxPool", ["r0"], ["p0"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Conv", ["p0", "c1"], ["a1"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Relu", ["a1"], ["r1"]),
        node("MaxPool", ["r1"], ["p1"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten", ["p1"], ["f"], axis=1),
        node("MatMul", ["f", "w0"], ["y"]),
    ],
    [3, 32, 32],
    [weights("c0", 16, 3, 3, 3), weights("c1", 32, 16, 3, 3), weights("w0", 2048, 10)],
)
