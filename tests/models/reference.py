"""Runs the models of this folder through IREE's Python bindings and through NumPy.

usage: reference.py MODEL PROGRAM WEIGHTS INPUT OUTPUT

WEIGHTS is an `.irpa` file, INPUT an `.npy` file. Writes OUTPUT.DEVICE.npy for each device and OUTPUT.numpy.npy, which NumPy has computed in
f64 from the definition of the model.
"""

import math
import sys

import iree.runtime
import numpy as np

DEVICES = ["local-sync", "local-task"]


def run(program, function, index, x, driver):
    config = iree.runtime.Config(driver)
    parameters = iree.runtime.create_io_parameters_module(
        config.vm_instance, index.create_provider(scope="model")
    )
    hal = iree.runtime.create_hal_module(config.vm_instance, config.device)
    main = iree.runtime.VmModule.mmap(config.vm_instance, program)
    _, _, module = iree.runtime.load_vm_modules(parameters, hal, main, config=config)
    return module[function](x).to_host()


def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def conv_net(w, images):
    count = images.shape[0]
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    maps = np.einsum("nyxchw,hwco->nyxo", windows, w("conv.weight", 3, 3, 3, 8))
    active = np.maximum(maps + w("conv.bias", 8), 0)
    pooled = active.reshape(count, 7, 2, 7, 2, 8).max(axis=(2, 4))
    scores = pooled.reshape(count, 392) @ w("dense.weight", 392, 10)
    return softmax(scores + w("dense.bias", 10))


def layer_norm(w, name, x):
    mean = x.mean(axis=-1, keepdims=True)
    variance = x.var(axis=-1, keepdims=True)
    normal = (x - mean) / np.sqrt(variance + 1e-5)
    return normal * w(f"{name}.weight", 32) + w(f"{name}.bias", 32)


def transformer_block(w, x):
    norm = layer_norm(w, "norm1", x)
    query, key, value = (
        (norm @ w(f"{name}.weight", 32, 32)).reshape(8, 4, 8).swapaxes(0, 1)
        for name in ["query", "key", "value"]
    )
    mixed = softmax(query @ key.swapaxes(1, 2) / math.sqrt(8)) @ value
    joined = mixed.swapaxes(0, 1).reshape(8, 32)
    y = x + joined @ w("output.weight", 32, 32)
    up = layer_norm(w, "norm2", y) @ w("up.weight", 32, 64) + w("up.bias", 64)
    gelu = up * (1 + np.vectorize(math.erf)(up / math.sqrt(2))) / 2
    return y + gelu @ w("down.weight", 64, 32) + w("down.bias", 32)


MODELS = {
    "conv_net": ("classify", conv_net),
    "transformer_block": ("block", transformer_block),
}


def main(model, program, weights, source, target):
    function, reference = MODELS[model]
    x = np.load(source)
    index = iree.runtime.ParameterIndex()
    index.load(weights)
    for device in DEVICES:
        y = run(program, function, index, x, device)
        np.save(f"{target}.{device}.npy", y)
    arrays = {
        key: np.frombuffer(entry.file_view, np.float32) for key, entry in index.items()
    }
    w = lambda key, *shape: arrays[key].astype(np.float64).reshape(shape)
    np.save(f"{target}.numpy.npy", reference(w, x.astype(np.float64)))


main(*sys.argv[1:])
