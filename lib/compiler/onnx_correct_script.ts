/**
 * Python that replaces what IREE 3.13 computes wrongly, for `ONNX_SCRIPT`. Unlike
 * cleaning, it is done to every model.
 *
 * - A Cast to UINT8 is imported as a conversion to a signed byte, and what that
 *   makes of 128 to 255 depends on the CPU: 127 on most.
 * - DepthToSpace in the mode CRD mixes up rows and channels.
 * - Resize with aligned corners uses the scales in place of the sizes that follow
 *   from them, which differ unless sizes are multiples.
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

def is_scaled(node, attributes):
    return (
        node.op_type == "Resize"
        and attributes.get("coordinate_transformation_mode") == b"align_corners"
        and "axes" not in attributes
        and len(node.input) == 3
    )

def correct_graph(graph, shapes, names, constants):
    nodes = []

    def add(array):
        name = f"iree/corrected_{next(names)}"
        nodes.append(helper.make_node("Constant", [], [name], value=numpy_helper.from_array(array)))
        return name

    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                correct_graph(inner, shapes, names, {**constants, **constants_of(inner)})
        attributes = attributes_of(node) if node.domain in ("", "ai.onnx") else {}
        if node.op_type == "Cast" and attributes.get("to") == onnx.TensorProto.UINT8:
            nodes.extend(cast_by_int32(node))
        elif node.op_type == "DepthToSpace" and attributes.get("mode") == b"CRD":
            nodes.extend(depth_as_dcr(node, shapes, add))
        elif is_scaled(node, attributes):
            nodes.extend(resize_by_sizes(node, constants, shapes, add))
        else:
            nodes.append(node)
    if len(nodes) > len(graph.node):
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

def correct(model):
    kinds = set().union(*map(kinds_of, [model.graph, *model.functions]))
    if not kinds & {"Cast", "DepthToSpace", "Resize"}:
        return
    shapes = inferred_shapes(model) if kinds & {"DepthToSpace", "Resize"} else {}
    names = itertools.count()
    correct_graph(model.graph, shapes, names, constants_of(model.graph))
    for function in model.functions:
        correct_graph(function, {}, names, {})
`;
