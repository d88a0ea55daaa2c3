import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { loadCore, type Core, type DspBlock, type WindowShape } from '../../src/core';
import { flattenReference, spectralReference, type SpectralParameters } from './dsp-reference';

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

/** A movement: some sines, noise, an offset per axis (gravity), now and then a constant axis or a single bump. */
function movement(random: Random, frames: number, axes: number): Float32Array {
  const window = new Float32Array(frames * axes);
  for (let axis = 0; axis < axes; axis++) {
    const size = 10 ** (random.uniform() * 4 - 2);
    const offset = random.normal() * size;
    const kind = random.below(8);
    const turn = random.uniform() * 2;
    for (let frame = 0; frame < frames; frame++) {
      let value = offset;
      if (kind === 1) value += frame === frames >> 1 ? size : 0;
      else if (kind > 1) value += size * (Math.sin(frame * turn) + 0.3 * random.normal());
      window[frame * axes + axis] = value;
    }
  }
  return window;
}

/** Within `tolerance` of `expected`, relative to the larger of it and `size`. */
function expectNear(actual: number, expected: number, size: number, tolerance: number, what: string): void {
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), size);
  if (!(error <= tolerance)) expect.fail(`${what}: ${actual} instead of ${expected} (relative error ${error})`);
}

function randomSpectral(random: Random, rateHz: number): SpectralParameters {
  const ratio = [1, 1, 1, 3, 10, 30][random.below(6)];
  const filter = (['none', 'low', 'high'] as const)[random.below(3)];
  return {
    scale: [1, 1, 0.01, 9.81][random.below(4)],
    ratio,
    filter,
    cutoff: Math.fround((rateHz / ratio) * (0.01 + 0.43 * random.uniform())),
    order: [2, 4, 6, 8][random.below(4)],
    fft: 2 ** (2 + random.below(7)),
    log: random.below(2) === 1,
    overlap: random.below(2) === 1,
  };
}

function spectralBlock(p: SpectralParameters): DspBlock {
  const filter = ['none', 'low', 'high'].indexOf(p.filter);
  return {
    kind: 'spectral',
    params: [p.scale, p.ratio, filter, p.cutoff, p.order, p.fft, Number(p.log), Number(p.overlap)],
  };
}

describe('the raw block', () => {
  it('hands the window on, scaled', () => {
    const shape = { frames: 5, axes: 3, rateHz: 50 };
    const window = Float32Array.from({ length: 15 }, (_, index) => index - 7.25);
    expect(core.features({ kind: 'raw', params: [] }, shape, window)).toEqual(window);
    expect(core.features({ kind: 'raw', params: [0.5] }, shape, window)).toEqual(window.map((value) => value * 0.5));
  });
});

describe('the flatten block', () => {
  it('agrees with its definition on 300 random windows', () => {
    const random = new Random(11);
    for (let round = 0; round < 300; round++) {
      const shape = { frames: 1 + random.below(400), axes: 1 + random.below(6), rateHz: 100 };
      const scale = [1, -2, 0.001][random.below(3)];
      const window = movement(random, shape.frames, shape.axes);
      const actual = core.features({ kind: 'flatten', params: [scale] }, shape, window);
      const expected = flattenReference(window, shape.axes, scale);
      expect(actual.length).toBe(expected.length);
      expected.forEach((value, index) => {
        const axis = expected.slice(index - (index % 7), index - (index % 7) + 7);
        const kind = index % 7;
        // Mean and spread carry the rounding of the largest values, skewness and kurtosis are pure numbers.
        const size = kind < 5 ? Math.max(Math.abs(axis[1]), Math.abs(axis[2])) * 0.1 : 1;
        // What an offset far above the spread costs in float32.
        const lost = kind >= 5 ? 1 + size / Math.max(axis[4] / (Math.abs(axis[0]) + axis[4] + 1e-30), 1e-3) / 100 : 1;
        expectNear(actual[index], value, size, 1e-4 * lost, `round ${round}, feature ${index}`);
      });
    }
  });

  it('computes only what is switched on', () => {
    const shape = { frames: 4, axes: 1, rateHz: 10 };
    const window = Float32Array.of(1, 2, 3, 6);
    expect([...core.features({ kind: 'flatten', params: [1, 1, 1, 1, 0, 0, 0, 0] }, shape, window)]).toEqual([3, 1, 6]);
    expect(() => core.featureCount({ kind: 'flatten', params: [1, 0, 0, 0, 0, 0, 0, 0] }, shape)).toThrow(/do not fit/);
  });
});

