/**
 * Python that fixes shapes of a model and cleans it, for `ONNX_SCRIPT`. Each
 * rewrite computes the same; floats may be rounded differently. `ROWS_SCRIPT` has
 * one more rewrite.
 */
export const PREPARE_SCRIPT: string = String.raw`
import numpy as np
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

LARGE_MODEL = 512 * 1024 * 1024

class Refused(Exception):
    pass

def is_fixed(dim):
    return dim.HasField("dim_value") and dim.dim_value >= 0

def dims_of(value):
    return value.type.tensor_type.shape.dim

def shape_text(dims):
    return "x".join(str(it.dim_value) if is_fixed(it) else "?" for it in dims) or "()"

def fix_shapes(model, shapes):
    graph = model.graph
    weights = {it.name for it in graph.initializer}
    inputs = {it.name: it for it in graph.input if it.name not in weights}
    sizes = {}
    for name, shape in shapes.items():
        if name not in inputs:
            known = ", ".join(f"{key}={shape_text(dims_of(it))}" for key, it in inputs.items())
            raise Refused(f"no input '{name}'; inputs: {known or 'none'}")
        dims = dims_of(inputs[name])
        if not inputs[name].type.tensor_type.HasField("shape"):
            dims.extend(onnx.TensorShapeProto.Dimension() for _ in shape)
        given = "x".join("?" if it is None else str(it) for it in shape) or "()"
        fits = len(dims) == len(shape) and all(
            size is None or not is_fixed(dim) or dim.dim_value == size
            for dim, size in zip(dims, shape)
        )
        if not fits:
            raise Refused(f"the shape of input '{name}' must be {shape_text(dims)}, got {given}")
        for dim, size in zip(dims, shape):
            if size is None or is_fixed(dim):
                continue
            key = dim.dim_param
            if key and key != "?" and sizes.setdefault(key, size) != size:
                raise Refused(f"the dimension '{key}' of input '{name}' must be {sizes[key]}, as before, got {size}")
            dim.Clear()
            dim.dim_value = size
    for value in [*graph.input, *graph.output, *graph.value_info]:
        for dim in dims_of(value):
            if dim.dim_param in sizes:
                size = sizes[dim.dim_param]
                dim.Clear()
                dim.dim_value = size

def forget_negative(model):
    # Some exporters write -1 where a dimension is dynamic.
    for value in [*model.graph.input, *model.graph.output, *model.graph.value_info]:
        for dim in dims_of(value):
            if dim.HasField("dim_value") and dim.dim_value < 0:
                dim.Clear()

def constants_of(graph):
    found = {it.name: it for it in graph.initializer}
    inputs = {it.name for it in graph.input}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            found[node.output[0]] = node.attribute[0].t
    # An input with an initializer can be replaced by the caller.
    return {name: tensor for name, tensor in found.items() if name not in inputs}

def attributes_of(node):
    return {it.name: helper.get_attribute_value(it) for it in node.attribute}

def rewrite_conv_transpose(node, constants, add, _shapes):
    attributes = attributes_of(node)
    kernel = node.input[1] in constants and numpy_helper.to_array(constants[node.input[1]])
    if not isinstance(kernel, np.ndarray) or kernel.ndim != 4 or kernel.dtype != np.float32:
        return None
    channels, outputs, high, wide = kernel.shape
    bias = node.input[2] if len(node.input) > 2 else ""
    is_simple = (
        high == wide > 1
        and list(attributes.get("strides", [])) == [high, wide]
        and attributes.get("group", 1) == 1
        and attributes.get("auto_pad", b"NOTSET") in (b"NOTSET", b"VALID")
        and not any(attributes.get("pads", []))
        and not any(attributes.get("output_padding", []))
        and all(it == 1 for it in attributes.get("dilations", []))
        and "output_shape" not in attributes
        and (not bias or bias in constants)
    )
    if not is_simple:
        return None
    flat = kernel.transpose(2, 3, 1, 0).reshape(outputs * high * wide, channels, 1, 1)
    inputs = [node.input[0], add(np.ascontiguousarray(flat))]
    if bias:
        inputs.append(add(np.tile(numpy_helper.to_array(constants[bias]), high * wide)))
    middle = f"{node.output[0]}/1x1"
    return [
        helper.make_node("Conv", inputs, [middle], node.name),
        helper.make_node("DepthToSpace", [middle], node.output, blocksize=high, mode="DCR"),
    ]

def rewrite_reflect(node, constants, add, shapes):
    attributes = attributes_of(node)
    shape = shapes.get(node.input[0])
    is_simple = (
        attributes.get("mode") == b"reflect"
        and shape is not None
        and len(node.input) > 1
        and node.input[1] in constants
        and not any(node.input[3:])
    )
    if not is_simple:
        return None
    pads = numpy_helper.to_array(constants[node.input[1]]).tolist()
    rank = len(shape)
    padded = [axis for axis in range(rank) if pads[axis] or pads[axis + rank]]
    for axis in padded:
        size = shape[axis]
        if size is None or not all(0 <= it < size for it in (pads[axis], pads[axis + rank])):
            return None
    made, current = [], node.input[0]
    for axis in padded:
        indices = np.pad(np.arange(shape[axis]), (pads[axis], pads[axis + rank]), mode="reflect")
        output = node.output[0] if axis == padded[-1] else f"{node.output[0]}/{axis}"
        made.append(helper.make_node("Gather", [current, add(indices)], [output], node.name, axis=axis))
        current = output
    return made or None

def inferred_shapes(model):
    inferred = onnx.shape_inference.infer_shapes(model)
    values = [*inferred.graph.value_info, *inferred.graph.input, *inferred.graph.output]
    shapes = {
        it.name: [dim.dim_value if is_fixed(dim) else None for dim in dims_of(it)]
        for it in values
        if it.type.tensor_type.HasField("shape")
    }
    shapes.update({it.name: list(it.dims) for it in inferred.graph.initializer})
    return shapes

REWRITERS = {"Conv": rewrite_rows, "ConvTranspose": rewrite_conv_transpose, "Pad": rewrite_reflect}
REWRITTEN = {
    "Conv": "one-row Conv as MatMul",
    "ConvTranspose": "ConvTranspose as 1x1 Conv",
    "Pad": "Pad(reflect) as Gather",
}

def rewrite(model, opset):
    graph, counts, made, nodes = model.graph, {}, [], []
    # IREE has no Slice of earlier opsets.
    rewriters = {kind: it for kind, it in REWRITERS.items() if kind != "Conv" or opset >= 13}
    kinds = {it.op_type for it in graph.node}
    constants = constants_of(graph) if kinds & set(rewriters) else {}
    shapes = inferred_shapes(model) if kinds & set(rewriters) else {}

    def add(array):
        name = f"iree/constant_{len(made)}"
        made.append(numpy_helper.from_array(array, name))
        return name

    for node in graph.node:
        rewriter = rewriters.get(node.op_type) if node.domain in ("", "ai.onnx") else None
        replaced = rewriter(node, constants, add, shapes) if rewriter else None
        if replaced:
            counts[node.op_type] = counts.get(node.op_type, 0) + 1
        nodes.extend(replaced or [node])
    if counts:
        copies = [onnx.NodeProto.FromString(it.SerializeToString()) for it in nodes]
        del graph.node[:]
        graph.node.extend(copies)
        graph.initializer.extend(made)
    return [f"{REWRITTEN[kind]} ({count})" for kind, count in counts.items()]

FOLDED_BYTES = 64 * 1024
NOT_FOLDED = {"If", "Loop", "Scan", "RandomNormal", "RandomNormalLike", "RandomUniform",
    "RandomUniformLike", "Bernoulli", "Multinomial", "Dropout", "QuantizeLinear", "DequantizeLinear"}

def evaluate(node, values, opset):
    names = [it for it in node.input if it]
    inputs = [helper.make_tensor_value_info(it, helper.np_dtype_to_tensor_dtype(values[it].dtype), values[it].shape) for it in names]
    outputs = [onnx.ValueInfoProto(name=it) for it in node.output if it]
    graph = helper.make_graph([node], "node", inputs, outputs)
    session = ReferenceEvaluator(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)]))
    results = session.run(None, {it: values[it] for it in names})
    limit = max(FOLDED_BYTES, sum(values[it].nbytes for it in names))
    is_right = all(isinstance(it, np.ndarray) for it in results) and sum(it.nbytes for it in results) <= limit
    return dict(zip([it.name for it in outputs], results)) if is_right else None

def used_names(graph):
    used = {it.name for it in graph.output}
    for node in graph.node:
        used.update(node.input)
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs]:
                used.update(used_names(inner))
    return used

def fold(model, opset):
    graph = model.graph
    values = {name: numpy_helper.to_array(it) for name, it in constants_of(graph).items()}
    shapes, folded, nodes, outputs = inferred_shapes(model), {}, [], {it.name for it in graph.output}
    for node in graph.node:
        found = None
        shape = shapes.get(node.input[0]) if node.op_type == "Shape" else None
        is_constant = node.input and all(it in values for it in node.input if it)
        is_foldable = node.domain in ("", "ai.onnx") and node.op_type not in NOT_FOLDED and not outputs & set(node.output)
        try:
            if is_foldable and shape is not None and None not in shape and not node.attribute:
                found = {node.output[0]: np.array(shape, dtype=np.int64)}
            elif is_foldable and is_constant:
                found = evaluate(node, values, opset)
        except Exception:
            found = None
        if found is None:
            nodes.append(onnx.NodeProto.FromString(node.SerializeToString()))
        else:
            values.update(found)
            folded.update(found)
    if not folded:
        return []
    count = len(graph.node) - len(nodes)
    del graph.node[:]
    graph.node.extend(nodes)
    graph.initializer.extend(numpy_helper.from_array(np.asarray(it), name) for name, it in folded.items())
    used = used_names(graph) | {it.name for it in graph.input}
    kept = [onnx.TensorProto.FromString(it.SerializeToString()) for it in graph.initializer if it.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    return [f"{count} constant nodes folded"]

def clean(model):
    opset = next((it.version for it in model.opset_import if it.domain in ("", "ai.onnx")), 0)
    # DepthToSpace has modes, and Pad has its pads as an input, since 11.
    if opset < 11 or model.ByteSize() > LARGE_MODEL:
        return model, []
    folding = fold(model, opset)
    return model, folding + rewrite(model, opset)

def prepare(model, request):
    forget_negative(model)
    if request["opset"] and request["opset"] > model.opset_import[0].version:
        model = onnx.version_converter.convert_version(model, request["opset"])
    fix_shapes(model, request["shapes"])
    model, cleaned = clean(model) if request["clean"] else (model, [])
    correct(model)
    return model, cleaned
`;
