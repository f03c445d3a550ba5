/**
 * Python that writes convolutions of one row and one channel, such as filters
 * over sound, as matrix products, for `ONNX_SCRIPT`. IREE computes such a
 * convolution without vectors.
 *
 * Each row of the first matrix has the values that some neighbouring results
 * need. They are copied in blocks as long as the distance of two rows. The
 * second matrix has the filter once for each neighbour, with zeros around it. So
 * a value that is not finite makes more results NaN than in the convolution.
 */
export const ROWS_SCRIPT: string = String.raw`
LEAST_FILTER = 32
LEAST_RESULTS = 64
LARGEST_ROWS = 4 * 1024 * 1024
MOST_SLICES = 8

def row_convolution(node, constants, shapes):
    attributes = attributes_of(node)
    shape = shapes.get(node.input[0])
    if shape is None or len(shape) not in (3, 4) or None in shape or shape[:-1] != [1] * (len(shape) - 1):
        return None
    kernel = node.input[1] in constants and numpy_helper.to_array(constants[node.input[1]])
    if not isinstance(kernel, np.ndarray) or kernel.ndim != len(shape) or kernel.dtype != np.float32:
        return None
    is_simple = (
        kernel.shape[1:-1] == (1,) * (kernel.ndim - 2)
        and attributes.get("auto_pad", b"NOTSET") in (b"NOTSET", b"VALID")
        and not any(attributes.get("pads", []))
        and all(it == 1 for it in attributes.get("dilations", []))
    )
    stride = attributes.get("strides", [1])[-1]
    length = kernel.shape[-1]
    results = (shape[-1] - length) // stride + 1
    is_worthwhile = stride < length >= LEAST_FILTER and results >= LEAST_RESULTS
    return (kernel.reshape(-1, length), stride, results) if is_simple and is_worthwhile else None

def shifted(filters, stride, neighbours, values):
    outputs, length = filters.shape
    matrix = np.zeros((values, neighbours, outputs), np.float32)
    for at in range(neighbours):
        matrix[stride * at : stride * at + length, at] = filters.T
    return matrix.reshape(values, neighbours * outputs)

def rewrite_rows(node, constants, add, shapes):
    found = row_convolution(node, constants, shapes)
    if found is None:
        return None
    filters, stride, results = found
    outputs, length = filters.shape
    neighbours = 1 if outputs > 1 else 32 if results >= 1000 else 8
    block = stride * neighbours
    rows = -(-results // neighbours)
    count = -(-(length + block - stride) // block)
    # Many blocks of a row are copied in two steps.
    near = 1 if count <= MOST_SLICES else 2 ** round(np.log2(count) / 2)
    far = -(-count // near)
    values = near * far * block
    if values > 2 * length or rows * values * 4 > LARGEST_ROWS:
        return None
    blocks, size, made = rows + near * far - 1, shapes[node.input[0]][-1], []

    def make(operator, inputs, suffix, **attributes):
        output = f"iree/{node.output[0]}/{suffix}"
        made.append(helper.make_node(operator, inputs, [output], node.name, **attributes))
        return output

    def integers(*values):
        return add(np.array(values, dtype=np.int64))

    def side_by_side(value, count, step, rows, suffix):
        parts = [
            make("Slice", [value, integers(at * step), integers(at * step + rows), integers(0)], f"{suffix}{at}")
            for at in range(count)
        ]
        return make("Concat", parts, suffix, axis=1) if count > 1 else parts[0]

    value = make("Reshape", [node.input[0], integers(size)], "flat")
    needed = blocks * block
    if needed > size:
        value = make("Pad", [value, integers(0, needed - size)], "padded")
    elif needed < size:
        value = make("Slice", [value, integers(0), integers(needed), integers(0)], "cut")
    value = make("Reshape", [value, integers(blocks, block)], "blocks")
    if near > 1:
        value = side_by_side(value, near, 1, blocks - near + 1, "near")
    value = side_by_side(value, far, near, rows, "rows")
    value = make("MatMul", [value, add(shifted(filters, stride, neighbours, values))], "product")
    if neighbours > 1:
        value = make("Reshape", [value, integers(rows * neighbours, 1)], "results")
    if rows * neighbours > results:
        value = make("Slice", [value, integers(0), integers(results), integers(0)], "right")
    if len(node.input) > 2 and node.input[2]:
        value = make("Add", [value, node.input[2]], "biased")
    if outputs > 1:
        value = make("Transpose", [value], "turned", perm=[1, 0])
    middle = [1] * (len(shapes[node.input[0]]) - 3)
    shape = integers(1, outputs, *middle, results)
    made.append(helper.make_node("Reshape", [value, shape], node.output, node.name))
    return made
`;
