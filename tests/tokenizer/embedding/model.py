"""Writes the MiniLM of a folder as ONNX, with its pooling; or embeds the lines of stdin with tokenizers and onnxruntime.

    python model.py write MODEL_FOLDER model.onnx    needs numpy and onnx
    python model.py embed MODEL_FOLDER model.onnx    needs tokenizers and onnxruntime, prints JSON
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np

LENGTH = 128  # the tokenizer's file pads and cuts to it


def read_weights(path):
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    weights = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if entry.get("dtype") == "F32":
            begin, end = (8 + length + it for it in entry["data_offsets"])
            weights[name] = np.frombuffer(data[begin:end], np.float32).reshape(entry["shape"])
    return weights


def write(folder, target):
    from onnx import TensorProto, checker, helper, numpy_helper, save

    config = json.loads((folder / "config.json").read_text())
    weights = read_weights(folder / "model.safetensors")
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    nodes, constants = [], {}

    def constant(value, dtype=np.float32):
        array = np.ascontiguousarray(value, dtype)
        name = f"c{len(constants)}"
        constants[name] = numpy_helper.from_array(array, name)
        return name

    def op(kind, *inputs, **attributes):
        name = f"n{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def dense(it, name):
        product = op("MatMul", it, constant(weights[f"{name}.weight"].T))
        return op("Add", product, constant(weights[f"{name}.bias"]))

    def normalize(it, name):
        scale, bias = (constant(weights[f"{name}.{part}"]) for part in ["weight", "bias"])
        return op("LayerNormalization", it, scale, bias, axis=-1, epsilon=config["layer_norm_eps"])

    def split(it, order):
        shaped = op("Reshape", it, constant([1, LENGTH, heads, hidden // heads], np.int64))
        return op("Transpose", shaped, perm=order)

    def table(name, ids):
        return op("Gather", constant(weights[f"embeddings.{name}.weight"]), ids)

    mask = op("Cast", "attention_mask", to=TensorProto.FLOAT)
    hidden_tokens = op("Mul", op("Sub", constant(1), mask), constant(-1e9))
    bias = op("Reshape", hidden_tokens, constant([1, 1, 1, LENGTH], np.int64))
    sum_ = op("Add", table("word_embeddings", "input_ids"), table("token_type_embeddings", "token_type_ids"))
    positions = constant(weights["embeddings.position_embeddings.weight"][None, :LENGTH])
    state = normalize(op("Add", sum_, positions), "embeddings.LayerNorm")
    for layer in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{layer}"
        of_self = f"{name}.attention.self"
        query = split(dense(state, f"{of_self}.query"), [0, 2, 1, 3])
        key = split(dense(state, f"{of_self}.key"), [0, 2, 3, 1])
        value = split(dense(state, f"{of_self}.value"), [0, 2, 1, 3])
        scores = op("Mul", op("MatMul", query, key), constant((hidden // heads) ** -0.5))
        shares = op("Softmax", op("Add", scores, bias), axis=-1)
        mixed = op("Transpose", op("MatMul", shares, value), perm=[0, 2, 1, 3])
        mixed = op("Reshape", mixed, constant([1, LENGTH, hidden], np.int64))
        mixed = op("Add", state, dense(mixed, f"{name}.attention.output.dense"))
        state = normalize(mixed, f"{name}.attention.output.LayerNorm")
        wide = dense(state, f"{name}.intermediate.dense")
        erf = op("Add", op("Erf", op("Mul", wide, constant(2**-0.5))), constant(1))
        wide = op("Mul", op("Mul", wide, constant(0.5)), erf)
        narrow = dense(wide, f"{name}.output.dense")
        state = normalize(op("Add", state, narrow), f"{name}.output.LayerNorm")
    # The mean of the tokens, of length 1.
    share = op("Div", mask, op("ReduceSum", mask, constant([1], np.int64)))
    weighted = op("MatMul", op("Unsqueeze", share, constant([1], np.int64)), state)
    mean = op("Reshape", weighted, constant([hidden], np.int64))
    square = op("ReduceSum", op("Mul", mean, mean), constant([0], np.int64))
    nodes.append(helper.make_node("Div", [mean, op("Sqrt", square)], ["embedding"]))

    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [1, LENGTH])
        for name in ["input_ids", "attention_mask", "token_type_ids"]
    ]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [hidden])
    graph = helper.make_graph(nodes, "minilm", inputs, [output], list(constants.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    checker.check_model(model)
    save(model, target)


def embed(folder, model):
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    session = InferenceSession(model)
    vectors = []
    for line in sys.stdin.read().splitlines():
        encoding = tokenizer.encode(line)
        arrays = [encoding.ids, encoding.attention_mask, encoding.type_ids]
        names = ["input_ids", "attention_mask", "token_type_ids"]
        feeds = {name: np.array([array], np.int64) for name, array in zip(names, arrays)}
        vectors.append(session.run(None, feeds)[0].tolist())
    json.dump(vectors, sys.stdout)


{"write": write, "embed": embed}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
