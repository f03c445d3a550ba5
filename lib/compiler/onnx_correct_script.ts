/**
 * Python that replaces what IREE 3.13 computes wrongly, for `ONNX_SCRIPT`. Unlike
 * cleaning, it is done to every model.
 *
 * - A Cast to UINT8 is imported as a conversion to a signed byte, and what that
 *   makes of 128 to 255 depends on the CPU: 127 on most.
 * - DepthToSpace in the mode CRD mixes up rows and channels.
 * - Resize with aligned corners uses the scales in place of the sizes that follow
 *   from them, which differ unless sizes are multiples.
 * - AveragePool with ceil_mode and count_include_pad also counts what is beyond
 *   the padding. Zeros are added before it instead.
 */
export const CORRECT_SCRIPT: string = String.raw`
def cast_by_int32(node):
    wide = f"{node.output[0]}/int32"
    return [
        helper.make_node("Cast", node.input, [wide], node.name, to=onnx.TensorProto.INT32),
        helper.make_node("Cast", [wide], node.output, node.name, to=onnx.TensorProto.UINT8),
    ]

def depth_as_dcr(node, shapes, add):
    shape = shapes.get(node.input[0])
    if shape is None or len(shape) != 4 or shape[1] is None:
        raise Refused(
            f"the number of channels of '{node.input[0]}' is unknown, and IREE 3.13 "
            "computes DepthToSpace with mode CRD wrongly; fix the shape of the input"
        )
    size = attributes_of(node)["blocksize"]
    channels = np.arange(shape[1], dtype=np.int64).reshape(-1, size * size).transpose().flatten()
    ordered = f"{node.output[0]}/dcr"
    return [
        helper.make_node("Gather", [node.input[0], add(channels)], [ordered], node.name, axis=1),
        helper.make_node("DepthToSpace", [ordered], node.output, node.name, blocksize=size, mode="DCR"),
    ]

def resize_by_sizes(node, constants, shapes, add):
    reason = "and IREE 3.13 computes Resize with align_corners and scales wrongly; "
    if node.input[2] not in constants:
        raise Refused(f"the scales '{node.input[2]}' are not constant, {reason}make them constant")
    scales = numpy_helper.to_array(constants[node.input[2]])
    shape = shapes.get(node.input[0])
    if shape is None or None in shape:
        if all(it == int(it) for it in scales):
            return [node]
        raise Refused(f"the shape of '{node.input[0]}' is not fixed, {reason}fix the shape of the input")
    sizes = np.array([int(size * scale) for size, scale in zip(shape, scales)], dtype=np.int64)
    resized = onnx.NodeProto.FromString(node.SerializeToString())
    del resized.input[:]
    resized.input.extend([*node.input[:2], "", add(sizes)])
    return [resized]

def averages_beyond(node, attributes):
    return (
        node.op_type == "AveragePool"
        and attributes.get("ceil_mode")
        and attributes.get("count_include_pad")
        and attributes.get("auto_pad", b"NOTSET") in (b"NOTSET", b"VALID")
    )

def average_of_padded(node, attributes, shapes, opset, add):
    kernel = attributes["kernel_shape"]
    rank, ones = len(kernel), [1] * len(kernel)
    pads = attributes.get("pads", [0] * 2 * rank)
    shape = shapes.get(node.input[0])
    steps = zip(attributes.get("strides", ones), attributes.get("dilations", ones))
    for axis, (stride, dilation) in enumerate(steps):
        before, after, window = pads[axis], pads[axis + rank], (kernel[axis] - 1) * dilation + 1
        size = shape[axis + 2] if shape is not None else None
        # ONNX leaves out a window that starts in the padding, without padding it remains.
        if size is None:
            is_left_out = after > 0 and after + stride > window
        else:
            is_left_out = -((before + size + after - window) // -stride) * stride >= before + size
        if is_left_out:
            raise Refused(
                "IREE 3.13 computes AveragePool with ceil_mode and count_include_pad wrongly where "
                f"windows may start in the padding of '{node.input[0]}'; set one of them to 0"
            )
    averaged = onnx.NodeProto.FromString(node.SerializeToString())
    del averaged.attribute[:]
    averaged.attribute.extend(it for it in node.attribute if it.name not in ("pads", "count_include_pad"))
    if not any(pads):
        return [averaged]
    padded = f"{node.output[0]}/padded"
    sizes = [0, 0, *pads[:rank], 0, 0, *pads[rank:]]
    averaged.input[0] = padded
    if opset < 11:
        return [helper.make_node("Pad", node.input, [padded], node.name, pads=sizes), averaged]
    return [
        helper.make_node("Pad", [node.input[0], add(np.array(sizes, dtype=np.int64))], [padded], node.name),
        averaged,
    ]

def is_scaled(node, attributes):
    return (
        node.op_type == "Resize"
        and attributes.get("coordinate_transformation_mode") == b"align_corners"
        and "axes" not in attributes
        and len(node.input) == 3
    )

def correct_graph(graph, shapes, names, constants, opset):
    nodes, is_corrected = [], False

    def add(array):
        name = f"iree/corrected_{next(names)}"
        nodes.append(helper.make_node("Constant", [], [name], value=numpy_helper.from_array(array)))
        return name

    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                correct_graph(inner, shapes, names, {**constants, **constants_of(inner)}, opset)
        attributes = attributes_of(node) if node.domain in ("", "ai.onnx") else {}
        corrected = None
        if node.op_type == "Cast" and attributes.get("to") == onnx.TensorProto.UINT8:
            corrected = cast_by_int32(node)
        elif node.op_type == "DepthToSpace" and attributes.get("mode") == b"CRD":
            corrected = depth_as_dcr(node, shapes, add)
        elif is_scaled(node, attributes):
            corrected = resize_by_sizes(node, constants, shapes, add)
        elif averages_beyond(node, attributes):
            corrected = average_of_padded(node, attributes, shapes, opset, add)
        is_corrected = is_corrected or corrected is not None
        nodes.extend(corrected or [node])
    if is_corrected:
        copies = [onnx.NodeProto.FromString(it.SerializeToString()) for it in nodes]
        del graph.node[:]
        graph.node.extend(copies)

def kinds_of(graph):
    kinds = set()
    for node in graph.node:
        kinds.add(node.op_type)
        for attribute in node.attribute:
            for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                kinds |= kinds_of(inner)
    return kinds

def opset_of(owner):
    return next((it.version for it in owner.opset_import if it.domain in ("", "ai.onnx")), 0)

def correct(model):
    kinds = set().union(*map(kinds_of, [model.graph, *model.functions]))
    if not kinds & {"AveragePool", "Cast", "DepthToSpace", "Resize"}:
        return
    shapes = inferred_shapes(model) if kinds & {"AveragePool", "DepthToSpace", "Resize"} else {}
    names = itertools.count()
    correct_graph(model.graph, shapes, names, constants_of(model.graph), opset_of(model))
    for function in model.functions:
        correct_graph(function, {}, names, {}, opset_of(function))
`;
