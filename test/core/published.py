"""Runs published models in TensorFlow Lite Micro over random inputs: the tests' oracle.

usage: python3 published.py FOLDER ROWS MODEL...
Writes N.in (rows of input bytes, inputs one after the other) and N.out for the Nth model, or N.error.
"""

import sys

import numpy as np
from tflite_micro.python.tflite_micro import runtime


def count(interpreter, details):
    number = 0
    while True:
        try:
            getattr(interpreter, details)(number)
        except (IndexError, RuntimeError, ValueError):
            return number
        number += 1


def run(random, path, rows):
    interpreter = runtime.Interpreter.from_file(path, arena_size=4 << 20)
    inputs = [interpreter.get_input_details(i) for i in range(count(interpreter, "get_input_details"))]
    outputs = count(interpreter, "get_output_details")
    given, answered = [], []
    for _ in range(rows):
        for i, details in enumerate(inputs):
            kind = np.dtype(details["dtype"])
            if kind.kind == "f":
                values = random.normal(size=details["shape"]).astype(kind)
            else:
                limits = np.iinfo(kind)
                values = random.integers(limits.min, limits.max, details["shape"], kind, endpoint=True)
            interpreter.set_input(values, i)
            given.append(values.tobytes())
        interpreter.invoke()
        answered += [interpreter.get_output(i).tobytes() for i in range(outputs)]
    return b"".join(given), b"".join(answered)


def main():
    folder, rows = sys.argv[1], int(sys.argv[2])
    random = np.random.default_rng(11)
    for number, path in enumerate(sys.argv[3:]):
        try:
            results = zip(("in", "out"), run(random, path, rows))
        except Exception as error:
            results = [("error", str(error).encode())]
        for kind, content in results:
            with open(f"{folder}/{number}.{kind}", "wb") as file:
                file.write(content)


main()
