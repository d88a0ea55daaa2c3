/**
 * The DSP blocks once more, in float64 and from their definitions alone (firmware/dormouse/src/dsp/*.h): a plain DFT,
 * direct-form Butterworth sections, two-pass moments. Slow, and independent of the C++ code.
 */

export interface SpectralParameters {
  readonly scale: number;
  readonly ratio: number;
  readonly filter: 'none' | 'low' | 'high';
  readonly cutoff: number;
  readonly order: number;
  readonly fft: number;
  readonly log: boolean;
  readonly overlap: boolean;
}

const mean = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;
const rms = (x: readonly number[]): number => Math.sqrt(mean(x.map((value) => value * value)));

function moments(x: readonly number[]): { stdev: number; skewness: number; kurtosis: number } {
  const middle = mean(x);
  const central = (power: number): number => mean(x.map((value) => (value - middle) ** power));
  const m2 = central(2);
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const flat = Math.sqrt(m2) <= largest * 2 ** -20;
  return {
    stdev: Math.sqrt(m2),
    skewness: flat ? 0 : central(3) / m2 ** 1.5,
    kurtosis: flat ? 0 : central(4) / m2 ** 2 - 3,
  };
}

export function flattenReference(window: Float32Array, axes: number, scale: number): number[] {
  const features: number[] = [];
  for (let axis = 0; axis < axes; axis++) {
    const x = Array.from(window)
      .filter((_, index) => index % axes === axis)
      .map((value) => value * scale);
    const { stdev, skewness, kurtosis } = moments(x);
    features.push(mean(x), Math.min(...x), Math.max(...x), rms(x), stdev, skewness, kurtosis);
  }
  return features;
}

/** Bilinear transform of the analogue prototype's pole pairs, direct form II transposed, started at rest. */
export function butterworthReference(
  kind: 'low' | 'high',
  order: number,
  cutoff: number,
  x: readonly number[],
): number[] {
  const warped = Math.tan(Math.PI * cutoff);
  let y = [...x];
  for (let pair = 0; pair < order / 2; pair++) {
    const damping = 2 * Math.sin((Math.PI * (2 * pair + 1)) / (2 * order));
    const a0 = 1 + damping * warped + warped * warped;
    const gain = (kind === 'low' ? warped * warped : 1) / a0;
    const b = kind === 'low' ? [gain, 2 * gain, gain] : [gain, -2 * gain, gain];
    const a1 = (2 * (warped * warped - 1)) / a0;
    const a2 = (1 - damping * warped + warped * warped) / a0;
    let s1 = 0;
    let s2 = 0;
    y = y.map((value) => {
      const out = b[0] * value + s1;
      s1 = b[1] * value - a1 * out + s2;
      s2 = b[2] * value - a2 * out;
      return out;
    });
  }
  return y;
}

/** squared / (s^2 + damping s + squared), bilinear, direct form II transposed. */
function lowPassPair(squared: number, damping: number, x: readonly number[]): number[] {
  const a0 = 1 + damping + squared;
  const [b, a1, a2] = [squared / a0, (2 * (squared - 1)) / a0, (1 - damping + squared) / a0];
  let [s1, s2] = [0, 0];
  return x.map((value) => {
    const out = b * value + s1;
    s1 = 2 * b * value - a1 * out + s2;
    s2 = b * value - a2 * out;
    return out;
  });
}

/** Chebyshev of the first kind, order 8, 0.05 dB of ripple, at 0.4 of the new rate; begun as if x[0] had always been. */
function decimateReference(x: readonly number[], ratio: number): number[] {
  const warped = Math.tan((Math.PI * 0.4) / ratio);
  const bend = Math.asinh(1 / Math.sqrt(10 ** 0.005 - 1)) / 8;
  const gain = 10 ** -0.0025;
  let y = x.map((value) => gain * (value - x[0]));
  for (let pair = 0; pair < 4; pair++) {
    const angle = (Math.PI * (2 * pair + 1)) / 16;
    const re = warped * Math.sinh(bend) * Math.sin(angle);
    const squared = re * re + (warped * Math.cosh(bend) * Math.cos(angle)) ** 2;
    y = lowPassPair(squared, 2 * re, y);
  }
  return y.filter((_, index) => index % ratio === 0).map((value) => value + gain * x[0]);
}

/** |X|^2 / n of bins 0 to n/2, the largest over all segments. */
function powersReference(x: readonly number[], n: number, overlap: boolean): number[] {
  const powers = new Array<number>(n / 2 + 1).fill(0);
  for (let start = 0; start < x.length; start += overlap ? n / 2 : n) {
    const segment = x.slice(start, start + n);
    for (let bin = 0; bin <= n / 2; bin++) {
      let re = 0;
      let im = 0;
      segment.forEach((value, index) => {
        const turn = (2 * Math.PI * ((bin * index) % n)) / n;
        re += value * Math.cos(turn);
        im -= value * Math.sin(turn);
      });
      powers[bin] = Math.max(powers[bin], (re * re + im * im) / n);
    }
  }
  return powers;
}

export interface SpectralReference {
  /** Per axis: RMS, skewness, kurtosis, spectral skewness, spectral kurtosis. */
  readonly statistics: number[][];
  /** Per axis, linear scale; all bins from 1 on. */
  readonly powers: number[][];
  readonly firstBin: number;
  readonly lastBin: number;
}

export function spectralReference(
  window: Float32Array,
  axes: number,
  rateHz: number,
  p: SpectralParameters,
): SpectralReference {
  const rate = rateHz / p.ratio;
  const bin = (p.cutoff * p.fft) / rate;
  const firstBin = p.filter === 'high' ? Math.max(1, Math.floor(bin - 0.5) + 1) : 1;
  const lastBin = p.filter === 'low' ? Math.min(p.fft / 2, Math.max(1, Math.floor(bin + 0.5))) : p.fft / 2;
  const statistics: number[][] = [];
  const powers: number[][] = [];
  for (let axis = 0; axis < axes; axis++) {
    let x = Array.from(window)
      .filter((_, index) => index % axes === axis)
      .map((value) => value * p.scale);
    for (let left = p.ratio; left > 1; left /= left % 3 === 0 ? 3 : 10)
      x = decimateReference(x, left % 3 === 0 ? 3 : 10);
    if (p.filter !== 'none') x = butterworthReference(p.filter, p.order, p.cutoff / rate, x);
    const middle = mean(x);
    x = x.map((value) => value - middle);
    const time = moments(x);
    const spectrum = powersReference(x, p.fft, p.overlap);
    const spectral = moments(spectrum);
    statistics.push([rms(x), time.skewness, time.kurtosis, spectral.skewness, spectral.kurtosis]);
    powers.push(spectrum.slice(1));
  }
  return { statistics, powers, firstBin, lastBin };
}
