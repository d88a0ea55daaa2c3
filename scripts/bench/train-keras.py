"""Keras' side of scripts/bench/train.mjs: one JSON request per line on stdin, {spec, batch, steps}, one answer per
line on stdout: milliseconds per step, in several rounds, of model.fit as most people call it, of model.fit with a whole epoch in one
call of its function, and of a training step of one's own in a tf.function. (Compiled by XLA instead, DS-CNN and MobileNet take 6 to 20 times as long.)"""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

POOLS = {
    ("maxPool", 1): keras.layers.MaxPooling1D,
    ("maxPool", 2): keras.layers.MaxPooling2D,
    ("averagePool", 1): keras.layers.AveragePooling1D,
    ("averagePool", 2): keras.layers.AveragePooling2D,
}


def activation(layer):
    return None if layer["activation"] == "none" else layer["activation"]


def convolution(layer):
    common = {
        "kernel_size": layer["kernel"],
        "strides": layer["stride"],
        "padding": layer["padding"],
        "activation": activation(layer),
        "use_bias": layer.get("bias", True),
    }
    if layer["kind"] == "depthwiseConv2d":
        return keras.layers.DepthwiseConv2D(depth_multiplier=layer["multiplier"], **common)
    kind = keras.layers.Conv1D if layer["kind"] == "conv1d" else keras.layers.Conv2D
    return kind(layer["filters"], **common)


def apply(layer, inputs):
    kind = layer["kind"]
    x = inputs[0]
    if kind == "dense":
        return keras.layers.Dense(layer["units"], activation=activation(layer), use_bias=layer.get("bias", True))(x)
    if kind in ("conv1d", "conv2d", "depthwiseConv2d"):
        return convolution(layer)(x)
    if kind[:-2] in ("maxPool", "averagePool"):
        pool = POOLS[kind[:-2], int(kind[-2])]
        return pool(layer["size"], strides=layer["stride"], padding=layer["padding"])(x)
    if kind == "batchNorm":
        y = keras.layers.BatchNormalization()(x)
        return keras.layers.Activation(activation(layer))(y) if activation(layer) else y
    if kind == "add":
        y = keras.layers.Add()(inputs)
        return keras.layers.Activation(activation(layer))(y) if activation(layer) else y
    if kind == "globalAveragePool":
        return keras.layers.GlobalAveragePooling2D()(x) if len(x.shape) == 4 else keras.layers.GlobalAveragePooling1D()(x)
    if kind == "reshape":
        return keras.layers.Reshape(layer["shape"])(x)
    if kind == "dropout":
        return keras.layers.Dropout(layer["rate"])(x)
    if kind == "flatten":
        return keras.layers.Flatten()(x)
    if kind == "softmax":
        return x  # part of the loss, which takes logits
    raise SystemExit(f"no Keras layer for {kind}")


def build(spec):
    keras.backend.clear_session()
    start = keras.Input(spec["input"])
    named = {}
    last = start
    for layer in spec["layers"]:
        inputs = [named[name] for name in layer["inputs"]] if "inputs" in layer else [last]
        last = apply(layer, inputs)
        if "name" in layer:
            named[layer["name"]] = last
    return keras.Model(start, last)


def compiled(spec, **options):
    model = build(spec)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss=loss, **options)
    return model, loss


def rounds_of(run, steps):
    run()  # traces and warms up
    rounds = []
    for _ in range(4):
        began = time.perf_counter()
        run()
        rounds.append((time.perf_counter() - began) * 1000 / steps)
    return [round(value, 4) for value in rounds]


def plainly_fitted(spec, batch, steps, x, y):
    model, _ = compiled(spec)
    return rounds_of(lambda: model.fit(x, y, batch_size=batch, epochs=1, verbose=0), steps)


def fitted(spec, batch, steps, x, y):
    model, _ = compiled(spec, jit_compile=False, steps_per_execution=steps)
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch, drop_remainder=True).cache().prefetch(2)
    return rounds_of(lambda: model.fit(data, epochs=1, verbose=0, shuffle=False), steps)


def stepped(spec, batch, steps, x, y):
    model, loss = compiled(spec)
    model.optimizer.build(model.trainable_variables)

    @tf.function
    def step(rows, labels):
        with tf.GradientTape() as tape:
            value = loss(labels, model(rows, training=True))
        gradients = tape.gradient(value, model.trainable_variables)
        model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return value

    parts = [(tf.constant(x[i : i + batch]), tf.constant(y[i : i + batch])) for i in range(0, steps * batch, batch)]

    def run():
        for rows, labels in parts:
            value = step(rows, labels)
        value.numpy()

    return rounds_of(run, steps)


def answer(request):
    spec, batch, steps = request["spec"], request["batch"], request["steps"]
    random = np.random.default_rng(1)
    x = random.standard_normal((steps * batch, *spec["input"])).astype("float32")
    y = (np.arange(steps * batch) % spec["layers"][-2]["units"]).astype("int32")
    ways = {}
    for name, way in [("plain fit", plainly_fitted), ("tuned fit", fitted), ("tf.function", stepped)]:
        ways[name] = way(spec, batch, steps, x, y)
    return {"ways": ways}


print(json.dumps({"about": f"Keras {keras.__version__} on TensorFlow {tf.__version__}"}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
