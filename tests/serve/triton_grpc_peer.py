"""Talks to a server by tritonclient over gRPC, and prints what it answers as JSON.

    triton_grpc_peer.py HOST:PORT

The models are those of `conformance_test.ts`.
"""

import asyncio
import json
import queue
import sys

import numpy as np
import tritonclient.grpc as grpc
import tritonclient.grpc.aio as aio
from tritonclient.utils import InferenceServerException

address = sys.argv[1]
results = {}


def tensor(name, array, datatype):
    value = grpc.InferInput(name, list(array.shape), datatype)
    value.set_data_from_numpy(array)
    return value


def refusal(call):
    try:
        call()
    except InferenceServerException as error:
        return [error.status(), error.message()]
    return None


a = np.array([[1, 2], [3, 4]], dtype=np.int32)
b = np.array([[10, 20], [30, 40]], dtype=np.int32)
# The same objects in all requests.
inputs = [tensor("a", a, "INT32"), tensor("b", b, "INT32")]
outputs = [grpc.InferRequestedOutput("difference"), grpc.InferRequestedOutput("sum")]

with grpc.InferenceServerClient(address) as client:
    results["health"] = [
        client.is_server_live(),
        client.is_server_ready(),
        client.is_model_ready("add"),
        client.is_model_ready("none"),
    ]
    results["server"] = client.get_server_metadata().name
    results["model"] = client.get_model_metadata("add", as_json=True)
    results["config"] = client.get_model_config("add", as_json=True)["config"]

    answer = client.infer("add", inputs, outputs=outputs, request_id="7")
    results["add"] = [
        answer.as_numpy("sum").tolist(),
        answer.as_numpy("difference").tolist(),
        answer.get_response().id,
    ]
    results["all"] = client.infer("add", inputs).as_numpy("difference").tolist()

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
        "FP32": np.array([0.1, -np.inf], dtype=np.float32),
        "FP64": np.array([0.1, -1e300], dtype=np.float64),
        "BYTES": np.array(["größer 😀".encode(), b"\xff\x00"], dtype=np.object_),
    }.items():
        answer = client.infer(f"echo_{datatype}", [tensor("x", array, datatype)])
        results["types"][datatype] = bool((answer.as_numpy("x") == array).all())

    answer = client.infer(
        "measure",
        [
            tensor("input0", np.array([b"\xff\x00\x01"], dtype=np.object_), "BYTES"),
            tensor("input1", np.array([10], dtype=np.int64), "INT64"),
        ],
    )
    results["buffers"] = [answer.as_numpy("output0")[0].hex(), answer.as_numpy("output1").tolist()]

    # Typed contents, as clients without numpy send them.
    request = grpc.service_pb2.ModelInferRequest(model_name="add", model_version="1")
    for name, values in (("a", [1, -2]), ("b", [10, 20])):
        own = request.inputs.add(name=name, datatype="INT32", shape=[1, 2])
        own.contents.int_contents.extend(values)
    typed = client._client_stub.ModelInfer(request)
    results["typed"] = np.frombuffer(typed.raw_output_contents[0], np.int32).tolist()
    members = {
        "BOOL": ("bool_contents", [True, False]),
        "INT8": ("int_contents", [-128, 127]),
        "UINT16": ("uint_contents", [0, 65535]),
        "INT64": ("int64_contents", [-(2**63), 2**63 - 1]),
        "UINT64": ("uint64_contents", [0, 2**64 - 1]),
        "FP32": ("fp32_contents", [0.5, float("inf")]),
        "FP64": ("fp64_contents", [0.1, -1e300]),
    }
    types = {"BOOL": bool, "FP32": np.float32, "FP64": np.float64}
    results["contents"] = {}
    for datatype, (member, values) in members.items():
        request = grpc.service_pb2.ModelInferRequest(model_name=f"echo_{datatype}")
        own = request.inputs.add(name="x", datatype=datatype, shape=[2])
        getattr(own.contents, member).extend(values)
        raw = client._client_stub.ModelInfer(request).raw_output_contents[0]
        kind = types.get(datatype) or getattr(np, datatype.lower())
        results["contents"][datatype] = np.frombuffer(raw, kind).tolist() == values

    done = queue.Queue()
    for it in range(8):
        own = [tensor("a", a * it, "INT32"), inputs[1]]
        client.async_infer("add", own, lambda result, error: done.put((result, error)))
    found = [done.get(timeout=60) for _ in range(8)]
    results["async"] = sorted(int(it.as_numpy("sum")[0, 0]) for it, _ in found)

    # A stream: answers in order, and a failure is one of them.
    client.start_stream(lambda result, error: done.put((result, error)))
    for it in range(4):
        name = "none" if it == 2 else "add"
        own = [tensor("a", a * it, "INT32"), inputs[1]]
        client.async_stream_infer(name, own, request_id=str(it))
    results["stream"] = []
    for _ in range(4):
        result, error = done.get(timeout=60)
        results["stream"].append(
            error.message()
            if error is not None
            else [result.get_response().id, int(result.as_numpy("sum")[0, 0])]
        )
    client.stop_stream()

    shared = grpc.InferInput("a", [2, 2], "INT32")
    shared.set_shared_memory("region", 16)
    results["refusals"] = {
        "model": refusal(lambda: client.infer("none", inputs)),
        "version": refusal(lambda: client.get_model_metadata("add", "9")),
        "missing": refusal(lambda: client.infer("add", inputs[:1])),
        "type": refusal(
            lambda: client.infer("add", [tensor("a", a.astype(np.float32), "FP32"), inputs[1]])
        ),
        "output": refusal(
            lambda: client.infer("add", inputs, outputs=[grpc.InferRequestedOutput("product")])
        ),
        "shared": refusal(lambda: client.infer("add", [shared, inputs[1]])),
        # The client or the server notices it first, and each has its own words.
        "deadline": refusal(
            lambda: client.infer("never", [], client_timeout=0.05)
        )[0],
    }
    statistics = client.get_inference_statistics("add").model_stats[0]
    results["statistics"] = [
        statistics.inference_stats.success.count,
        statistics.inference_stats.fail.count,
        [it.batch_size for it in statistics.batch_stats],
    ]

    client.load_model("stored")
    results["loaded"] = client.is_model_ready("stored")
    results["index"] = [
        [it.name, it.version, it.state]
        for it in client.get_model_repository_index().models
        if it.name == "stored"
    ]
    client.unload_model("stored")
    results["unloaded"] = client.is_model_ready("stored")


async def asynchronous():
    async with aio.InferenceServerClient(address) as client:
        answers = await asyncio.gather(
            *(client.infer("add", [tensor("a", a * it, "INT32"), inputs[1]]) for it in range(8))
        )
        return [
            await client.is_server_ready(),
            [int(it.as_numpy("sum")[0, 0]) for it in answers],
        ]


results["aio"] = asyncio.run(asynchronous())

json.dump(results, sys.stdout)