describe('the spectral block', () => {
  it('agrees with its definition on 400 random windows and parameters', () => {
    const random = new Random(12);
    for (let round = 0; round < 400; round++) {
      const shape: WindowShape = {
        frames: 1 + random.below(300),
        axes: 1 + random.below(3),
        rateHz: [25, 62.5, 100, 1000][random.below(4)],
      };
      const p = randomSpectral(random, shape.rateHz);
      const window = movement(random, shape.frames, shape.axes);
      const actual = core.features(spectralBlock(p), shape, window);
      const expected = spectralReference(window, shape.axes, shape.rateHz, p);
      const perAxis = 5 + expected.lastBin - expected.firstBin + 1;
      expect(actual.length, JSON.stringify(p)).toBe(perAxis * shape.axes);
      for (let axis = 0; axis < shape.axes; axis++) {
        const row = actual.subarray(axis * perAxis, (axis + 1) * perAxis);
        const what = `round ${round}, axis ${axis}, ${JSON.stringify({ ...shape, ...p })}`;
        const peak = window.reduce(
          (most, value, index) => (index % shape.axes === axis ? Math.max(most, Math.abs(value)) : most),
          0,
        );
        const input = peak * Math.abs(p.scale);
        const [strength] = expected.statistics[axis];
        expectNear(row[0], strength, input * 1e-2, 1e-4, `RMS, ${what}`);
        // Shape statistics of what is only rounding noise beside the offset say nothing.
        if (strength < input * 1e-2) continue;
        for (let i = 1; i < 5; i++)
          expectNear(row[i], expected.statistics[axis][i], 1, 3e-4, `statistic ${i}, ${what}`);
        const strongest = Math.max(...expected.powers[axis]);
        for (let bin = expected.firstBin; bin <= expected.lastBin; bin++) {
          const power = expected.powers[axis][bin - 1];
          const given = row[5 + bin - expected.firstBin];
          const linear = p.log ? 10 ** given : given;
          expectNear(
            linear,
            Math.max(power, p.log ? 1e-10 : 0),
            strongest * 1e-3 + input * input * 1e-6,
            1e-3,
            `bin ${bin}, ${what}`,
          );
          if (power > strongest * 1e-3 && p.log)
            expectNear(given, Math.log10(Math.max(power, 1e-10)), 1, 1e-4, `bin ${bin}, ${what}`);
        }
      }
    }
  });

  it('finds a sine in its bin', () => {
    const shape = { frames: 256, axes: 1, rateHz: 64 };
    const window = Float32Array.from(
      { length: 256 },
      (_, index) => 3 * Math.sin((2 * Math.PI * 8 * index) / 64) + 9.81,
    );
    const features = core.features({ kind: 'spectral', params: [1, 1, 0, 3, 6, 32, 0, 0] }, shape, window);
    expect(features.length).toBe(21);
    expect(features[0]).toBeCloseTo(3 / Math.SQRT2, 5);
    // 8 Hz is bin 4 of 32 at 64 Hz: |X| = 3 * 32 / 2, power = |X|^2 / 32.
    expect(features[5 + 3]).toBeCloseTo((3 * 16) ** 2 / 32, 3);
    features.forEach((value, index) => {
      if (index >= 5 && index !== 8) expect(value).toBeLessThan(1e-6);
    });
  });

  it('has the field’s feature counts', () => {
    const shape = { frames: 125, axes: 3, rateHz: 62.5 };
    expect(core.featureCount({ kind: 'spectral', params: [] }, shape)).toBe(39);
    expect(core.featureCount({ kind: 'spectral', params: [1, 1, 0, 3, 6, 32, 1, 1] }, shape)).toBe(63);
  });

  it('gives a motionless axis quiet, finite features', () => {
    const window = new Float32Array(200).fill(9.80665);
    const features = core.features({ kind: 'spectral', params: [] }, { frames: 200, axes: 1, rateHz: 100 }, window);
    expect([...features.subarray(1, 5)]).toEqual([0, 0, features[3], features[4]]);
    expect(features.every(Number.isFinite)).toBe(true);
    expect(Math.max(...features.subarray(5))).toBeCloseTo(-10, 4);
  });
});

