"""Runs many models in other people's interpreters, in one process, as the oracle of the tests.

usage: python3 oracle.py FOLDER [tflm] [litert]
FOLDER holds N.tflite and N.in (rows of inputs of the model's own type, one after the other) for N = 0, 1, ...; beside
each this writes N.tflm and N.litert (rows of outputs), or N.tflm.error with the interpreter's words.
"""

import os
import sys

import numpy as np


def tflm_runner(model):
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(model, arena_size=4 << 20)
    details = interpreter.get_input_details(0)
    shape = tuple(details["shape"])

    def run(row):
        interpreter.set_input(row.reshape(shape), 0)
        interpreter.invoke()
        return interpreter.get_output(0)

    return shape, details["dtype"], run


def litert_runner(model):
    from ai_edge_litert import interpreter as litert

    interpreter = litert.Interpreter(
        model_content=model, experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF
    )
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()[0]
    output = interpreter.get_output_details()[0]["index"]
    shape = tuple(details["shape"])

    def run(row):
        interpreter.set_tensor(details["index"], row.reshape(shape))
        interpreter.invoke()
        return interpreter.get_tensor(output)

    return shape, details["dtype"], run


def main():
    folder = sys.argv[1]
    runners = {"tflm": tflm_runner, "litert": litert_runner}
    for index in range(1 << 30):
        path = os.path.join(folder, str(index))
        if not os.path.exists(path + ".tflite"):
            break
        with open(path + ".tflite", "rb") as file:
            model = file.read()
        for name in sys.argv[2:]:
            try:
                shape, dtype, run = runners[name](model)
                rows = np.fromfile(path + ".in", dtype=dtype).reshape(-1, int(np.prod(shape)))
                outputs = [np.asarray(run(row), dtype=dtype).ravel() for row in rows]
                np.concatenate(outputs).tofile(f"{path}.{name}")
            except Exception as error:  # the test reports the words; the next model still runs
                with open(f"{path}.{name}.error", "w", encoding="utf-8") as file:
                    file.write(str(error))


main()
