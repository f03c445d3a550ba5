"""Writes the ONNX models that onnxruntime runs: the same as the programs.

    python models.py FOLDER

The weights of the convolutional network are read from the folder.
"""

import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = sys.argv[1]


def tensor(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def save(name, nodes, inputs, outputs, weights=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(weights))
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(FOLDER, f"{name}.onnx"))


def weights(name, *shape):
    path = os.path.join(FOLDER, f"{name}.bin")
    return numpy_helper.from_array(np.fromfile(path, np.float32).reshape(shape), name)


save(
    "mul",
    [helper.make_node("Mul", ["a", "b"], ["c"])],
    [tensor("a", 4), tensor("b", 4)],
    [tensor("c", 4)],
)
save(
    "matmul",
    [helper.make_node("MatMul", ["a", "b"], ["c"])],
    [tensor("a", 512, 512), tensor("b", 512, 512)],
    [tensor("c", 512, 512)],
)
turn = helper.make_graph(
    [
        helper.make_node("MatMul", ["x", "a"], ["y"]),
        helper.make_node("Identity", ["go_on"], ["still"]),
    ],
    "turn",
    [
        helper.make_tensor_value_info("i", TensorProto.INT64, []),
        helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
        tensor("x", 1024, 1024),
    ],
    [helper.make_tensor_value_info("still", TensorProto.BOOL, []), tensor("y", 1024, 1024)],
)
save(
    "power",
    [helper.make_node("Loop", ["n", "", "a"], ["power"], body=turn)],
    [tensor("a", 1024, 1024), helper.make_tensor_value_info("n", TensorProto.INT64, [])],
    [tensor("power", 1024, 1024)],
)
save(
    "convnet",
    [
        helper.make_node("Conv", ["image", "w0"], ["conv0"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["conv0"], ["relu0"]),
        helper.make_node("MaxPool", ["relu0"], ["pool0"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["pool0", "w1"], ["conv1"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["conv1"], ["relu1"]),
        helper.make_node("MaxPool", ["relu1"], ["pool1"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["pool1"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w2"], ["scores"]),
    ],
    [tensor("image", 1, 3, 64, 64)],
    [tensor("scores", 1, 10)],
    [weights("w0", 16, 3, 3, 3), weights("w1", 32, 16, 3, 3), weights("w2", 8192, 10)],
)


def mlp(batch, *sizes):
    random = np.random.default_rng(1)
    nodes, constants = [], []
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        source = "x" if layer == 0 else f"relu{layer - 1}"
        is_last = layer == len(sizes) - 2
        weight = random.standard_normal((inputs, outputs)) / np.sqrt(inputs)
        for name, array in ((f"w{layer}", weight), (f"b{layer}", np.full(outputs, 0.1))):
            constants.append(numpy_helper.from_array(array.astype(np.float32), name))
        target = "scores" if is_last else f"sum{layer}"
        nodes.append(helper.make_node("Gemm", [source, f"w{layer}", f"b{layer}"], [target]))
        if not is_last:
            nodes.append(helper.make_node("Relu", [target], [f"relu{layer}"]))
    save(
        f"mlp_{batch}",
        nodes,
        [tensor("x", batch, sizes[0])],
        [tensor("scores", batch, sizes[-1])],
        constants,
    )


for batch in (1, 32):
    mlp(batch, 784, 128, 64, 10)
