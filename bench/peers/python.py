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


class Bench:
    def __init__(self, interface):
        pass

    def scale(self, a):
        return 2 * a

    def double(self, ref):
        view = ref.deref(rt.HalBufferView)
        array = view.map().asarray([4], np.dtype(np.float32))
        return DEVICE.allocator.allocate_buffer_copy(
            memory_type=rt.MemoryType.DEVICE_LOCAL,
            allowed_usage=rt.BufferUsage.DEFAULT,
            device=DEVICE,
            buffer=2 * array,
            element_type=rt.HalElementType.FLOAT_32,
        ).ref

    def take(self, ref):
        return ref


DEVICE = rt.get_device("local-sync")


def hosted(program):
    config = rt.Config("local-sync")
    interface = rt.PyModuleInterface("bench", Bench)
    interface.export("scale", "0i_i", Bench.scale)
    interface.export("double", "0r_r", Bench.double)
    interface.export("pass", "0r_r", Bench.take)
    path = os.path.join(FOLDER, program)
    modules = [interface.create(), rt.VmModule.mmap(config.vm_instance, path)]
    context = rt.SystemContext(
        vm_modules=[
            rt.create_hal_module(config.vm_instance, DEVICE),
            *modules,
        ],
        config=config,
    )
    return context.modules[modules[1].name]


def host_scale():
    module = hosted("through.vmfb")
    expect(module.scale(21) == 42, "host_scale")
    return lambda: module.scale(21)


def host_double():
    module = hosted("hosted.vmfb")
    a = np.array([1, 2, 3, 4], dtype=np.float32)
    expect(module.double(a).to_host()[3] == 8, "host_double")
    return lambda: module.double(a).to_host()


def host_pass():
    module = hosted("hosted.vmfb")
    data = rt.asdevicearray(DEVICE, np.zeros(16 * 2**20, dtype=np.float32))
    return lambda: getattr(module, "pass")(data)


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
    "host_scale": host_scale,
    "host_double": host_double,
    "host_pass_64MiB": host_pass,
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
