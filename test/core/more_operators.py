"""More random one-operator models for operators.py: values moved about, and operators that keep a state."""

import numpy as np
from model_builder import TYPES, between, weights
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema


def split(random, b):
    shape = [between(random, 1, 4) for _ in range(between(random, 1, 4))]
    axis, parts = between(random, 0, len(shape) - 1), between(random, 1, 3)
    part = list(shape)
    shape[axis] *= parts
    scale, zero = b.scale(), between(random, -128, 127)
    a = b.tensor([], "int32", data=np.int32(axis - (len(shape) if random.integers(3) == 0 else 0)))
    x = b.input(b.activation(shape, scale, zero))
    outputs = [b.activation(part, scale, zero) for _ in range(parts)]
    options = schema.SplitOptionsT()
    options.numSplits = parts
    b.operator(49, [a, x], outputs, options, schema.BuiltinOptions.SplitOptions, 2)
    return outputs


def strided_slice(random, b):
    shape = [between(random, 1, 7) for _ in range(between(random, 1, 4))]
    begins, ends, strides, out = [], [], [], []
    options = schema.StridedSliceOptionsT()
    for d, size in enumerate(shape):
        stride = int(random.choice([1, 1, 2, 3, -1, -2]))
        begin, end = between(random, -size - 2, size + 2), between(random, -size - 2, size + 2)
        masks = random.integers(3, size=3) == 0
        shrink = bool(masks[2]) and -size <= begin < size
        if shrink:
            stride, masks[0] = 1, False
            options.shrinkAxisMask |= 1 << d
        options.beginMask |= int(masks[0]) << d
        options.endMask |= int(masks[1]) << d
        taken = len(range(size)[None if masks[0] else begin : None if masks[1] else end : stride])
        if not shrink and taken == 0:
            return False
        if not shrink:
            out.append(taken)
        begins, ends, strides = begins + [begin], ends + [end], strides + [stride]
    scale, zero = b.scale(), between(random, -128, 127)
    x = b.input(b.activation(shape, scale, zero))
    settings = [b.tensor([len(shape)], "int32", data=np.int32(each)) for each in (begins, ends, strides)]
    y = b.activation(out, scale, zero)
    b.operator(45, [x] + settings, [y], options, schema.BuiltinOptions.StridedSliceOptions, 2)
    return [y]


def transpose(random, b):
    shape = [between(random, 1, 6) for _ in range(between(random, 1, 5))]
    order = random.permutation(len(shape)).tolist()
    scale, zero = b.scale(), between(random, -128, 127)
    x = b.input(b.activation(shape, scale, zero))
    p = b.tensor([len(shape)], "int32", data=np.int32(order))
    y = b.activation([shape[d] for d in order], scale, zero)
    b.operator(39, [x, p], [y], schema.TransposeOptionsT(), schema.BuiltinOptions.TransposeOptions, 2)
    return [y]


def hard_swish(random, b):
    shape = [16, 16] if random.integers(2) else [between(random, 1, 20), between(random, 1, 40)]
    x = b.input(b.activation(shape, b.scale(-3.5, 0.5)))
    # The output's multiplier must not be above 1.
    y = b.activation(shape, b.graph.tensors[x].quantization.scale[0] * np.float32(10 ** random.uniform(-2, 2)))
    b.operator(117, [x], [y])
    return [y]


def arg_max(random, b):
    shape = [between(random, 1, 6) for _ in range(between(random, 1, 4))]
    axis = between(random, 0, len(shape) - 1)
    x = b.input(b.activation(shape))
    a = b.tensor([1], "int32", data=np.int32([axis - (len(shape) if random.integers(3) == 0 else 0)]))
    y = b.tensor([n for d, n in enumerate(shape) if d != axis], "int32")
    options = schema.ArgMaxOptionsT()
    options.outputType = TYPES["int32"]
    b.operator(56, [x, a], [y], options, schema.BuiltinOptions.ArgMaxOptions, 2)
    return [y]


