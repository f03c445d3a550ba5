"""Python's side of structures_test.ts: makes calls through FunctionInvoker.

  structures_peer.py PROGRAM.vmfb   reads calls as JSON, and prints their results

A call is {"name": …, "arguments": […], "named": {…}}. In it, and in results, an
array of NumPy is {"elementType": …, "shape": […], "values": […]}.
"""

import json
import sys

import iree.runtime as rt
import numpy as np

DTYPES = {
    "i1": np.bool_,
    "i8": np.int8,
    "i16": np.int16,
    "i32": np.int32,
    "i64": np.int64,
    "f32": np.float32,
    "f64": np.float64,
}
ELEMENT_TYPES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}


def decode(value):
    if isinstance(value, list):
        return [decode(it) for it in value]
    if not isinstance(value, dict):
        return value
    if "elementType" in value:
        array = np.array(value["values"], DTYPES[value["elementType"]])
        return array.reshape(value["shape"])
    return {key: decode(it) for key, it in value.items()}


def encode(value):
    if isinstance(value, (list, tuple)):
        return [encode(it) for it in value]
    if isinstance(value, dict):
        return {key: encode(it) for key, it in value.items()}
    if isinstance(value, rt.DeviceArray):
        array = value.to_host()
        return {
            "elementType": ELEMENT_TYPES[array.dtype],
            "shape": array.shape,
            "values": [+it for it in array.flatten().tolist()],
        }
    return value


def main(path):
    config = rt.Config("local-sync")
    module = rt.VmModule.mmap(config.vm_instance, path)
    program = rt.load_vm_module(module, config)
    results = []
    for call in json.load(sys.stdin):
        try:
            function = program[call["name"]]
            result = function(
                *decode(call["arguments"]),
                **decode(call.get("named", {})),
            )
            results.append({"result": encode(result)})
        except (TypeError, ValueError, RuntimeError) as error:
            results.append({"error": str(error)})
    print(json.dumps(results))


main(*sys.argv[1:])
