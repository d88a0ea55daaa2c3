"""Spectral analysis once more, from its published definition with scipy, numpy and PyWavelets in float64.

Reads cases as JSON from stdin: [{values, axes, rate, params}], params as in firmware/dormouse/src/dsp/spectral.h. Prints
[{features, unsure}]: `unsure` are numbers of features that hang on a tie that float32 may decide otherwise (a value on the
border of a histogram's bin, or as good as at the level that crossings are counted at).
"""

import json
import sys

import numpy as np
import pywt
from scipy import signal, stats


def wavelet_names():
    bior = "1.3 1.5 2.2 2.4 2.6 2.8 3.1 3.3 3.5 3.7 3.9 4.4 5.5 6.8".split()
    names = ["haar"] + [f"db{i}" for i in range(2, 11)] + [f"sym{i}" for i in range(2, 11)]
    names += [f"coif{i}" for i in range(1, 4)]
    return names + ["bior" + b for b in bior] + ["rbio" + b for b in bior]


def decimate(x, ratio):
    sos = signal.cheby1(8, 0.05, 0.8 / ratio, output="sos")
    return signal.sosfilt(sos, x, zi=signal.sosfilt_zi(sos) * x[0])[0][::ratio]


def shape_of(x):
    flat = np.std(x) <= np.max(np.abs(x)) * 2.0**-20
    return [0.0, 0.0] if flat else [stats.skew(x), stats.kurtosis(x)]


def spectrum(x, rate, fft, kind, cutoff, log, overlap):
    powers = np.zeros(fft // 2 + 1)
    for start in range(0, len(x), fft // 2 if overlap else fft):
        powers = np.maximum(powers, np.abs(np.fft.rfft(x[start : start + fft], fft)) ** 2 / fft)
    place = min(cutoff, rate / 2) * fft / rate
    first, last = 1, fft // 2
    if kind == 1:
        last = max(1, int(place + 0.5))
    if kind == 2:
        first = max(1, int(place - 0.5) + 1)
    shown = np.log10(np.maximum(powers, 1e-10)) if log else powers
    return [np.sqrt(np.mean(x**2)), *shape_of(x), *shape_of(powers), *shown[first : last + 1]]


def band_features(x):
    near = 1e-5 * np.max(np.abs(x))
    mean = np.mean(x)
    unsure = []
    low, high = np.min(x), np.max(x)
    place = (x - low) / (high - low) * 100 if high > low else np.zeros(len(x))
    borders = np.abs(place - np.round(place)) < 100 * near / max(high - low, 1e-30)
    if np.any(borders & (x != low) & (x != high)):
        unsure.append(0)
    if np.any(np.abs(x) < near):
        unsure.append(1)
    if np.any(np.abs(x - mean) < near):
        unsure.append(2)
    entropy = stats.entropy(np.histogram(x, bins=100, density=True)[0])
    crossed = [np.count_nonzero(np.diff(x > level)) / len(x) for level in (0, mean)]
    ordered = np.sort(x)
    percent = [ordered[int((len(x) - 1) * p / 100 + 0.5)] for p in (5, 25, 75, 95, 50)]
    rest = [mean, np.std(x), np.var(x, ddof=1), np.sqrt(np.mean(x**2)), *shape_of(x)]
    return [entropy, *crossed, *percent, *rest], unsure


def wavelets(x, name, level):
    features, unsure = [], []
    for band in pywt.wavedec(x, name, level=level, mode="symmetric"):
        more, doubtful = band_features(band)
        unsure += [len(features) + i for i in doubtful]
        features += more
    return features, unsure


def analyse(case):
    scale, ratio, kind, cutoff, order, fft, log, overlap, analysis, wavelet, level, low = case["params"]
    window = np.array(case["values"]).reshape(-1, case["axes"])
    rate = case["rate"] / ratio
    features, slow, unsure = [], [], []
    for axis in range(case["axes"]):
        x = window[:, axis] * scale
        for stage in {1: [], 3: [3], 10: [10], 30: [3, 10]}[ratio]:
            x = decimate(x, stage)
        if kind and order:
            name = ["", "low", "high"][kind]
            x = signal.sosfilt(signal.butter(order, cutoff * 2 / rate, name, output="sos"), x)
        x = x - np.mean(x)
        if analysis == 1:
            more, doubtful = wavelets(x, wavelet_names()[wavelet], level)
            unsure += [len(features) + i for i in doubtful]
            features += more
            continue
        features += spectrum(x, rate, fft, kind, cutoff, log, overlap)
        if low:
            x = decimate(x, 10)
            slow += spectrum(x - np.mean(x), rate / 10, fft, kind, cutoff, log, overlap)
    return {"features": [float(f) for f in features + slow], "unsure": unsure}


json.dump([analyse(case) for case in json.load(sys.stdin)], sys.stdout)
