/** Spectral analysis against scipy, numpy and PyWavelets, which compute it from its published definition in float64. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { installRoot, Random } from '../../src/base';
import { loadCore, waveletNames, type Core } from '../../src/core';
import { describeWith, needsPython, python } from '../support/needs';

interface Case {
  readonly values: Float32Array;
  readonly axes: number;
  readonly rate: number;
  readonly params: number[];
}

/** Movement-like windows: a few sines, noise, an offset. */
function windowOf(random: Random, frames: number, axes: number): Float32Array {
  const sines = Array.from({ length: 3 * axes }, () => [
    random.uniform() * 2,
    random.uniform() * 3,
    random.uniform() * 6,
  ]);
  return Float32Array.from({ length: frames * axes }, (_, i) => {
    const [axis, frame] = [i % axes, Math.floor(i / axes)];
    const sum = sines
      .slice(3 * axis, 3 * axis + 3)
      .reduce((total, [a, w, p]) => total + a * Math.sin(w * frame + p), 0);
    return sum + 0.3 * random.normal() + (axis === 0 ? 9.81 : 0);
  });
}

/** The filter's part of the parameters: scale, ratio, filter, cutoff, order. */
function filterOf(random: Random, rate: number): number[] {
  const ratio = [1, 1, 1, 3, 10, 30][random.below(6)];
  const kind = random.below(3);
  const cutoff = Math.fround((0.05 + 0.35 * random.uniform()) * (rate / ratio));
  return [random.below(3) === 0 ? 0.5 : 1, ratio, kind, cutoff, 2 * random.below(5)];
}

function fourierCase(random: Random): Case {
  const [axes, rate] = [1 + random.below(3), 50 + random.below(100)];
  const filter = filterOf(random, rate);
  const fft = 8 << random.below(5);
  const low = random.below(4) === 0 ? 1 : 0;
  const frames = low === 1 ? 5 * fft * filter[1] + random.below(200) : 30 * filter[1] + random.below(300);
  const params = [...filter, fft, random.below(2), random.below(2), 0, 3, 1, low];
  return { values: windowOf(random, frames, axes), axes, rate, params };
}

function waveletCase(random: Random, wavelet: number): Case {
  const [axes, rate, level] = [1 + random.below(2), 100, 1 + random.below(4)];
  const filter = random.below(2) === 0 ? filterOf(random, rate) : [1, 1, 0, 3, 6];
  const frames = (32 << level) * filter[1] + random.below(300);
  return { values: windowOf(random, frames, axes), axes, rate, params: [...filter, 16, 1, 1, 1, wavelet, level, 0] };
}

/** Relative to the largest value of its kind on its axis where values are small: what a float32 sum can hold. */
function worst(core: Core, cases: readonly Case[]): { error: number; compared: number; unsure: number } {
  const asked = JSON.stringify(cases.map((each) => ({ ...each, values: [...each.values] })));
  const script = join(installRoot(), 'test', 'core', 'spectral_oracle.py');
  const said = execFileSync(python, [script], { input: asked, maxBuffer: 2 ** 28, encoding: 'utf8' });
  const answers = JSON.parse(said) as { features: number[]; unsure: number[] }[];
  let [error, compared, unsure] = [0, 0, 0];
  answers.forEach((answer, i) => {
    const { axes, rate, params, values } = cases[i];
    const shape = { frames: values.length / axes, axes, rateHz: rate };
    const features = core.features({ kind: 'spectral', params }, shape, values);
    expect(features.length, JSON.stringify(params)).toBe(answer.features.length);
    const skipped = new Set(answer.unsure);
    features.forEach((feature, f) => {
      if (skipped.has(f)) unsure++;
      else {
        const off = Math.abs(feature - answer.features[f]) / Math.max(1, Math.abs(answer.features[f]));
        if (off > 1e-3) console.log(JSON.stringify(params), f, feature, answer.features[f]);
        error = Math.max(error, off);
        compared++;
      }
    });
  });
  return { error, compared, unsure };
}

describeWith(needsPython('numpy', 'scipy', 'pywt'), 'spectral analysis beside scipy and PyWavelets', () => {
  let core: Core;
  beforeAll(async () => {
    core = await loadCore();
  });

  it('gives the same spectra within 1e-3, 300 windows and parameters', () => {
    const random = new Random(11);
    const result = worst(
      core,
      Array.from({ length: 300 }, () => fourierCase(random)),
    );
    console.log(`spectra: ${result.compared} features, largest difference ${result.error.toExponential(1)}`);
    expect(result.error).toBeLessThan(1e-3);
  });

  it('gives the same wavelet features within 1e-3, every wavelet', () => {
    const random = new Random(12);
    const result = worst(
      core,
      Array.from({ length: 4 * waveletNames.length }, (_, i) => waveletCase(random, i % waveletNames.length)),
    );
    console.log(`wavelets: ${result.compared} features, largest difference ${result.error.toExponential(1)}`);
    expect(result.error).toBeLessThan(1e-3);
    expect(result.unsure).toBeLessThan(result.compared / 20);
  });
});
