"""Talks to a server by tritonclient, and prints what it answers as JSON.

    triton_peer.py HOST:PORT

The models are those of `conformance_test.ts`.
"""

import json
import sys

import numpy as np
import tritonclient.http as http
from tritonclient.utils import InferenceServerException

address = sys.argv[1]
results = {}


def tensor(name, array, datatype, binary):
    value = http.InferInput(name, list(array.shape), datatype)
    value.set_data_from_numpy(array, binary_data=binary)
    return value


def refusal(call):
    try:
        call()
    except InferenceServerException as error:
        return [str(error.status()), error.message()]
    return None


with http.InferenceServerClient(address, concurrency=4) as client:
    results["health"] = [
        client.is_server_live(),
        client.is_server_ready(),
        client.is_model_ready("add"),
        client.is_model_ready("none"),
    ]
    results["server"] = client.get_server_metadata()["name"]
    results["model"] = client.get_model_metadata("add")
    results["config"] = client.get_model_config("add")["max_batch_size"]

    a = np.array([[1, 2], [3, 4]], dtype=np.int32)
    b = np.array([[10, 20], [30, 40]], dtype=np.int32)
    results["add"] = {}
    for binary_in in (True, False):
        for binary_out in (True, False):
            answer = client.infer(
                "add",
                [tensor("a", a, "INT32", binary_in), tensor("b", b, "INT32", not binary_in)],
                request_id="7",
                outputs=[
                    http.InferRequestedOutput("sum", binary_data=binary_out),
                    http.InferRequestedOutput("difference", binary_data=not binary_out),
                ],
            )
            results["add"][f"{binary_in} {binary_out}"] = [
                answer.as_numpy("sum").tolist(),
                answer.as_numpy("difference").tolist(),
                answer.get_response()["id"],
            ]
    # Without requested outputs, the client asks for all as binary data.
    answer = client.infer("add", [tensor("a", a, "INT32", True), tensor("b", b, "INT32", True)])
    results["all"] = answer.as_numpy("difference").tolist()

    results["types"] = {}
    for datatype, array in {
        "BOOL": np.array([True, False]),
        "INT8": np.array([-128, 127], dtype=np.int8),
        "UINT8": np.array([0, 255], dtype=np.uint8),
        "INT16": np.array([-32768, 7], dtype=np.int16),
        "UINT16": np.array([0, 65535], dtype=np.uint16),
        "INT32": np.array([-(2**31), 7], dtype=np.int32),
        "UINT32": np.array([0, 2**32 - 1], dtype=np.uint32),
        "INT64": np.array([-(2**63), 2**63 - 1], dtype=np.int64),
        "UINT64": np.array([0, 2**64 - 1], dtype=np.uint64),
        "FP16": np.array([0.5, -65504], dtype=np.float16),
        "FP32": np.array([0.1, -3.25], dtype=np.float32),
        "FP64": np.array([0.1, -1e300], dtype=np.float64),
        "BYTES": np.array(["größer 😀".encode(), b""], dtype=np.object_),
    }.items():
        same = []
        for binary in (True, False):
            if not binary and datatype == "FP16":
                continue  # The client sends it only as binary data.
            answer = client.infer(
                f"echo_{datatype}",
                [tensor("x", array, datatype, binary)],
                outputs=[http.InferRequestedOutput("x", binary_data=binary)],
            ).as_numpy("x")
            if datatype == "BYTES" and not binary:
                answer = np.array([it.encode() for it in answer], dtype=np.object_)
            same.append(bool((answer == array).all()))
        results["types"][datatype] = all(same)

    # A program whose bytes are a buffer of its VM.
    text = np.array(["größer 😀".encode()], dtype=np.object_)
    results["buffers"] = []
    for binary in (True, False):
        answer = client.infer(
            "measure",
            [
                tensor("input0", text, "BYTES", binary),
                tensor("input1", np.array([10], dtype=np.int64), "INT64", binary),
            ],
            outputs=[
                http.InferRequestedOutput("output0", binary_data=binary),
                http.InferRequestedOutput("output1", binary_data=binary),
            ],
        )
        (copy,) = answer.as_numpy("output0")
        results["buffers"].append([copy if isinstance(copy, str) else copy.decode(), answer.as_numpy("output1").tolist()])

    asked = [
        client.async_infer("add", [tensor("a", a * it, "INT32", True), tensor("b", b, "INT32", True)])
        for it in range(8)
    ]
    results["async"] = [int(it.get_result().as_numpy("sum")[0, 0]) for it in asked]
    compressed = client.infer(
        "add",
        [tensor("a", a, "INT32", True), tensor("b", b, "INT32", True)],
        request_compression_algorithm="gzip",
        response_compression_algorithm="gzip",
    )
    results["gzip"] = compressed.as_numpy("sum").tolist()

    results["refusals"] = {
        "model": refusal(lambda: client.infer("none", [tensor("a", a, "INT32", True)])),
        "version": refusal(lambda: client.get_model_metadata("add", "9")),
        "missing": refusal(lambda: client.infer("add", [tensor("a", a, "INT32", True)])),
        "type": refusal(
            lambda: client.infer(
                "add",
                [tensor("a", a.astype(np.float32), "FP32", True), tensor("b", b, "INT32", True)],
            )
        ),
        "output": refusal(
            lambda: client.infer(
                "add",
                [tensor("a", a, "INT32", True), tensor("b", b, "INT32", True)],
                outputs=[http.InferRequestedOutput("product")],
            )
        ),
    }
    statistics = client.get_inference_statistics("add")["model_stats"][0]
    results["statistics"] = statistics["inference_stats"]["success"]["count"]

    client.load_model("stored")
    results["loaded"] = client.is_model_ready("stored")
    results["index"] = [
        [it["name"], it["state"]]
        for it in client.get_model_repository_index()
        if it["name"] == "stored"
    ]
    client.unload_model("stored")
    results["unloaded"] = client.is_model_ready("stored")

json.dump(results, sys.stdout)