describe('what the blocks refuse', () => {
  const shape = { frames: 50, axes: 2, rateHz: 100 };
  const spectral = (changes: Record<number, number>): DspBlock => {
    const params = [1, 1, 0, 3, 6, 16, 1, 1];
    for (const [index, value] of Object.entries(changes)) params[Number(index)] = value;
    return { kind: 'spectral', params };
  };

  it.each([
    ['an unknown decimation', { 1: 7 }],
    ['300-fold decimation', { 1: 300 }],
    ['an unknown filter', { 2: 3 }],
    ['an odd order', { 2: 1, 4: 5 }],
    ['order 10', { 2: 1, 4: 10 }],
    ['a cut-off at half of the rate', { 2: 1, 3: 50 }],
    ['a cut-off of 0', { 2: 2, 3: 0 }],
    ['a negative cut-off', { 2: 2, 3: -3 }],
    ['a cut-off beyond what decimation leaves', { 1: 10, 2: 1, 3: 4.6 }],
    ['an FFT length that is no power of two', { 5: 48 }],
    ['an FFT length of 2', { 5: 2 }],
    ['an FFT length of 8192', { 5: 8192 }],
    ['half a switch', { 6: 0.5 }],
    ['a parameter that is not a number', { 0: Number.NaN }],
  ])('%s', (_what, changes) => {
    expect(() => core.featureCount(spectral(changes), shape)).toThrow(/do not fit/);
    expect(() => core.features(spectral(changes), shape, new Float32Array(100))).toThrow(/do not fit/);
  });

  it.each([Number.NaN, Infinity, -Infinity])('%s in the window', (value) => {
    for (const kind of ['raw', 'flatten', 'spectral'] as const) {
      const windows = new Float32Array(300);
      windows[299] = value;
      expect(() => core.featuresOfMany({ kind, params: [] }, shape, windows, 3)).toThrow(/Window 3 holds/);
    }
  });

  it('values so large that a feature overflows', () => {
    const window = new Float32Array(100).map((_, index) => (index % 4 < 2 ? 3e38 : -3e38));
    expect(() => core.features({ kind: 'spectral', params: [] }, shape, window)).toThrow(/too large/);
    expect(
      core
        .features(
          { kind: 'flatten', params: [] },
          shape,
          window.map((value) => value / 10),
        )
        .every(Number.isFinite),
    ).toBe(true);
  });

  it('impossible shapes and lengths', () => {
    const block: DspBlock = { kind: 'raw', params: [] };
    for (const wrong of [
      { frames: 0 },
      { axes: 0 },
      { frames: 1.5 },
      { rateHz: 0 },
      { rateHz: Number.NaN },
      { axes: 70000 },
    ])
      expect(() => core.featureCount(block, { ...shape, ...wrong }), JSON.stringify(wrong)).toThrow(/do not fit/);
    expect(() => core.featureCount(block, { ...shape, frames: 2 ** 30 })).toThrow(/too large/);
    expect(() => core.features(block, shape, new Float32Array(99))).toThrow(/99 values/);
  });
});

describe('normalising and quantising', () => {
  it('rounds halves away from zero and clamps', () => {
    const values = Float32Array.of(0.5, -0.5, 1.5, -1.5, 0.49999997, 1000, -1000, 0, Number.NaN, Infinity, -Infinity);
    expect([...core.quantise(values, 1, 3)]).toEqual([4, 2, 5, 1, 3, 127, -128, 3, 3, 127, -128]);
  });

  it('is float32 arithmetic, step by step, for features and for axes of a raw window', () => {
    const random = new Random(13);
    for (const period of [1, 6, 1200]) {
      const values = Float32Array.from({ length: 1200 }, () => random.normal() * 7);
      const mean = Float32Array.from({ length: period }, () => random.normal());
      const inverseStd = Float32Array.from({ length: period }, () => random.uniform() + 0.1);
      const expected = values.map((value, index) =>
        Math.fround(Math.fround(value - mean[index % period]) * inverseStd[index % period]),
      );
      expect(core.normalise(values, { mean, inverseStd })).toEqual(expected);
      const scale = Math.fround(0.0371);
      const quantised = core.quantise(expected, scale, -5);
      expected.forEach((value, index) => {
        const quotient = Math.fround(value / scale);
        const rounded = Math.sign(quotient) * Math.floor(Math.abs(quotient) + 0.5) - 5;
        expect(quantised[index]).toBe(Math.max(-128, Math.min(127, rounded)));
      });
    }
  });

  it('gives the same for many windows as for each', () => {
    const random = new Random(14);
    const shape = { frames: 60, axes: 3, rateHz: 50 };
    const windows = movement(random, 60 * 20, 3);
    const block: DspBlock = { kind: 'spectral', params: [] };
    const width = core.featureCount(block, shape);
    const all = core.featuresOfMany(block, shape, windows, 20);
    for (let i = 0; i < 20; i++)
      expect(all.slice(i * width, (i + 1) * width)).toEqual(
        core.features(block, shape, windows.slice(i * 180, (i + 1) * 180)),
      );
  });
});

describe('crc32', () => {
  it('is the common one, whole and in parts', () => {
    const bytes = new TextEncoder().encode('123456789');
    expect(core.crc32(bytes)).toBe(0xcbf43926);
    expect(core.crc32(bytes.subarray(4), core.crc32(bytes.subarray(0, 4)))).toBe(0xcbf43926);
  });
});
