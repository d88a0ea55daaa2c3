/** Sound at another rate: what is heard stays, what cannot be heard does not fold down; the same bits everywhere. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { asMicrophone, mixToMono, resample } from '../../src/dataset/resample';

const tone = (hz: number, rateHz: number, frames: number, amplitude = 10_000): Float32Array =>
  Float32Array.from({ length: frames }, (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / rateHz + 0.3));

/** Energy of what a least-squares sine of this frequency leaves, and of the sine, without the ends. */
function fitTone(values: Float32Array, hz: number, rateHz: number): { signal: number; rest: number } {
  const skip = Math.floor(values.length / 8);
  const middle = values.subarray(skip, values.length - skip);
  const wave = (shift: number): Float64Array =>
    Float64Array.from(middle, (_, i) => Math.sin((2 * Math.PI * hz * (i + skip)) / rateHz + shift));
  const [sine, cosine] = [wave(0), wave(Math.PI / 2)];
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum;
  };
  const [ss, cc, sc] = [dot(sine, sine), dot(cosine, cosine), dot(sine, cosine)];
  const [vs, vc] = [dot(middle, sine), dot(middle, cosine)];
  const determinant = ss * cc - sc * sc;
  const [a, b] = [(vs * cc - vc * sc) / determinant, (vc * ss - vs * sc) / determinant];
  const fitted = Float64Array.from(sine, (value, i) => a * value + b * cosine[i]);
  const left = Float64Array.from(middle, (value, i) => value - fitted[i]);
  return { signal: dot(fitted, fitted), rest: dot(left, left) };
}

const decibels = (share: number): number => 10 * Math.log10(share);

describe('resampling', () => {
  const pairs = [
    [8000, 16000],
    [11025, 16000],
    [22050, 16000],
    [44100, 16000],
    [48000, 16000],
    [16125, 16000],
    [44099, 16000],
    [16000, 8000],
  ] as const;

  it.each(pairs)('keeps tones from %i to %i Hz as they are, up to 0.45 of the lower rate', (from, to) => {
    const lower = Math.min(from, to);
    for (const share of [0.01, 0.13, 0.31, 0.45]) {
      const hz = share * lower;
      const got = resample(tone(hz, from, from), from, to);
      const { signal, rest } = fitTone(got, hz, to);
      expect(decibels(signal / rest), `${hz} Hz`).toBeGreaterThan(80);
      expect(Math.abs(decibels(signal / fitTone(tone(hz, to, to), hz, to).signal)), `${hz} Hz`).toBeLessThan(0.01);
    }
  });

  it.each([
    [44100, 16000, [8000.5, 9000, 12_345, 20_000]],
    [48000, 16000, [8000.5, 8400, 15_900, 23_000]],
    [16000, 8000, [4000.5, 5000, 7900]],
  ] as const)('lets nothing above half of the lower rate through from %i to %i Hz', (from, to, tones) => {
    for (const hz of tones) {
      const got = resample(tone(hz, from, from), from, to);
      const middle = got.subarray(to >> 3, to - (to >> 3));
      const power = middle.reduce((sum, value) => sum + value * value, 0) / middle.length;
      expect(decibels(power / 5e7), `${hz} Hz`).toBeLessThan(-80);
    }
  });

  it('keeps a constant to the end, and the length', () => {
    const got = resample(new Float32Array(4410).fill(1234), 44_100, 16_000);
    expect(got.length).toBe(1600);
    expect(got.every((value) => Math.abs(value - 1234) < 1e-3)).toBe(true);
    expect(resample(Float32Array.of(7), 48_000, 16_000)).toEqual(Float32Array.of(7));
    expect(resample(Float32Array.of(), 48_000, 16_000).length).toBe(0);
  });

  it('leaves a sound that has the rate alone', () => {
    const values = tone(440, 16_000, 100);
    expect(resample(values, 16_000, 16_000)).toBe(values);
  });

  it('gives the same bits on every machine', () => {
    // A made-up sound from whole numbers, so that nothing of this machine is in it.
    const values = Float32Array.from({ length: 5000 }, (_, i) => ((i * 7919) % 20_011) - 10_000);
    const hash = createHash('sha256');
    for (const from of [8000, 11_025, 44_100, 48_000, 44_099]) {
      const got = resample(values, from, 16_000);
      hash.update(new Uint8Array(got.buffer, 0, got.byteLength));
    }
    expect(hash.digest('hex')).toBe('282d9ce679dafdbc245ae75b79684537a16fe323f7e99c6984d4e3a8c14de259');
  });
});

describe('as a microphone hears it', () => {
  it('takes the mean of the channels, in whole numbers within 16 bits', () => {
    expect(mixToMono(Float32Array.of(1, 3, 10, 20), 2)).toEqual(Float32Array.of(2, 15));
    expect(asMicrophone(Float32Array.of(1.4, 40_000, -40_000, 2.6), 1, 16_000, 16_000)).toEqual(
      Float32Array.of(1, 32767, -32768, 3),
    );
  });
});
