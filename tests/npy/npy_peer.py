"""NumPy's side of npy_test.ts.

  npy_peer.py write FOLDER SEED   writes arrays, and prints as JSON what is in them
  npy_peer.py check FOLDER        reads what was written back, and prints what differs
"""

import json
import pathlib
import sys

import ml_dtypes
import numpy as np

# Grouped by the resulting element type.
DTYPES = {
    "i1": np.bool_,
    "i8": np.int8,
    "i16": np.int16,
    "i32": np.int32,
    "i64": np.int64,
    "ui8": np.uint8,
    "ui16": np.uint16,
    "ui32": np.uint32,
    "ui64": np.uint64,
    "f16": np.float16,
    "f32": np.float32,
    "f64": np.float64,
    "cf64": np.complex64,
    "cf128": np.complex128,
    "bf16": ml_dtypes.bfloat16,
    "f8E5M2": ml_dtypes.float8_e5m2,
    "f8E4M3FN": ml_dtypes.float8_e4m3fn,
    "f8E5M2FNUZ": ml_dtypes.float8_e5m2fnuz,
    "f8E4M3FNUZ": ml_dtypes.float8_e4m3fnuz,
    "f8E8M0FNU": ml_dtypes.float8_e8m0fnu,
}
RANKS = range(7)


def random_array(rng, dtype, shape):
    """Any bits, so that every infinity and NaN is among them."""
    count = int(np.prod(shape, dtype=np.int64))
    if dtype == np.bool_:
        return rng.integers(0, 2, shape).astype(np.bool_)
    data = rng.bytes(count * np.dtype(dtype).itemsize)
    return np.frombuffer(data, dtype).reshape(shape)


def number(value):
    if isinstance(value, (complex, np.complexfloating)):
        return [number(value.real), number(value.imag)]
    if isinstance(value, (bool, np.bool_, int, np.integer)):
        return str(int(value))
    return repr(float(value))


def nested(array):
    if array.ndim == 0:
        return number(array[()])
    return [nested(part) for part in array]


def shapes(rng):
    for rank in RANKS:
        yield tuple(int(it) for it in rng.integers(1, 4, rank))
        if rank > 0:
            shape = [int(it) for it in rng.integers(1, 4, rank)]
            shape[rng.integers(0, rank)] = 0
            yield tuple(shape)


def layouts(array):
    """The array as NumPy can write it; with no version as it does by itself."""
    yield "c", None, array
    yield "version 2", (2, 0), array
    yield "version 3", (3, 0), array
    yield "fortran", None, np.array(array, order="F")
    # The types of ml_dtypes have only one byte order.
    if array.dtype.kind in "iufc" and array.dtype.itemsize > 1:
        big = array.dtype.newbyteorder(">")
        yield "big", None, np.array(array, big)
        yield "big-fortran", None, np.array(array, big, order="F")


def write(folder, seed):
    rng = np.random.default_rng(seed)
    index = []
    for element_type, dtype in DTYPES.items():
        for shape in shapes(rng):
            array = random_array(rng, dtype, shape)
            for layout, version, written in layouts(array):
                file = f"{len(index)}.npy"
                with open(folder / file, "wb") as target:
                    np.lib.format.write_array(target, written, version)
                index.append(
                    {
                        "file": file,
                        "elementType": element_type,
                        "layout": layout,
                        "shape": shape,
                        "hex": array.tobytes().hex(),
                        "values": nested(array),
                    }
                )
    print(json.dumps(index))


def check(folder):
    differences = []
    index = json.loads((folder / "index.json").read_text())
    for entry in index:
        dtype = np.dtype(DTYPES[entry["elementType"]])
        array = np.load(folder / entry["file"])
        if array.dtype.kind == "V":
            array = array.view(dtype)
        found = (array.dtype, array.shape, array.tobytes().hex())
        wanted = (dtype, tuple(entry["shape"]), entry["hex"])
        if found != wanted:
            differences.append(f"{entry['file']}: {found} is not {wanted}")
    with open(folder / "all.npy", "rb") as file:
        for entry in index:
            array = np.load(file)
            if array.tobytes().hex() != entry["hex"]:
                differences.append(f"all.npy: {entry['file']} differs")
        if file.read() != b"":
            differences.append("all.npy: bytes are left")
    print(json.dumps([len(index), differences]))


def main(command, folder, *seed):
    if command == "write":
        write(pathlib.Path(folder), int(seed[0]))
    else:
        check(pathlib.Path(folder))


main(*sys.argv[1:])
