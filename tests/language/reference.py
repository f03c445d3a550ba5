"""Computes logits of a language model in a folder of Hugging Face with NumPy.

Reads {"folder": ..., "weights": ..., "sequences": [[token, ...], ...]} from stdin,
and prints the logits at every position of every sequence. Matrices are rounded as
weights of that type are; with "kept", not those that blocks of a file can have. Everything is in float64, for the whole sequence at a
time, without a cache.
"""

import json
import math
import os
import sys

import ml_dtypes
import numpy as np

TYPES = {"F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16}


def read_tensors(folder):
    tensors = {}
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".safetensors"):
            continue
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8:8 + length])
        for key, value in header.items():
            if key == "__metadata__":
                continue
            begin, end = value["data_offsets"]
            part = data[8 + length + begin:8 + length + end]
            array = np.frombuffer(part, TYPES[value["dtype"]])
            tensors[key] = array.astype(np.float64).reshape(value["shape"])
    return tensors


BLOCK = 32


def in_blocks(array):
    rows, columns = array.shape
    blocks = -(-columns // BLOCK)
    filled = np.pad(array, ((0, 0), (0, blocks * BLOCK - columns)), "edge")
    filled = filled.reshape(rows, blocks, BLOCK)

    def half(numbers):
        return numbers.astype(np.float16).astype(np.float64)

    least = half(filled.min(-1, keepdims=True))
    scale = half((filled.max(-1, keepdims=True) - least) / 15)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale != 0)
    integers = np.floor((filled - least) * inverse + 0.5).clip(0, 15)
    return (integers * scale + least).reshape(rows, -1)[:, :columns]


def rounded(name, array, weights, kept):
    if array.ndim == 1 or weights == "f32":
        return array
    if weights == "int4":
        if name in ("model.embed_tokens.weight", "lm_head.weight"):
            return rounded(name, array, "int8", kept)
        return array if kept and array.shape[1] % BLOCK == 0 else in_blocks(array)
    if weights == "int8":
        scale = np.abs(array).max(-1, keepdims=True) / 127
        scale[scale == 0] = 1
        return np.floor(array / scale + 0.5) * scale
    return array.astype(TYPES[weights.upper()]).astype(np.float64)


def frequencies(config, size):
    base = config.get("rope_theta", 10000.0)
    plain = base ** (-np.arange(0, size, 2) / size)
    scaling = config.get("rope_scaling") or {"rope_type": "default"}
    kind = scaling.get("rope_type", scaling.get("type"))
    if kind == "default":
        return plain, 1.0
    factor = scaling["factor"]
    if kind == "linear":
        return plain / factor, 1.0
    original = scaling.get("original_max_position_embeddings",
                           config["max_position_embeddings"])
    if kind == "llama3":
        low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
        result = []
        for frequency in plain:
            length = 2 * math.pi / frequency
            if length < original / high:
                result.append(frequency)
            elif length > original / low:
                result.append(frequency / factor)
            else:
                smooth = (original / length - low) / (high - low)
                result.append((1 - smooth) * frequency / factor
                              + smooth * frequency)
        return np.array(result), 1.0
    assert kind == "yarn", kind

    def dimension(turns):
        return (size * math.log(original / (turns * 2 * math.pi))
                / (2 * math.log(base)))

    low = max(math.floor(dimension(scaling.get("beta_fast", 32))), 0)
    high = min(math.ceil(dimension(scaling.get("beta_slow", 1))), size - 1)
    if low == high:
        high += 0.001
    ramp = np.clip((np.arange(size // 2) - low) / (high - low), 0, 1)
    factor_of_attention = scaling.get("attention_factor",
                                      0.1 * math.log(factor) + 1)
    return plain / factor * ramp + plain * (1 - ramp), factor_of_attention


def norm(x, weight, epsilon):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + epsilon) * weight


class Model:
    def __init__(self, folder, weights, kept):
        with open(os.path.join(folder, "config.json")) as file:
            self.config = json.load(file)
        self.tensors = {name: rounded(name, array, weights, kept)
                        for name, array in read_tensors(folder).items()}

    def linear(self, x, name):
        y = x @ self.tensors[name + ".weight"].T
        bias = self.tensors.get(name + ".bias")
        return y if bias is None else y + bias

    def window(self, layer):
        config = self.config
        kind = config["model_type"]
        if kind == "mistral":
            return config.get("sliding_window")
        if config.get("use_sliding_window"):
            first = config.get("max_window_layers", 0)
            return config["sliding_window"] if layer >= first else None
        return None

    def logits(self, tokens):
        config, tensors = self.config, self.tensors
        epsilon = config["rms_norm_eps"]
        heads = config["num_attention_heads"]
        key_heads = config.get("num_key_value_heads", heads)
        size = config.get("head_dim", config["hidden_size"] // heads)
        turning = int(size * config.get("partial_rotary_factor", 1))
        rates, factor = frequencies(config, turning)
        count = len(tokens)
        angles = np.outer(np.arange(count), rates)
        cosine = np.concatenate([np.cos(angles)] * 2, -1) * factor
        sine = np.concatenate([np.sin(angles)] * 2, -1) * factor

        def rotate(whole):
            x = whole[..., :turning]
            half = turning // 2
            other = np.concatenate([-x[..., half:], x[..., :half]], -1)
            return np.concatenate(
                [x * cosine + other * sine, whole[..., turning:]], -1)

        x = tensors["model.embed_tokens.weight"][tokens]
        for layer in range(config["num_hidden_layers"]):
            at = f"model.layers.{layer}."
            y = norm(x, tensors[at + "input_layernorm.weight"], epsilon)

            def split(name, number):
                z = self.linear(y, at + f"self_attn.{name}_proj")
                z = z.reshape(count, number, size)
                weight = tensors.get(at + f"self_attn.{name}_norm.weight")
                if weight is not None:
                    z = norm(z, weight, epsilon)
                return z.transpose(1, 0, 2)

            query = rotate(split("q", heads))
            key = rotate(split("k", key_heads)).repeat(heads // key_heads, 0)
            value = split("v", key_heads).repeat(heads // key_heads, 0)
            scores = query @ key.transpose(0, 2, 1) / math.sqrt(size)
            distance = np.arange(count)[:, None] - np.arange(count)[None, :]
            seen = distance >= 0
            window = self.window(layer)
            if window is not None:
                seen &= distance < window
            scores = np.where(seen, scores, -np.inf)
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            scores /= scores.sum(-1, keepdims=True)
            mixed = (scores @ value).transpose(1, 0, 2).reshape(count, -1)
            x = x + self.linear(mixed, at + "self_attn.o_proj")
            y = norm(x, tensors[at + "post_attention_layernorm.weight"],
                     epsilon)
            gate = self.linear(y, at + "mlp.gate_proj")
            up = self.linear(y, at + "mlp.up_proj")
            x = x + self.linear(gate / (1 + np.exp(-gate)) * up,
                                at + "mlp.down_proj")
        x = norm(x, tensors["model.norm.weight"], epsilon)
        output = tensors.get("lm_head.weight",
                             tensors["model.embed_tokens.weight"])
        return x @ output.T


def main():
    request = json.load(sys.stdin)
    model = Model(request["folder"], request.get("weights", "f32"),
                  request.get("kept", False))
    json.dump([model.logits(tokens).tolist()
               for tokens in request["sequences"]], sys.stdout)


main()
