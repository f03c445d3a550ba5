"""Writes small ONNX models for the tests into the folder that is its argument."""

import sys

import numpy as np
import onnx
from onnx import TensorProto as T, helper as h


def save(name, nodes, inputs, outputs, opset=17, weights=(), graph="graph"):
    made = h.make_graph(
        nodes,
        graph,
        [h.make_tensor_value_info(*it) for it in inputs],
        [h.make_tensor_value_info(*it) for it in outputs],
        initializer=[onnx.numpy_helper.from_array(array, key) for key, array in weights],
    )
    model = h.make_model(made, opset_imports=[h.make_opsetid("", opset)], ir_version=8)
    onnx.save(model, f"{sys.argv[1]}/{name}.onnx")


NAMES = ["onnx::Shape_422", "463", "save_infer_model/scale_0.tmp_1", 'a "b", (c) -> {d}']
save(
    "names",
    [
        h.make_node("Mul", NAMES[:2], NAMES[2:3]),
        h.make_node("Greater", NAMES[:2], NAMES[3:]),
    ],
    [(NAMES[0], T.FLOAT, ["batch", 4]), (NAMES[1], T.FLOAT, [])],
    [(NAMES[2], T.FLOAT, ["batch", 4]), (NAMES[3], T.BOOL, ["batch", 4])],
    graph="main graph",
)
save(
    "types",
    [
        h.make_node("Identity", ["n"], ["u8"]),
        h.make_node("Cast", ["n"], ["i64"], to=T.INT64),
        h.make_node("Not", ["flag"], ["not"]),
        h.make_node("ReduceSum", ["x"], ["sum"], keepdims=0),
    ],
    [("x", T.FLOAT, ["n"]), ("n", T.UINT8, [2, 2]), ("flag", T.BOOL, [])],
    [
        ("u8", T.UINT8, [2, 2]),
        ("i64", T.INT64, [2, 2]),
        ("not", T.BOOL, []),
        ("sum", T.FLOAT, []),
    ],
)
# More elements than what is externalized.
save(
    "weights",
    [h.make_node("MatMul", ["x", "w"], ["y"])],
    [("x", T.FLOAT, [1, 16])],
    [("y", T.FLOAT, [1, 32])],
    weights=[("w", np.arange(512, dtype=np.float32).reshape(16, 32))],
)
save(
    "unsupported",
    [
        h.make_node("Relu", ["x"], ["r"], name="first"),
        h.make_node("MaxRoiPool", ["r", "rois"], ["y"], name="the regions", pooled_shape=[1, 1]),
    ],
    [("x", T.FLOAT, [1, 1, 4, 4]), ("rois", T.FLOAT, [1, 5])],
    [("y", T.FLOAT, [1, 1, 1, 1])],
)
save(
    "strings",
    [h.make_node("Identity", ["x"], ["y"], name="copy")],
    [("x", T.STRING, [2])],
    [("y", T.STRING, [2])],
)
# IREE does not support this operator, which later versions replace.
save(
    "old",
    [h.make_node("Upsample", ["x"], ["y"], name="up", scales=[1.0, 1.0, 2.0, 2.0], mode="nearest")],
    [("x", T.FLOAT, [1, 1, 2, 2])],
    [("y", T.FLOAT, [1, 1, 4, 4])],
    opset=7,
)
# What is cleaned: a kernel that equals its stride, a reflecting pad, and constants.
random = np.random.default_rng(1)


def weights_of(*shape):
    return random.standard_normal(shape).astype(np.float32)


save(
    "unclean",
    [
        h.make_node("Add", ["a", "b"], ["w"]),
        h.make_node("ConvTranspose", ["x", "w", "bias"], ["up"], strides=[2, 2]),
        h.make_node("Pad", ["up", "pads"], ["y"], mode="reflect"),
    ],
    [("x", T.FLOAT, ["batch", 3, "height", "width"])],
    [("y", T.FLOAT, ["batch", 4, "h", "w2"])],
    weights=[
        ("a", weights_of(3, 4, 2, 2)),
        ("b", weights_of(3, 4, 2, 2)),
        ("bias", weights_of(4)),
        ("pads", np.array([0, 0, 1, 2, 0, 0, 3, 0], dtype=np.int64)),
    ],
)
# Convolutions of one row and one channel, and whether they are written as products.
rows = {
    "fine": (5, 64, {}),
    "coarse": (3, 100, {"strides": [1, 40]}),
    "long": (1, 64, {"strides": [1, 2]}),
    "short": (1, 64, {"strides": [1, 4], "auto_pad": "VALID"}),
    "apart": (2, 64, {"strides": [1, 64]}),
    "padded": (1, 64, {"pads": [0, 3, 0, 0]}),
    "dilated": (1, 64, {"dilations": [1, 2]}),
    "little": (1, 8, {}),
}
for opset in (12, 13):
    save(
        f"rows{opset}",
        [h.make_node("Conv", ["x", "w"], ["y"])],
        [("x", T.FLOAT, [1, 1, 1, 300])],
        [("y", T.FLOAT, [1, 1, 1, 237])],
        weights=[("w", weights_of(1, 1, 1, 64))],
        opset=opset,
    )
