"""Models of one operator each, of the sizes that networks have, for counting what operators cost.

usage: python3 cost_models.py FOLDER
Writes NAME.tflite; `_INT16` behind the operator's name: int16 activations.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "core"))

import numpy as np
from model_builder import Builder, weights
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

KINDS = schema.BuiltinOptions
IMAGE = [1, 14, 14, 12]
random = np.random.default_rng(5)


def save(name, b, outputs):
    b.graph.outputs = outputs
    with open(os.path.join(sys.argv[1], name + ("_INT16" if b.wide else "") + ".tflite"), "wb") as file:
        file.write(b.bytes())


def settings(b, values):
    return b.tensor(np.shape(values), "int32", data=np.int32(values))


def ends(wide, shape, out=None, scale=0.03):
    """A builder, its input and an output."""
    b = Builder(random, wide)
    x = b.input(b.activation(shape, np.float32(0.02), 3))
    return b, x, b.activation(out or shape, np.float32(scale), 3)


def one_value(wide):
    unit = np.float32(1 / 128)
    for name, code, scale, zero in [
        ("LOGISTIC", 14, unit if wide else np.float32(1 / 256), -128),
        ("TANH", 28, unit, 0),
        ("RELU", 19, np.float32(0.03), 3),
        ("RELU6", 21, np.float32(0.02), 3),
        ("LEAKY_RELU", 98, np.float32(0.03), 3),
        ("HARD_SWISH", 117, np.float32(0.03), 3),
    ]:
        for shape in (IMAGE, [1, 100]):
            if wide and code == 117:
                continue
            b = Builder(random, wide)
            x = b.input(b.activation(shape, np.float32(0.02), 3))
            y = b.activation(shape, scale, zero)
            options = schema.LeakyReluOptionsT()
            options.alpha = 0.1
            b.operator(code, [x], [y], *((options, KINDS.LeakyReluOptions, 2) if code == 98 else ()))
            save(f"{name}-{len(shape)}", b, [y])


def two_values(wide):
    for name, code, options, kind in [
        ("ADD", 0, schema.AddOptionsT(), KINDS.AddOptions),
        ("SUB", 41, schema.SubOptionsT(), KINDS.SubOptions),
        ("MUL", 18, schema.MulOptionsT(), KINDS.MulOptions),
        ("MAXIMUM", 55, schema.MaximumMinimumOptionsT(), KINDS.MaximumMinimumOptions),
        ("MINIMUM", 57, schema.MaximumMinimumOptionsT(), KINDS.MaximumMinimumOptions),
    ]:
        b, x, y = ends(wide, IMAGE)
        second = b.input(b.activation(IMAGE, np.float32(0.025)))
        b.operator(code, [x, second], [y], options, kind, 2)
        save(name, b, [y])


def moved(wide):
    b, x, y = ends(wide, IMAGE, [1, 16, 16, 12], 0.02)
    p = settings(b, [[0, 0], [1, 1], [1, 1], [0, 0]])
    b.operator(34, [x, p], [y], schema.PadOptionsT(), KINDS.PadOptions, 2)
    save("PAD", b, [y])
    b, x, y = ends(wide, IMAGE, [1, 14, 14, 24], 0.02)
    options = schema.ConcatenationOptionsT()
    options.axis = 3
    second = b.input(b.activation(IMAGE, np.float32(0.02), 3))
    b.operator(2, [x, second], [y], options, KINDS.ConcatenationOptions, 2)
    save("CONCATENATION", b, [y])
    b, x, y = ends(wide, IMAGE, [1, 14, 14, 6], 0.02)
    options = schema.SplitOptionsT()
    options.numSplits = 2
    parts = [y, b.activation([1, 14, 14, 6], np.float32(0.02), 3)]
    b.operator(49, [settings(b, 3), x], parts, options, KINDS.SplitOptions, 2)
    save("SPLIT", b, parts)
    b, x, y = ends(wide, IMAGE, [1, 7, 7, 12], 0.02)
    grid = [settings(b, each) for each in ([0, 0, 0, 0], IMAGE, [1, 2, 2, 1])]
    b.operator(45, [x] + grid, [y], schema.StridedSliceOptionsT(), KINDS.StridedSliceOptions, 2)
    save("STRIDED_SLICE", b, [y])
    b, x, y = ends(wide, IMAGE, [1, 12, 14, 14], 0.02)
    b.operator(39, [x, settings(b, [0, 3, 1, 2])], [y], schema.TransposeOptionsT(), KINDS.TransposeOptions, 2)
    save("TRANSPOSE", b, [y])
    b, x, y = ends(wide, IMAGE, [1, 28, 28, 12], 0.02)
    options = schema.ResizeNearestNeighborOptionsT()
    b.operator(97, [x, settings(b, [28, 28])], [y], options, KINDS.ResizeNearestNeighborOptions, 3)
    save("RESIZE_NEAREST_NEIGHBOR", b, [y])


def reduced(wide):
    b, x, y = ends(wide, IMAGE, [1, 12])
    options = schema.ReducerOptionsT()
    b.operator(40, [x, settings(b, [1, 2])], [y], options, KINDS.ReducerOptions, 2)
    save("MEAN", b, [y])
    if not wide:
        b = Builder(random)
        x, y = b.input(b.activation([1, 100])), b.tensor([1], "int32")
        options = schema.ArgMaxOptionsT()
        options.outputType = 2
        b.operator(56, [x, settings(b, [1])], [y], options, KINDS.ArgMaxOptions, 2)
        save("ARG_MAX", b, [y])
        return
    b, x, _ = ends(wide, [1, 12])
    y = b.activation([1, 12], np.float32(1 / 128))
    options = schema.SoftmaxOptionsT()
    options.beta = 1.0
    b.operator(25, [x], [y], options, KINDS.SoftmaxOptions)
    save("SOFTMAX", b, [y])


def weighted():
    """int16 only: int8 ones are counted in whole networks."""
    for height, depth, window, channels in ((14, 12, 3, 16), (14, 16, 1, 32), (18, 1, 5, 8)):
        b, x, y = ends(True, [1, height, height, depth], [1, height, height, channels])
        shape = [channels, window, window, depth]
        w = b.tensor(shape, "int8", np.full(channels, 0.01), 0, weights(random, shape))
        options = schema.Conv2DOptionsT()
        options.strideH = options.strideW = 1
        b.operator(3, [x, w, b.bias(x, w, channels)], [y], options, KINDS.Conv2DOptions, 3)
        save(f"CONV_2D-{window}", b, [y])
    b, x, y = ends(True, IMAGE)
    w = b.tensor([1, 3, 3, 12], "int8", np.full(12, 0.01), 0, weights(random, [1, 3, 3, 12]), 3)
    options = schema.DepthwiseConv2DOptionsT()
    options.strideH = options.strideW = options.depthMultiplier = 1
    b.operator(4, [x, w, b.bias(x, w, 12)], [y], options, KINDS.DepthwiseConv2DOptions, 3)
    save("DEPTHWISE_CONV_2D", b, [y])
    b, x, y = ends(True, [1, 100], [1, 20])
    w = b.tensor([20, 100], "int8", np.float32(0.01), 0, weights(random, [20, 100]))
    b.operator(9, [x, w, b.bias(x, w, 20)], [y], schema.FullyConnectedOptionsT(), KINDS.FullyConnectedOptions, 4)
    save("FULLY_CONNECTED", b, [y])


def remembering(wide):
    steps, depth, units = 10, 20, 24
    b, x, _ = ends(wide, [1, steps, depth])
    inputs = [x]
    for width in [depth] * 4 + [units] * 4:
        inputs.append(b.tensor([units, width], "int8", np.float32(0.01), 0, weights(random, [units, width])))
    inputs += [-1] * 3
    inputs += [b.bias(x, inputs[i], units) for i in range(1, 5)]
    inputs += [-1] * 2
    scale = np.float32(0.007)
    inputs.append(b.state([1, units], b.kind(), scale / np.float32(256 if wide else 1), 0 if wide else 4))
    inputs.append(b.state([1, units], "int16", np.float32(2.0**-11), 0))
    y = b.activation([1, steps, units], scale, 4)
    options = schema.UnidirectionalSequenceLSTMOptionsT()
    options.fusedActivationFunction = 4
    kind = KINDS.UnidirectionalSequenceLSTMOptions
    b.operator(44, inputs + [-1] * 4, [y], options, kind, 1)
    save("UNIDIRECTIONAL_SEQUENCE_LSTM", b, [y])


def filtered():
    depth, filters, memory = 30, 28, 9
    b, x, y = ends(False, [1, depth], [1, filters])
    w = b.tensor([filters, depth], "int8", np.float32(0.01), 0, weights(random, [filters, depth]))
    t = b.tensor([filters, memory], "int16", np.float32(0.001), 0, weights(random, [filters, memory]).astype(np.int16))
    bias = b.tensor([filters], "int32", np.float32(0.00001), 0, np.zeros(filters, np.int32))
    state = b.state([1, memory * filters], "int16", np.float32(0.01), 0)
    options = schema.SVDFOptionsT()
    options.rank = 1
    options.fusedActivationFunction = 1
    b.operator(27, [x, w, t, bias, state], [y], options, KINDS.SVDFOptions, 3)
    save("SVDF", b, [y])


for kind in (False, True):
    one_value(kind)
    two_values(kind)
    moved(kind)
    reduced(kind)
    remembering(kind)
weighted()
filtered()
