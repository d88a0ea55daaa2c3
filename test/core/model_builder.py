"""Puts a small .tflite together, tensor by tensor, for the tests' oracles."""

import flatbuffers
import numpy as np
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

TYPES = {"int8": 9, "uint8": 3, "int16": 7, "int32": 2, "float32": 0}


def between(random, low, high):
    return int(random.integers(low, high + 1))


def weights(random, shape):
    return random.integers(-127, 128, shape).astype(np.int8)


class Builder:
    def __init__(self, random):
        self.random = random
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

    def activation(self, shape, scale=None, zero=None, kind="int8"):
        low = 0 if kind == "uint8" else -128
        zero = int(self.random.integers(low, low + 256)) if zero is None else zero
        return self.tensor(shape, kind, self.scale() if scale is None else scale, zero)

    def scale(self, low=-4.0, high=-0.5):
        return np.float32(10.0 ** self.random.uniform(low, high))

    def bias(self, x, w, channels):
        """Its scales are those of the sums, as the specification has it."""
        scales = self.graph.tensors[x].quantization.scale[0] * self.graph.tensors[w].quantization.scale
        values = self.random.integers(-9000, 9000, channels).astype(np.int32)
        return self.tensor([channels], "int32", scales, 0, values)

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
