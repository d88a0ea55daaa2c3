"""
The Keras side of images.mjs: trains the model of each seed's .keras file on the rows in a folder (named in argv) and
prints one JSON line with the share of held-out rows that are right. Same augmentation as ours: half of the pictures
mirrored, each padded with zeros and cut anywhere; a new picture each epoch.
"""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy
import tensorflow

folder = sys.argv[1]
with open(f"{folder}/settings.json") as file:
    settings = json.load(file)
shape = settings["shape"]


def rows(part):
    x = numpy.fromfile(f"{folder}/{part}.x", "float32").reshape([-1, *shape])
    return x, numpy.fromfile(f"{folder}/{part}.y", "int32")


def varied(x, random):
    shift = settings["shift"]
    padded = numpy.pad(x, ((0, 0), (shift, shift), (shift, shift), (0, 0)))
    out = numpy.empty_like(x)
    for row in range(len(x)):
        top, left = random.integers(0, 2 * shift + 1, 2)
        cut = padded[row, top : top + shape[0], left : left + shape[1]]
        out[row] = cut[:, ::-1] if random.random() < 0.5 else cut
    return out


assert settings["schedule"] == "cosine"
x, y = rows("training")
test_x, test_y = rows("testing")
accuracies, seconds = [], []
for seed in settings["seeds"]:
    keras.utils.set_random_seed(seed)
    random = numpy.random.default_rng(seed)
    model = keras.saving.load_model(f"{folder}/{seed}.keras")
    model.compile(
        keras.optimizers.Adam(settings["learningRate"], epsilon=1e-7), keras.losses.SparseCategoricalCrossentropy()
    )
    began = time.perf_counter()
    for epoch in range(settings["epochs"]):
        done = epoch / settings["epochs"]
        model.optimizer.learning_rate = settings["learningRate"] * (1 + numpy.cos(numpy.pi * done)) / 2
        model.fit(varied(x, random), y, batch_size=settings["batchSize"], epochs=1, verbose=0)
    seconds.append(time.perf_counter() - began)
    right = float((model.predict(test_x, verbose=0).argmax(-1) == test_y).mean())
    accuracies.append(right)
    print(f"Keras, seed {seed}: {right:.3f}, {seconds[-1]:.0f} s", file=sys.stderr)
versions = f"Keras {keras.__version__}, TensorFlow {tensorflow.__version__}"
print(json.dumps({"versions": versions, "accuracies": accuracies, "seconds": seconds}))
