"""Puts a small .tflite together, tensor by tensor, for the tests' oracles."""

import flatbuffers
import numpy as np
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

TYPES = {"int8": 9, "uint8": 3, "int16": 7, "int32": 2, "int64": 4, "float32": 0}


def between(random, low, high):
    return int(random.integers(low, high + 1))


def weights(random, shape):
    return random.integers(-127, 128, shape).astype(np.int8)


class Builder:
    def __init__(self, random, wide=False):
        self.random = random
        # Activations are int16: no zero points, scales 1/256 of what they would be.
        self.wide = wide
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.buffers = [schema.BufferT()]
        self.model.operatorCodes = []
        self.graph = schema.SubGraphT()
        self.graph.tensors = []
        self.graph.operators = []
        self.graph.inputs = []
        self.graph.outputs = []
        self.model.subgraphs = [self.graph]

    def tensor(self, shape, kind="int8", scale=None, zero=None, data=None, dimension=0):
        tensor = schema.TensorT()
        tensor.shape = [int(x) for x in shape]
        tensor.type = TYPES[kind]
        tensor.name = "t%d" % len(self.graph.tensors)
        tensor.buffer = 0
        if scale is not None:
            quantization = schema.QuantizationParametersT()
            quantization.scale = np.atleast_1d(np.float32(scale))
            count = len(quantization.scale)
            quantization.zeroPoint = np.full(count, 0 if zero is None else zero, np.int64)
            quantization.quantizedDimension = dimension
            tensor.quantization = quantization
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def activation(self, shape, scale=None, zero=None, kind=None):
        scale = self.scale() if scale is None else scale
        if kind is None and self.wide:
            return self.tensor(shape, "int16", np.float32(scale) / np.float32(256), 0)
        low = 0 if kind == "uint8" else -128
        zero = int(self.random.integers(low, low + 256)) if zero is None else zero
        return self.tensor(shape, kind or "int8", scale, zero)

    def kind(self):
        return "int16" if self.wide else "int8"

    def scale(self, low=-4.0, high=-0.5):
        return np.float32(10.0 ** self.random.uniform(low, high))

    def bias(self, x, w, channels, narrow=False):
        """Its scales are those of the sums, as the specification has it. `narrow`: int32 in wide models, too."""
        scales = self.graph.tensors[x].quantization.scale[0] * self.graph.tensors[w].quantization.scale
        if self.wide and not narrow:
            size = int(self.random.choice([1 << 20, 1 << 36]))
            return self.tensor([channels], "int64", scales, 0, self.random.integers(-size, size, channels))
        size = 9000 * (256 if self.wide else 1)
        values = self.random.integers(-size, size, channels).astype(np.int32)
        return self.tensor([channels], "int32", scales, 0, values)

    def weighted_inputs(self, x, w, channels, options, missing):
        """With a bias or without; in wide models of either type that TensorFlow Lite Micro has."""
        narrow = self.wide and self.random.integers(3) == 0
        if self.random.integers(4) > 0:
            return [x, w, self.bias(x, w, channels, narrow)]
        if narrow:
            options.quantizedBiasType = TYPES["int32"]
        return [x, w] + missing

    def state(self, shape, kind, scale, zero):
        """Kept from one run to the next."""
        index = self.tensor(shape, kind, scale, zero)
        self.graph.tensors[index].isVariable = True
        return index

    def input(self, index):
        self.graph.inputs.append(index)
        return index

    def operator(self, code, inputs, outputs, options=None, kind=0, version=1):
        entry = schema.OperatorCodeT()
        entry.deprecatedBuiltinCode = min(code, 127)
        entry.builtinCode = code
        entry.version = version
        self.model.operatorCodes.append(entry)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs = inputs
        operator.outputs = outputs
        operator.builtinOptionsType = kind
        operator.builtinOptions = options
        self.graph.operators.append(operator)

    def bytes(self):
        builder = flatbuffers.Builder(4096)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())
