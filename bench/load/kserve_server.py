"""KServe's Python model server, whose model is run by IREE's Python bindings.

    kserve_server.py PROGRAM FUNCTION PORT
"""

import sys

import iree.runtime as runtime
import numpy as np
from kserve import InferOutput, InferRequest, InferResponse, Model, ModelServer

path, function, port = sys.argv[1:]


class Served(Model):
    def __init__(self):
        super().__init__("model")
        config = runtime.Config("local-sync")
        module = runtime.VmModule.mmap(config.vm_instance, path)
        self.function = runtime.load_vm_module(module, config)[function]
        self.ready = True

    def predict(self, payload: InferRequest, headers=None, response_headers=None) -> InferResponse:
        values = np.asarray(self.function(payload.inputs[0].as_numpy()))
        output = InferOutput("y", list(values.shape), "FP32")
        output.set_data_from_numpy(values, binary_data=False)
        return InferResponse(payload.id or "none", "model", [output])


ModelServer(http_port=int(port), enable_grpc=False, workers=1).start([Served()])
