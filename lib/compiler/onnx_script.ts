import { CORRECT_SCRIPT } from "./onnx_correct_script.ts";
import { PREPARE_SCRIPT } from "./onnx_prepare_script.ts";
import { ROWS_SCRIPT } from "./onnx_rows_script.ts";

/**
 * Python that runs the importer of `iree-base-compiler` on one model. Its
 * argument is a JSON object; it prints a line of JSON, then the MLIR.
 *
 * The importer keeps names only as locations, so the script adds the function's
 * declaration as an attribute.
 */
export const ONNX_SCRIPT: string = String.raw`
import itertools, json, os, re, sys

request = json.loads(sys.argv[1])
out = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)

def answer(mlir="", **header):
    out.write(json.dumps(header).encode() + b"\n" + mlir.encode())
    out.close()
    sys.exit(0)

try:
    import onnx
except ImportError as error:
    answer(failure="no onnx", reason=str(error))
try:
    from iree.compiler.extras import onnx_importer
    from iree.compiler.ir import Context, DictAttr, StringAttr
    from iree.compiler.tools.import_onnx import __main__ as tool
except ImportError as error:
    answer(failure="no importer", reason=str(error))
${ROWS_SCRIPT}${PREPARE_SCRIPT}${CORRECT_SCRIPT}
ELEMENTS = {
    "FLOAT": "f32", "DOUBLE": "f64", "FLOAT16": "f16", "BFLOAT16": "bf16",
    "BOOL": "i1", "INT4": "i4", "INT8": "i8", "INT16": "i16",
    "INT32": "i32", "INT64": "i64", "UINT4": "ui4", "UINT8": "ui8",
    "UINT16": "ui16", "UINT32": "ui32", "UINT64": "ui64",
    "COMPLEX64": "complex<f32>", "COMPLEX128": "complex<f64>",
    "FLOAT8E4M3FN": "f8E4M3FN", "FLOAT8E4M3FNUZ": "f8E4M3FNUZ",
    "FLOAT8E5M2": "f8E5M2", "FLOAT8E5M2FNUZ": "f8E5M2FNUZ",
}

def describe(value):
    kind = value.type.WhichOneof("value")
    if kind != "tensor_type":
        raise ValueError(f"'{value.name}' is a {kind or 'value without a type'}")
    tensor = value.type.tensor_type
    name = onnx.TensorProto.DataType.Name(tensor.elem_type)
    if name not in ELEMENTS:
        raise ValueError(f"'{value.name}' has elements of type {name}")
    dims, names = ["*"], []
    if tensor.HasField("shape"):
        fixed = [is_fixed(it) for it in tensor.shape.dim]
        dims = [
            str(it.dim_value) if is_fixed else "?"
            for it, is_fixed in zip(tensor.shape.dim, fixed)
        ]
        names = [it.dim_param or None for it in tensor.shape.dim]
    is_bare = re.fullmatch(r"[A-Za-z0-9_.$-]+", value.name)
    quoted = value.name if is_bare else json.dumps(value.name)
    text = f"%{quoted}: tensor<" + "".join(dim + "x" for dim in dims) + ELEMENTS[name] + ">"
    return text + (f" {{dims = {json.dumps(names)}}}" if any(names) else "")

def declare(info, outputs):
    inputs = ", ".join(describe(it) for it in info.main_graph.input_map.values())
    results = ", ".join(describe(it) for it in outputs)
    name = info.main_graph.graph_proto.name
    return f"sync func @{name}({inputs}) -> ({results})"

failed = None
import_one = onnx_importer.NodeImporter.import_node

def import_node(self, node):
    global failed
    try:
        import_one(self, node)
    except Exception:
        failed = failed or node
        raise

onnx_importer.NodeImporter.import_node = import_node
opset, cleaned = None, []
load_model = onnx.load

def load_prepared(*args, **options):
    global cleaned
    model, cleaned = prepare(load_model(*args, **options), request)
    return model

onnx.load = load_prepared
try:
    arguments = [request["path"]]
    if request["opset"]:
        arguments.append(f"--opset-version={request['opset']}")
    model = tool.load_onnx_model(tool.parse_arguments(arguments))
    opset = next((it.version for it in model.opset_import if it.domain in ("", "ai.onnx")), None)
    model.graph.name = model.graph.name or "main"
    info = onnx_importer.ModelInfo(model)
    declaration = declare(info, model.graph.output)
    module = info.create_module(context=Context()).operation
    if request["parameters"]:
        importer = tool.IREENodeImporter.define_function(
            info.main_graph,
            module,
            tool.ParamData(
                param_bit_threshold=None,
                num_elements_threshold=100,
                params_scope="model",
                data_dir=os.path.dirname(os.path.abspath(request["path"])),
                param_path=request["part"],
                input_index_threshold=None,
            ),
        )
    else:
        importer = onnx_importer.NodeImporter.define_function(info.main_graph, module)
    importer.import_all()
    with module.context:
        for operation in module.regions[0].blocks[0].operations:
            attributes = operation.operation.attributes
            if "sym_name" in attributes and StringAttr(attributes["sym_name"]).value == model.graph.name:
                attributes["iree.reflection"] = DictAttr.get(
                    {"iree.abi.declaration": StringAttr.get(declaration)}
                )
    module.verify()
    mlir = module.get_asm(assume_verified=True)
    if request["parameters"]:
        try:
            importer.save_params()
            os.replace(request["part"], request["parameters"])
        except Exception as error:
            answer(failure="write", reason=str(error))
except Refused as error:
    answer(failure="shape", reason=str(error))
except Exception as error:
    answer(
        failure="import",
        isCleaned=bool(cleaned),
        opset=opset,
        operator=failed.op_type if failed else None,
        node=failed.name if failed else None,
        reason=str(error) or type(error).__name__,
    )
dynamic = {
    it.name: shape_text(dims_of(it))
    for it in info.main_graph.input_map.values()
    if not all(map(is_fixed, dims_of(it)))
}
answer(mlir, opset=opset, cleaned=cleaned, dynamic=dynamic, nodes=[[it.op_type, it.name] for it in model.graph.node])
`;
