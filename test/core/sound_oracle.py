"""The sound blocks as firmware/dormouse/src/dsp/sound.h defines them, in float64 and from scratch: numpy's FFT, filters as
explicit weights, the cosine transform as a matrix, sliding windows one by one. Reads jobs from the file named first (a line of
JSON each: kind, params by name, rate, values as base64 of float32) and writes rows to the second: a line of JSON with
`features` before any rounding to steps, or `skip` where a corner of a filter lies too close to a bin's edge to say on which
side float32 puts it."""
import base64
import json
import math
import sys

import numpy as np


def whole(seconds, rate):
    exact = float(np.float32(np.float32(seconds) * np.float32(rate)))
    return math.floor(exact) if exact - math.floor(exact) < 0.001 else math.ceil(exact)


def filterbank(count, fft, low, high, rate):
    def mel(f):
        return 1127 * math.log(1 + f / 700)

    hertz = 700 * (np.exp(np.linspace(mel(low), mel(high), count + 2) / 1127) - 1)
    hertz[0] = low
    hertz[-1] = high - 0.001
    exact = (fft + 1) * hertz / rate
    # The two ends are given, not computed: 0 lies on an edge by right.
    inner = exact[1:-1]
    if np.any(np.abs(inner - np.round(inner)) < 1e-3 * (1 + inner / 100)):
        return None
    corners = np.floor(exact).astype(int)
    weights = np.zeros((count, fft // 2 + 1))
    for i in range(count):
        left, middle, right = corners[i : i + 3]
        for bin in range(left, right + 1):
            if left < bin <= middle:
                weights[i, bin] = (bin - left) / (middle - left)
            elif middle <= bin < right:
                weights[i, bin] = (right - bin) / (right - middle)
    return weights


def normalise(rows, window):
    around = window // 2
    padded = np.pad(rows, ((around, around), (0, 0)), "symmetric")
    centred = np.array([rows[i] - padded[i : i + window].mean(axis=0) for i in range(len(rows))])
    padded = np.pad(centred, ((around, around), (0, 0)), "symmetric")
    spread = np.array([padded[i : i + window].std(axis=0) for i in range(len(rows))])
    return centred / np.maximum(spread, 1 / 16)


def features(kind, p, rate, values):
    scaled = values * p["scale-axes"]
    x = np.clip(np.sign(scaled) * np.floor(np.abs(scaled) + 0.5), -32768, 32767)
    length, stride, fft = whole(p["frame-length"], rate), whole(p["frame-stride"], rate), int(p["fft-length"])
    count = (len(x) - length) // stride + 1
    frames = np.stack([x[i * stride : i * stride + length][:fft] for i in range(count)])
    c, shift = {"spectrogram": (0, 1), "mfe": (0.98, 1), "mfcc": (p.get("pre-cof"), int(p.get("pre-shift", 1)))}[kind]
    before = np.stack([frames[:, max(0, i - shift)] if i >= shift else frames[:, 0] for i in range(frames.shape[1])], axis=1)
    frames = frames - math.floor(float(c) * 32768 + 0.5) / 32768 * before
    power = np.abs(np.fft.rfft(frames, n=fft, axis=1)) ** 2 / fft
    if kind == "spectrogram":
        decibels = 10 * np.log10(np.maximum(power / 2**30, 1e-30))
        return np.maximum(0, (decibels - p["noise-floor-db"]) / (12 - p["noise-floor-db"]))
    weights = filterbank(int(p["num-filters"]), fft, p["low-frequency"], p["high-frequency"] or rate / 2, rate)
    if weights is None:
        return None
    energy = power @ weights.T
    if kind == "mfe":
        decibels = 10 * np.log10(np.maximum(energy / 2**30, 1e-30))
        return np.clip((decibels - p["noise-floor-db"]) / (12 - p["noise-floor-db"]), 0, 255 / 256)
    logs = np.log(np.maximum(energy, 2.0**-8))
    n = logs.shape[1]
    k = np.arange(int(p["num-cepstral"]))[:, None]
    dct = math.sqrt(2 / n) * np.cos(np.pi * k * (2 * np.arange(n)[None, :] + 1) / (2 * n))
    rows = logs @ dct.T
    rows[:, 0] = np.log(np.maximum(power.sum(axis=1), 2.0**-8))
    return normalise(rows, int(p["win-size"])) if p["win-size"] else rows


def main():
    with open(sys.argv[1]) as jobs, open(sys.argv[2], "w") as out:
        for line in jobs:
            job = json.loads(line)
            values = np.frombuffer(base64.b64decode(job["values"]), dtype="<f4").astype(np.float64)
            rows = features(job["kind"], job["params"], job["rate"], values)
            out.write(json.dumps({"skip": True} if rows is None else {"features": rows.ravel().tolist()}) + "\n")


main()