def resize_nearest(random, b):
    options = schema.ResizeNearestNeighborOptionsT()
    options.alignCorners = bool(random.integers(2))
    options.halfPixelCenters = bool(random.integers(2))
    batch, height, width, depth = (between(random, 1, n) for n in (2, 12, 12, 5))
    size = [between(random, 1, 25), between(random, 1, 25)]
    scale, zero = b.scale(), between(random, -128, 127)
    x = b.input(b.activation([batch, height, width, depth], scale, zero))
    s = b.tensor([2], "int32", data=np.int32(size))
    y = b.activation([batch] + size + [depth], scale, zero)
    b.operator(97, [x, s], [y], options, schema.BuiltinOptions.ResizeNearestNeighborOptions, 3)
    return [y]


def svdf(random, b):
    batch, depth, rank, units, memory = (between(random, 1, n) for n in (2, 30, 3, 9, 8))
    filters, kind = rank * units, str(random.choice(["int8", "int16"]))
    x = b.input(b.activation([batch, depth], b.scale(-2, -1)))
    w = b.tensor([filters, depth], "int8", b.scale(-3, -2), 0, weights(random, [filters, depth]))
    finer = 2 if kind == "int16" else 0
    state_scale, time_scale = b.scale(-1.5 - finer, -0.5 - finer), b.scale(-3 - finer, -2 - finer)
    times = weights(random, [filters, memory]).astype(kind)
    if kind == "int16":
        times = random.integers(-32767, 32768, [filters, memory]).astype(np.int16)
    t = b.tensor([filters, memory], kind, time_scale, 0, times)
    values = random.integers(-9000, 9000, units).astype(np.int32)
    bias = b.tensor([units], "int32", np.float32(state_scale * time_scale), 0, values)
    zero = between(random, -128, 127) if kind == "int8" else 0
    state = b.state([batch, memory * filters], kind, state_scale, zero)
    y = b.activation([batch, units], b.scale(-2, 0))
    options = schema.SVDFOptionsT()
    options.rank = rank
    options.fusedActivationFunction = 1
    b.operator(27, [x, w, t, bias, state], [y], options, schema.BuiltinOptions.SVDFOptions, 3)
    return [y]


def lstm(random, b):
    batch, steps, depth, units = (between(random, 1, n) for n in (2, 4, 20, 20))
    options = schema.UnidirectionalSequenceLSTMOptionsT()
    options.fusedActivationFunction = 4
    options.cellClip = float(random.choice([0.0, 10.0, 0.7]))
    options.timeMajor = bool(random.integers(2))
    rows = [steps, batch] if options.timeMajor else [batch, steps]
    x = b.input(b.activation(rows + [depth], b.scale(-3, -1)))
    inputs = [x]
    for width in [depth] * 4 + [units] * 4:
        inputs.append(b.tensor([units, width], "int8", b.scale(-3, -1), 0, weights(random, [units, width])))
    inputs += [-1] * 3
    for i in range(1, 5):
        inputs.append(b.bias(x, inputs[i], units))
    inputs += [-1] * 2
    scale, zero = b.scale(-2.5, -2), between(random, -20, 20)
    finer = np.float32(256 if b.wide else 1)
    inputs.append(b.state([batch, units], b.kind(), scale / finer, 0 if b.wide else zero))
    inputs.append(b.state([batch, units], "int16", np.float32(2.0 ** between(random, -14, -9)), 0))
    y = b.activation(rows + [units], scale, zero)
    kind = schema.BuiltinOptions.UnidirectionalSequenceLSTMOptions
    b.operator(44, inputs + [-1] * 4, [y], options, kind, 1)
    return [y]


MAKERS = [split, strided_slice, transpose, hard_swish, arg_max, resize_nearest, svdf, lstm]
WIDE = [split, strided_slice, transpose, resize_nearest, lstm]
