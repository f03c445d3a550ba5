"""Talks to a server by KServe's inference clients, and prints what it answers as JSON.

    kserve_peer.py HTTP_PORT GRPC_PORT
"""

import asyncio
import json
import sys

import numpy as np
from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest, RESTConfig

http_port, grpc_port = sys.argv[1:]


def tensor(name, array, datatype, binary):
    value = InferInput(name, list(array.shape), datatype)
    value.set_data_from_numpy(array, binary_data=binary)
    return value


def sums(binary):
    a = np.array([[1, 2], [3, 4]], dtype=np.int32)
    return InferRequest("add", [tensor("a", a, "INT32", binary), tensor("b", a * 10, "INT32", binary)], request_id="7")


def texts(binary):
    words = np.array(["héllo".encode(), b""], dtype=np.object_)
    return InferRequest("text", [tensor("t", words, "BYTES", binary)])


def read(response):
    values = {it.name: it.as_numpy() for it in response.outputs}
    return {
        name: [it.decode() if isinstance(it, bytes) else it for it in value.flatten().tolist()]
        for name, value in values.items()
    }


async def refusal(call):
    try:
        await call
    except Exception as error:
        return str(error)
    return None


async def ask(client, infer, *address):
    first = await infer(sums(True))
    return {
        "health": [
            await client.is_server_live(*address),
            await client.is_server_ready(*address),
            await client.is_model_ready(*address, model_name="add"),
        ],
        "id": first.id,
        "sums": read(first),
        "others": [read(await infer(sums(False)))["sum"], read(await infer(texts(True))), read(await infer(texts(False)))],
        "refusal": await refusal(infer(InferRequest("add", sums(True).inputs[:1]))),
    }


async def main():
    base = f"http://127.0.0.1:{http_port}"
    async with InferenceRESTClient(RESTConfig(protocol="v2")) as client:
        http = await ask(client, lambda it: client.infer(base, it, model_name=it.model_name), base)
    async with InferenceGRPCClient(f"127.0.0.1:{grpc_port}") as client:
        grpc = await ask(client, client.infer)
    print(json.dumps({"http": http, "grpc": grpc}))


asyncio.run(main())