save(
    "rows",
    [h.make_node("Conv", ["x", f"{name}/w", f"{name}/b"], [name], **options) for name, (_, _, options) in rows.items()]
    + [
        h.make_node("Reshape", ["x", "one/shape"], ["row"]),
        h.make_node("Conv", ["row", "one/w"], ["one"], strides=[3]),
        h.make_node("Conv", ["x", "x"], ["self"]),
        h.make_node("Conv", ["batch", "one/w"], ["many"], strides=[3]),
    ],
    [("x", T.FLOAT, [1, 1, 1, 3001]), ("batch", T.FLOAT, ["n", 1, 200])],
    [(name, T.FLOAT, [f"{name}/{axis}" for axis in range(4)]) for name in [*rows, "self"]]
    + [(name, T.FLOAT, [f"{name}/{axis}" for axis in range(3)]) for name in ("one", "many")],
    weights=[
        *[(f"{name}/w", weights_of(outputs, 1, 1, length)) for name, (outputs, length, _) in rows.items()],
        *[(f"{name}/b", weights_of(outputs)) for name, (outputs, _, _) in rows.items()],
        ("one/shape", np.array([1, 1, -1], dtype=np.int64)),
        ("one/w", weights_of(4, 1, 33)),
    ],
)
# What IREE computes wrongly as it is written.
save("bytes", [h.make_node("Cast", ["x"], ["y"], to=T.UINT8)], [("x", T.FLOAT, ["n"])], [("y", T.UINT8, ["n"])])
shuffle = [h.make_node("DepthToSpace", ["x"], ["y"], name="shuffle", blocksize=2, mode="CRD")]
save("shuffle", shuffle, [("x", T.FLOAT, ["batch", 8, "h", "w"])], [("y", T.FLOAT, ["batch", 2, "h2", "w2"])])
save("unknown", shuffle, [("x", T.FLOAT, [1, "c", 2, 2])], [("y", T.FLOAT, [1, "c2", 4, 4])])
enlarge = [h.make_node("Resize", ["x", "", "scales"], ["y"], mode="linear", coordinate_transformation_mode="align_corners")]
for name, rows in (("enlarge", 3), ("enlarge_any", "rows")):
    scales = [("scales", np.array([1, 1, 1.5, 1], dtype=np.float32))]
    save(name, enlarge, [("x", T.FLOAT, [1, 1, rows, 2])], [("y", T.FLOAT, [1, 1, "more", 2])], weights=scales)
inner = [
    h.make_graph([h.make_node("Cast", ["x"], [name], to=T.UINT8)], name, [], [h.make_tensor_value_info(name, T.UINT8, [40])])
    for name in ("then", "else")
]
save(
    "branch",
    [h.make_node("If", ["flag"], ["y"], then_branch=inner[0], else_branch=inner[1])],
    [("flag", T.BOOL, []), ("x", T.FLOAT, [40])],
    [("y", T.UINT8, [40])],
)
# Pooling of every kind after a convolution, for any number of rows.
pools = {
    "even": h.make_node("MaxPool", ["conv"], ["even"], kernel_shape=[2, 2], strides=[2, 2]),
    "odd": h.make_node("MaxPool", ["conv"], ["odd"], kernel_shape=[3, 3], strides=[2, 2]),
    "padded": h.make_node("MaxPool", ["conv"], ["padded"], kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1]),
    "ceil": h.make_node("MaxPool", ["conv"], ["ceil"], kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
    "dilated": h.make_node("MaxPool", ["conv"], ["dilated"], kernel_shape=[2, 2], dilations=[3, 2]),
    "average": h.make_node("AveragePool", ["conv"], ["average"], kernel_shape=[2, 3], strides=[2, 3]),
    "around": h.make_node("AveragePool", ["conv"], ["around"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1),
    "all": h.make_node("GlobalAveragePool", ["conv"], ["all"]),
}
save(
    "pools",
    [
        h.make_node("Conv", ["x", "w"], ["conv"], pads=[1, 1, 1, 1]),
        *pools.values(),
        h.make_node("Conv", ["even", "v"], ["second"]),
        h.make_node("MaxPool", ["second"], ["last"], kernel_shape=[2, 2], strides=[2, 2]),
    ],
    [("x", T.FLOAT, ["rows", 3, 13, 11])],
    [(name, T.FLOAT, ["rows", 8, f"{name}_h", f"{name}_w"]) for name in [*pools, "last"]],
    weights=[("w", weights_of(8, 3, 3, 3)), ("v", weights_of(8, 8, 2, 2))],
)
# Averages whose last windows end beyond the padding.
average = {"strides": [2, 2], "ceil_mode": 1, "count_include_pad": 1}
for name, kernel, pads in (("average", [3, 3], [0] * 4), ("average_padded", [3, 3], [1] * 4), ("average_left_out", [1, 1], [1] * 4)):
    for opset in (10, 17):
        node = h.make_node("AveragePool", ["x"], ["y"], kernel_shape=kernel, pads=pads, **average)
        shape = [1, 1, "h", "w"] if name == "average_padded" else [1, 1, 6, 6]
        save(f"{name}_{opset}", [node], [("x", T.FLOAT, shape)], [("y", T.FLOAT, [1, 1, "oh", "ow"])], opset=opset)
