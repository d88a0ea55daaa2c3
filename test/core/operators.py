"""Random one-operator int8 and int16 models and what TensorFlow Lite Micro's reference kernels make of them: the tests' oracle.

usage: python3 operators.py FOLDER SEED COUNT
Writes N.tflite, N.in (two rows of input bytes, inputs one after the other) and N.out for N = 0, 1, ...
Covers what networks rarely hold: dilation, groups, batches, broadcasting, one scale for all channels, fused
activations on everything, odd shapes; int16 activations with int64 and int32 bias.
"""

import os
import sys

import more_operators
import numpy as np
from model_builder import TYPES, Builder, between, weights
from tflite_micro.python.tflite_micro import runtime
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

ACTIVATIONS = [0, 1, 2, 3]  # none, relu, relu_n1_to_1, relu6


def windowed(random, size, window, stride, dilation, padding):
    reach = (window - 1) * dilation + 1
    return -(-size // stride) if padding == 0 else (size + stride - reach) // stride


def window_options(random, b, options, sizes, dilated):
    """Window and stride for a [height, width] image; returns the output's size, or None where nothing is left."""
    options.padding = between(random, 0, 1)
    options.strideH, options.strideW = between(random, 1, 3), between(random, 1, 3)
    window = [between(random, 1, 5), between(random, 1, 5)]
    dilation = [between(random, 1, 3), between(random, 1, 3)] if dilated else [1, 1]
    if dilated:
        options.dilationHFactor, options.dilationWFactor = dilation
    out = [
        windowed(random, sizes[i], window[i], [options.strideH, options.strideW][i], dilation[i], options.padding)
        for i in range(2)
    ]
    return (window, out) if min(out) > 0 else (window, None)


def conv(random, b):
    options = schema.Conv2DOptionsT()
    batch, height, width = between(random, 1, 2), between(random, 1, 9), between(random, 1, 9)
    window, out = window_options(random, b, options, [height, width], random.integers(3) == 0)
    if out is None:
        return False
    groups = between(random, 2, 3) if random.integers(5) == 0 else 1
    depth = between(random, 1, 9) if random.integers(3) else between(random, 10, 40)
    channels = between(random, 1, 6) * groups
    per_channel = random.integers(3) > 0
    options.fusedActivationFunction = int(random.choice(ACTIVATIONS))
    x = b.input(b.activation([batch, height, width, depth * groups]))
    scales = [b.scale(-3, -1.5) for _ in range(channels if per_channel else 1)]
    w = b.tensor([channels] + window + [depth], "int8", scales, 0, weights(random, [channels] + window + [depth]))
    inputs = b.weighted_inputs(x, w, channels, options, [])
    y = b.activation([batch] + out + [channels])
    b.operator(3, inputs, [y], options, schema.BuiltinOptions.Conv2DOptions, 3)
    return [y]


def depthwise(random, b):
    options = schema.DepthwiseConv2DOptionsT()
    batch, height, width = between(random, 1, 2), between(random, 1, 9), between(random, 1, 9)
    window, out = window_options(random, b, options, [height, width], random.integers(3) == 0)
    if out is None:
        return False
    depth = between(random, 1, 9) if random.integers(3) else between(random, 10, 40)
    depth, multiplier = (depth, between(random, 1, 3)) if random.integers(4) else (1, between(random, 1, 12))
    options.depthMultiplier = multiplier
    options.fusedActivationFunction = int(random.choice(ACTIVATIONS))
    channels = depth * multiplier
    x = b.input(b.activation([batch, height, width, depth]))
    scales = [b.scale(-3, -1.5) for _ in range(channels)]
    shape = [1] + window + [channels]
    w = b.tensor(shape, "int8", scales, 0, weights(random, shape), 3)
    bias = b.bias(x, w, channels)
    y = b.activation([batch] + out + [channels])
    inputs = [x, w, bias] if random.integers(4) > 0 else [x, w]
    b.operator(4, inputs, [y], options, schema.BuiltinOptions.DepthwiseConv2DOptions, 3)
    return [y]


def dense(random, b):
    options = schema.FullyConnectedOptionsT()
    options.fusedActivationFunction = int(random.choice(ACTIVATIONS))
    batch, depth, channels = between(random, 1, 3), between(random, 1, 70), between(random, 1, 20)
    per_channel = channels > 1 and random.integers(3) == 0
    shape = [batch, depth] if random.integers(2) else [batch, 1, depth]
    options.keepNumDims = len(shape) == 3
    x = b.input(b.activation(shape))
    scales = [b.scale(-3, -1.5) for _ in range(channels if per_channel else 1)]
    w = b.tensor([channels, depth], "int8", scales, 0, weights(random, [channels, depth]))
    inputs = b.weighted_inputs(x, w, channels, options, [-1])
    y = b.activation(shape[:-1] + [channels])
    b.operator(9, inputs, [y], options, schema.BuiltinOptions.FullyConnectedOptions, 4)
    return [y]


def pool(random, b):
    options = schema.Pool2DOptionsT()
    batch, height, width, depth = (between(random, 1, n) for n in (2, 9, 9, 9))
    window, out = window_options(random, b, options, [height, width], False)
    if out is None:
        return False
    options.filterHeight, options.filterWidth = window
    options.fusedActivationFunction = int(random.choice(ACTIVATIONS))
    scale, zero = b.scale(-2, -0.5), between(random, -128, 127)
    x = b.input(b.activation([batch, height, width, depth], scale, zero))
    y = b.activation([batch] + out + [depth], scale, zero)
    b.operator(int(random.choice([1, 17])), [x], [y], options, schema.BuiltinOptions.Pool2DOptions, 2)
    return [y]


def softmax(random, b):
    options = schema.SoftmaxOptionsT()
    options.beta = float(random.choice([1.0, 0.5, 3.0]))
    shape = [between(random, 1, 4) for _ in range(between(random, 0, 3))] + [between(random, 1, 40)]
    x = b.input(b.activation(shape, b.scale(-3, 0.5)))
    y = b.activation(shape, np.float32(1 / 128 if b.wide else 1 / 256), -128)
    if not b.wide and random.integers(4) == 0:
        y = b.activation(shape, np.float32(1 / 65536), -32768, "int16")
    b.operator(25, [x], [y], options, schema.BuiltinOptions.SoftmaxOptions, 2)
    return [y]


def sigmoid(random, b):
    """LOGISTIC or TANH; half of them over all 256 inputs."""
    shape = [16, 16] if random.integers(2) else [between(random, 1, 20), between(random, 1, 40)]
    scale = b.scale(-4, 1)
    if b.wide and random.integers(2):
        # Powers of two have an arithmetic of their own, and so has what is near.
        scale = np.float32(2.0 ** between(random, -5, -2) * random.choice([1, 1, 1.0005, 0.9995, 1.001]))
    x = b.input(b.activation(shape, scale))
    if random.integers(2):
        y = b.activation(shape, np.float32(1 / 128 if b.wide else 1 / 256), -128)
        b.operator(14, [x], [y])
    else:
        y = b.activation(shape, np.float32(1 / 128), 0)
        b.operator(28, [x], [y])
    return [y]


def two_shapes(random):
    """Shapes of two inputs that go together, and of the output."""
    shape = [between(random, 1, 5) for _ in range(between(random, 1, 4))]
    first, second = list(shape), list(shape)
    if random.integers(2):
        for i in range(len(shape)):
            (first, second)[between(random, 0, 1)][i] = 1 if random.integers(3) == 0 else shape[i]
        shape = [max(p, q) for p, q in zip(first, second)]
    return first, second, shape


def add(random, b):
    """ADD, SUB or MUL."""
    code, options, kind = [
        (0, schema.AddOptionsT(), schema.BuiltinOptions.AddOptions),
        (41, schema.SubOptionsT(), schema.BuiltinOptions.SubOptions),
        (18, schema.MulOptionsT(), schema.BuiltinOptions.MulOptions),
    ][between(random, 0, 2)]
    options.fusedActivationFunction = int(random.choice(ACTIVATIONS))
    first, second, shape = two_shapes(random)
    base = b.scale(-3, -1)
    x1 = b.input(b.activation(first, base * np.float32(random.uniform(0.2, 5))))
    x2 = b.input(b.activation(second, base * np.float32(random.uniform(0.2, 5))))
    y = b.activation(shape, base * np.float32(random.uniform(0.2, 5)))
    b.operator(code, [x1, x2], [y], options, kind, 2)
    return [y]


def extremum(random, b):
    """MAXIMUM or MINIMUM."""
    first, second, shape = two_shapes(random)
    x1, x2 = b.input(b.activation(first)), b.input(b.activation(second))
    y = b.activation(shape)
    options, kind = schema.MaximumMinimumOptionsT(), schema.BuiltinOptions.MaximumMinimumOptions
    b.operator(int(random.choice([55, 57])), [x1, x2], [y], options, kind, 2)
    return [y]


def relu(random, b):
    """RELU, RELU6 or LEAKY_RELU; some over all 256 inputs."""
    shape = [16, 16] if random.integers(2) else [between(random, 1, 20), between(random, 1, 9)]
    which = between(random, 0, 2)
    scale, zero = b.scale(-3, -1), between(random, -128, 127)
    x = b.input(b.activation(shape, scale, zero))
    if which == 1:
        y = b.activation(shape, scale, zero)
        b.operator(21, [x], [y], version=2)
        return [y]
    y = b.activation(shape, scale * np.float32(random.uniform(0.3, 3)))
    if which == 0:
        b.operator(19, [x], [y], version=2)
    else:
        options = schema.LeakyReluOptionsT()
        options.alpha = float(random.choice([0.1, 0.2, 0.3, 0.01, 1.5]))
        b.operator(98, [x], [y], options, schema.BuiltinOptions.LeakyReluOptions, 2)
    return [y]


def concatenation(random, b):
    shape = [between(random, 1, 5) for _ in range(between(random, 1, 4))]
    axis = between(random, 0, len(shape) - 1)
    scale, zero = b.scale(), between(random, -128, 127)
    inputs, along = [], 0
    for _ in range(between(random, 1, 4)):
        part = list(shape)
        part[axis] = between(random, 1, 4)
        along += part[axis]
        inputs.append(b.input(b.activation(part, scale, zero)))
    shape[axis] = along
    y = b.activation(shape, scale, zero)
    options = schema.ConcatenationOptionsT()
    options.axis = axis - (len(shape) if random.integers(3) == 0 else 0)
    b.operator(2, inputs, [y], options, schema.BuiltinOptions.ConcatenationOptions, 2)
    return [y]


def mean(random, b):
    options = schema.ReducerOptionsT()
    options.keepDims = bool(random.integers(2))
    shape = [between(random, 1, 6) for _ in range(between(random, 1, 4))]
    axes = sorted(random.choice(len(shape), between(random, 1, len(shape)), replace=False).tolist())
    out = [1 if i in axes else n for i, n in enumerate(shape)] if options.keepDims else None
    out = [n for i, n in enumerate(shape) if i not in axes] if out is None else out
    signed = [a - len(shape) if random.integers(3) == 0 else a for a in axes]
    x = b.input(b.activation(shape, b.scale(-2, -1)))
    a = b.tensor([len(axes)], "int32", data=np.int32(signed))
    y = b.activation(out, b.scale(-2, -1))
    b.operator(40, [x, a], [y], options, schema.BuiltinOptions.ReducerOptions, 2)
    return [y]


def pad(random, b):
    shape = [between(random, 1, 5) for _ in range(between(random, 1, 4))]
    borders = [[between(random, 0, 3), between(random, 0, 3)] for _ in shape]
    scale, zero = b.scale(), between(random, -128, 127)
    x = b.input(b.activation(shape, scale, zero))
    p = b.tensor([len(shape), 2], "int32", data=np.int32(borders))
    y = b.activation([n + sum(border) for n, border in zip(shape, borders)], scale, zero)
    if random.integers(2):
        b.operator(34, [x, p], [y], schema.PadOptionsT(), schema.BuiltinOptions.PadOptions, 2)
    else:
        low = -32768 if b.wide else -128
        value = b.graph.tensors[x].quantization
        number = np.array([between(random, low, -1 - low)], b.kind())
        value = b.tensor([1], b.kind(), value.scale, int(value.zeroPoint[0]), number)
        b.operator(60, [x, p, value], [y], schema.PadV2OptionsT(), schema.BuiltinOptions.PadV2Options, 2)
    return [y]


def quantize(random, b):
    shape = [between(random, 1, 20), between(random, 1, 4)]
    kinds = [("float32", "int8"), ("int8", "int8"), ("uint8", "int8"), ("int8", "uint8"), ("int16", "int8")]
    kinds += [("int8", "int16"), ("int8", "int32"), ("int16", "int16"), ("int16", "int32"), ("int32", "int8")]
    kinds += [("int32", "int16"), ("float32", "int16")]
    source, target = kinds[between(random, 0, len(kinds) - 1)]

    def end(kind):
        finer = {"int16": 2, "int32": 3}.get(kind, 0)
        zero = 0 if kind == "int32" else between(random, -900, 900) if kind == "int16" else None
        return b.activation(shape, b.scale(-2 - finer, -1 - finer), zero, kind)

    x = b.input(b.tensor(shape, "float32") if source == "float32" else end(source))
    y = end(target)
    b.operator(114, [x], [y], schema.QuantizeOptionsT(), schema.BuiltinOptions.QuantizeOptions, 2)
    return [y]


def dequantize(random, b):
    shape = [between(random, 1, 30)]
    x = b.input(b.activation(shape, None, None, str(random.choice(["int8", "uint8", "int16"]))))
    y = b.tensor(shape, "float32")
    b.operator(6, [x], [y], schema.DequantizeOptionsT(), schema.BuiltinOptions.DequantizeOptions, 2)
    return [y]


def reshape(random, b):
    shape = [between(random, 1, 5), 1, between(random, 1, 5)]
    scale, zero = b.scale(), between(random, -128, 127)
    x = b.input(b.activation(shape, scale, zero))
    which = between(random, 0, 2)
    if which == 0:
        options = schema.ReshapeOptionsT()
        options.newShape = [shape[0] * shape[2]]
        y = b.activation(options.newShape, scale, zero)
        s = b.tensor([1], "int32", data=np.int32(options.newShape))
        b.operator(22, [x, s], [y], options, schema.BuiltinOptions.ReshapeOptions)
    elif which == 1:
        options = schema.SqueezeOptionsT()
        options.squeezeDims = [1]
        y = b.activation([shape[0], shape[2]], scale, zero)
        b.operator(43, [x], [y], options, schema.BuiltinOptions.SqueezeOptions)
    else:
        axis = b.tensor([1], "int32", data=np.int32([1]))
        y = b.activation([shape[0], 1, 1, shape[2]], scale, zero)
        b.operator(70, [x, axis], [y], schema.ExpandDimsOptionsT(), schema.BuiltinOptions.ExpandDimsOptions)
    return [y]


MAKERS = [conv, conv, depthwise, dense, pool, softmax, add, mean, pad, quantize, dequantize, reshape, sigmoid]
MAKERS += [add, extremum, relu, relu, concatenation]
MAKERS += more_operators.MAKERS
# Those of which TensorFlow Lite Micro has a form for int16 values.
WIDE = [conv, depthwise, dense, pool, softmax, add, mean, pad, reshape, sigmoid, extremum, relu, concatenation]
WIDE += more_operators.WIDE


ROWS = 2


def fill(random, tensor):
    if tensor.type == TYPES["float32"]:
        return (random.normal(size=tensor.shape) * 3).astype(np.float32)
    if tensor.type == TYPES["int16"] or tensor.type == TYPES["int32"]:
        return random.integers(-32768, 32768, tensor.shape).astype(np.int16 if tensor.type == 7 else np.int32)
    low, kind = (-128, np.int8) if tensor.type == TYPES["int8"] else (0, np.uint8)
    if np.prod(tensor.shape) == 256:
        return random.permutation(np.arange(low, low + 256)).astype(kind).reshape(tensor.shape)
    return random.integers(low, low + 256, tensor.shape).astype(kind)


def run(random, b, outputs, model):
    """Rows of inputs and what becomes of them, as bytes."""
    given, answered = [], []
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 20)
    for _ in range(ROWS):
        for i, index in enumerate(b.graph.inputs):
            values = fill(random, b.graph.tensors[index])
            interpreter.set_input(values, i)
            given.append(values.tobytes())
        interpreter.invoke()
        answered += [interpreter.get_output(i).tobytes() for i in range(len(outputs))]
    return b"".join(given), b"".join(answered)


def main():
    folder, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    random = np.random.default_rng(seed)
    made = 0
    while made < count:
        maker = MAKERS[made % len(MAKERS)]
        b = Builder(random, maker in WIDE and random.integers(2) == 0)
        outputs = maker(random, b)
        if not outputs:
            continue
        b.graph.outputs = outputs
        model = b.bytes()
        given, answered = run(random, b, outputs, model)
        path = os.path.join(folder, str(made))
        for kind, content in (("tflite", model), ("in", given), ("out", answered)):
            with open(f"{path}.{kind}", "wb") as file:
                file.write(content)
        made += 1


main()
