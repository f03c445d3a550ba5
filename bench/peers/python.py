"""The workloads through IREE's Python bindings, as their documentation has it.

    python python.py FOLDER

Reads lines `WORKLOAD COUNT` and answers each with the nanoseconds it took.
"""

import os
import sys
import time

import iree.runtime as rt
import numpy as np

FOLDER = sys.argv[1]
SIDE = 512


def expect(right, what):
    if not right:
        sys.exit(f"python: wrong result: {what}")


def load(name, driver, config=None):
    config = config or rt.Config(driver)
    path = os.path.join(FOLDER, name)
    module = rt.VmModule.mmap(config.vm_instance, path)
    return rt.load_vm_module(module, config)


def add():
    module = load("scalars.vmfb", "local-sync")
    expect(module.add(40, 2) == 42, "add")
    return lambda: module.add(40, 2)


def mixed():
    module = load("scalars.vmfb", "local-sync")
    arguments = (7, 2, 0.5, 0.25, 1, 3, 1.5, 4.0)
    expect(tuple(module.mixed(*arguments)) == (8, 5, 6.25), "mixed")
    return lambda: module.mixed(*arguments)


def mul():
    module = load("tensors.vmfb", "local-sync")
    a = np.array([1, 2, 3, 4], dtype=np.float32)
    b = np.array([2, 2, 2, 2], dtype=np.float32)
    expect(module.mul(a, b).to_host()[3] == 8, "mul")
    return lambda: module.mul(a, b).to_host()


def upload_new():
    device = rt.get_device("local-sync")
    data = (np.arange(16 * 2**20) % 1000).astype(np.float32)
    return lambda: rt.asdevicearray(device, data)


def matmul():
    module = load("tensors.vmfb", "local-task")
    a = (np.arange(SIDE * SIDE) % 7).astype(np.float32).reshape(SIDE, SIDE)
    b = 2 * np.eye(SIDE, dtype=np.float32)
    expect(module.matmul(a, b).to_host()[0, 5] == 10, "matmul")
    return lambda: module.matmul(a, b).to_host()


def convnet():
    module = load("convnet.vmfb", "local-task")
    image = np.fromfile(os.path.join(FOLDER, "image.bin"), dtype=np.float32)
    image = image.reshape(1, 3, 64, 64)
    scores = np.fromfile(os.path.join(FOLDER, "scores.bin"), dtype=np.float32)
    result = module.classify(image).to_host()
    expect(np.allclose(result[0], scores, atol=1e-4), "convnet")
    return lambda: module.classify(image).to_host()


def loading(name):
    config = rt.Config("local-sync")

    def step():
        module = load(name, "local-sync", config)
        expect(module.get(1000) == 7, name)

    return step


WORKLOADS = {
    "add": add,
    "mixed": mixed,
    "mul": mul,
    "upload_new": upload_new,
    "matmul": matmul,
    "convnet": convnet,
    "load_1MiB": lambda: loading("weights_1MiB.vmfb"),
    "load_100MiB": lambda: loading("weights_100MiB.vmfb"),
}


def main():
    steps = {}
    for line in sys.stdin:
        name, count = line.split()
        if name not in steps:
            steps[name] = WORKLOADS[name]()
        step = steps[name]
        start = time.perf_counter_ns()
        for _ in range(int(count)):
            step()
        print(time.perf_counter_ns() - start, flush=True)


main()
