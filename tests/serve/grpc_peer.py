"""Calls methods of gRPC as it is asked on stdin, a JSON object per line.

A call:     {"id", "address", "path", "bytes" (base64), "token"?, "deadline"?, "roots"?,
             "traceparent"?}
A stream:   the same with "requests", which are sent at once, instead of "bytes"; it stays open
            with "keepOpen".
A cancel:   {"cancel": id}
An answer:  {"id", "answers": [base64, …]} or {"id", "code", "details"}
"""

import base64
import json
import sys
import threading

import grpc

channels = {}
calls = {}
lock = threading.Lock()


def channel_of(address, roots):
    key = (address, roots)
    if key not in channels:
        channels[key] = (
            grpc.insecure_channel(address)
            if roots is None
            else grpc.secure_channel(address, grpc.ssl_channel_credentials(roots.encode()))
        )
    return channels[key]


def reply(message):
    with lock:
        print(json.dumps(message), flush=True)


def answer(number, call, read):
    try:
        answers = read(call)
        reply({"id": number, "answers": [base64.b64encode(it).decode() for it in answers]})
    except grpc.FutureCancelledError:
        reply({"id": number, "code": 1, "details": "cancelled"})
    except grpc.RpcError as error:
        reply({"id": number, "code": error.code().value[0], "details": error.details()})
    calls.pop(number, None)


def requests_of(order):
    for text in order["requests"]:
        yield base64.b64decode(text)
    if order["keepOpen"]:
        threading.Event().wait()


def start(order):
    channel = channel_of(order["address"], order.get("roots"))
    token = order.get("token")
    metadata = [] if token is None else [("authorization", "Bearer " + token)]
    if "traceparent" in order:
        metadata.append(("traceparent", order["traceparent"]))
    options = {"metadata": metadata, "timeout": order.get("deadline")}
    if "requests" in order:
        call = channel.stream_stream(order["path"])(requests_of(order), **options)
        read = list
    else:
        call = channel.unary_unary(order["path"]).future(base64.b64decode(order["bytes"]), **options)
        read = lambda it: [it.result()]
    calls[order["id"]] = call
    threading.Thread(target=answer, args=(order["id"], call, read), daemon=True).start()


for line in sys.stdin:
    order = json.loads(line)
    if "cancel" in order:
        calls[order["cancel"]].cancel()
    elif "close" in order:
        for key in [it for it in channels if it[0] == order["close"]]:
            channels.pop(key).close()
    else:
        start(order)
