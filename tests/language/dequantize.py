"""Reads blocks of GGUF's types as ggml defines them.

Reads {type: hexadecimal bytes} from stdin, and prints {type: numbers}.
"""

import json
import sys

import numpy as np


def f16(data):
    return float(np.frombuffer(bytes(data[:2]), np.float16)[0])


def u32(data):
    return int.from_bytes(bytes(data[:4]), "little")


def nibbles(data):
    return [b & 15 for b in data] + [b >> 4 for b in data]


def q4_0(b):
    return [f16(b) * (q - 8) for q in nibbles(b[2:18])]


def q4_1(b):
    return [f16(b) * q + f16(b[2:]) for q in nibbles(b[4:20])]


def fifth(high, quants):
    return [q | (high >> i & 1) << 4 for i, q in enumerate(quants)]


def q5_0(b):
    return [f16(b) * (q - 16) for q in fifth(u32(b[2:]), nibbles(b[6:22]))]


def q5_1(b):
    quants = fifth(u32(b[4:]), nibbles(b[8:24]))
    return [f16(b) * q + f16(b[2:]) for q in quants]


def q8_0(b):
    return [f16(b) * q for q in np.frombuffer(bytes(b[2:34]), np.int8).tolist()]


def scale_min(j, q):
    if j < 4:
        return q[j] & 63, q[j + 4] & 63
    return ((q[j + 4] & 15) | ((q[j - 4] >> 6) << 4),
            (q[j + 4] >> 4) | ((q[j] >> 6) << 4))


def k45(b, quants, highs):
    d, dmin, scales = f16(b), f16(b[2:]), b[4:16]
    result, bit, at = [], 1, 0
    for j in range(0, 256, 64):
        for half in range(2):
            scale, least = scale_min(at, scales)
            at += 1
            for l in range(32):
                q = quants[j // 2 + l]
                q = q & 15 if half == 0 else q >> 4
                if highs is not None and highs[l] & bit:
                    q += 16
                result.append(d * scale * q - dmin * least)
            bit <<= 1
    return result


def q4_k(b):
    return k45(b, b[16:144], None)


def q5_k(b):
    return k45(b, b[48:176], b[16:48])


def q6_k(b):
    scales = np.frombuffer(bytes(b[192:208]), np.int8).tolist()
    d = f16(b[208:])
    result = [0.0] * 256
    for n in range(2):
        low, high = b[64 * n:64 * n + 64], b[128 + 32 * n:160 + 32 * n]
        s = scales[8 * n:8 * n + 8]
        for l in range(32):
            at = l // 16
            q = [(low[l] & 15) | (high[l] & 3) << 4,
                 (low[l + 32] & 15) | (high[l] >> 2 & 3) << 4,
                 (low[l] >> 4) | (high[l] >> 4 & 3) << 4,
                 (low[l + 32] >> 4) | (high[l] >> 6 & 3) << 4]
            for i in range(4):
                result[128 * n + 32 * i + l] = d * s[at + 2 * i] * (q[i] - 32)
    return result


READERS = {"Q4_0": (18, q4_0), "Q4_1": (20, q4_1), "Q5_0": (22, q5_0),
           "Q5_1": (24, q5_1), "Q8_0": (34, q8_0), "Q4_K": (144, q4_k),
           "Q5_K": (176, q5_k), "Q6_K": (210, q6_k)}

results = {}
for name, text in json.load(sys.stdin).items():
    data = list(bytes.fromhex(text))
    size, read = READERS[name]
    results[name] = [x for at in range(0, len(data), size)
                     for x in read(data[at:at + size])]
json.dump(results, sys.stdout)
