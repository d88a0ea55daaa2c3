/** Windows of sound: what surrounds a short clip, what variation does to it, and which windows of long takes teach. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { loadCore } from '../../src/core';
import type { Capture, CaptureSummary } from '../../src/dataset';
import {
  balancedStarts,
  computeRows,
  cutWindow,
  defaultImpulse,
  fitNormalisation,
  resolveImpulse,
  strideStep,
  type SoundVariation,
} from '../../src/impulse';
import { soundWindow, variedSound } from '../../src/impulse/sound';

const rateHz = 16_000;
let numbered = 0;

function sound(values: Float32Array, label = 'yes', more: Partial<Capture> = {}): Capture {
  numbered++;
  return {
    id: `s${numbered}`,
    kind: 'audio',
    axes: [{ name: 'audio', units: 'wav' }],
    rateHz,
    frames: values.length,
    hash: numbered.toString(16).padStart(8, '0').repeat(2),
    values,
    label,
    split: 'training',
    splitPinned: false,
    person: '',
    session: '',
    device: '',
    sensor: '',
    createdAt: '',
    source: '',
    gaps: [],
    segments: [],
    boxes: [],
    note: '',
    ...more,
  };
}

/** A hiss of deviation `level` with a tone in its middle third. */
function clip(frames: number, level: number, amplitude = 5000): Float32Array {
  const random = new Random(frames);
  return Float32Array.from({ length: frames }, (_, i) => {
    const loud = i > frames / 3 && i < (2 * frames) / 3;
    return Math.round(random.normal() * level + (loud ? amplitude * Math.sin(i * 0.3) : 0)) + 0;
  });
}

const rms = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

const core = await loadCore();
const audio = defaultImpulse('audio');
const resolvedFor = (captures: readonly CaptureSummary[]) => resolveImpulse(audio, captures, core);

describe('the impulse of sound', () => {
  it('makes rows in time, one second long, with strides of whole spectra', () => {
    const resolved = resolvedFor([sound(clip(16_000, 20))]);
    const [rows, bins] = resolved.inputShape;
    expect([resolved.block.kind, bins, rows * bins]).toEqual(['mfcc', 13, resolved.featureCount]);
    expect(strideStep(resolved.block, rateHz)).toBe(320);
    expect(resolved.strideFrames % 320).toBe(0);
    expect(resolved.strideFrames).toBeGreaterThan(7500);
  });

  it('is normalised bin by bin, since a word may be said at any moment', async () => {
    const captures = [1, 2, 3].map((seed) => sound(clip(16_000 + seed, 20)));
    const resolved = resolvedFor(captures);
    const ids = captures.map(({ id }) => id);
    const get = (id: string) => Promise.resolve(captures.find((capture) => capture.id === id) as Capture);
    const rows = await computeRows(core, resolved, ids, get, ['yes']);
    const normalisation = fitNormalisation(rows, resolved);
    expect(normalisation.mean.length).toBe(13);
    expect(core.normalise(rows.values, normalisation).length).toBe(rows.values.length);
  });
});

describe('a clip shorter than the window', () => {
  it('lies in the middle, with its own background around it', () => {
    const values = clip(6000, 30);
    const capture = sound(values);
    const window = cutWindow(capture, 0, resolvedFor([capture]));
    expect(window.subarray(5000, 11_000)).toEqual(values);
    const [before, after] = [window.subarray(0, 5000), window.subarray(11_000)];
    for (const part of [before, after]) {
      expect(rms(part)).toBeGreaterThan(18);
      expect(rms(part)).toBeLessThan(36);
      expect(part.every((value) => Number.isInteger(value))).toBe(true);
    }
    expect(cutWindow(capture, 0, resolvedFor([capture]))).toEqual(window);
  });

  it('is surrounded by silence where it was recorded in silence', () => {
    const values = new Float32Array(4000);
    values.fill(1000, 1000, 2000);
    const capture = sound(values);
    const window = cutWindow(capture, 0, resolvedFor([capture]));
    expect(window.filter((value) => value !== 0).length).toBe(1000);
  });
});

describe('a varied window', () => {
  const capture = sound(clip(16_000, 20));
  const place = { column: 0, run: { start: 0, end: 16_000 }, first: 0, step: 1, frames: 16_000 };
  const variation: SoundVariation = {
    ...{ copies: 2, shift: 0.1, speed: 0.1, gain: 2, noisy: 1, noiseRatio: [0.1, 0.1], noises: [], seed: 1 },
  };

  it('is the recording itself where nothing is changed', () => {
    expect(soundWindow(capture, place)).toEqual(capture.values);
  });

  it('is shifted, faster and louder as it says', () => {
    const change = { speed: 1, gain: 1, noiseFrom: 0, noiseGain: 0, shift: 0 };
    const later = soundWindow(capture, place, { ...change, shift: 500 });
    expect(later.subarray(500)).toEqual(capture.values.subarray(0, 15_500));
    const louder = soundWindow(capture, place, { ...change, gain: 2 });
    expect(louder).toEqual(capture.values.map((value) => 2 * value));
    const faster = soundWindow(capture, place, { ...change, speed: 1.25 });
    const loud = (values: Float32Array): number => values.filter((value) => Math.abs(value) > 500).length;
    expect(loud(faster) / loud(capture.values)).toBeCloseTo(0.8, 1);
  });

  it('has the noise it was given, as much quieter as it was told', () => {
    const noise = new Float32Array(1000).fill(7);
    const still = { ...variation, shift: 0, speed: 0, gain: 1, noises: [noise] };
    const noisy = variedSound(capture, place, rateHz, still, new Random(1));
    const added = noisy.map((value, i) => value - capture.values[i]);
    expect(rms(added) / rms(capture.values)).toBeCloseTo(0.1, 3);
    expect(Math.max(...added) - Math.min(...added)).toBeLessThan(0.01);
  });

  it('is the same again for a seed, another for another, and none of what is no sound', async () => {
    const motion = { ...capture, id: 'm', kind: 'motion' } as Capture;
    const get = (id: string) => Promise.resolve(id === 'm' ? motion : capture);
    const rowsOf = (ids: string[], seed: number) =>
      computeRows(core, resolvedFor([capture]), ids, get, ['yes'], {}, { variation: { ...variation, seed } });
    const [one, again, other] = [
      await rowsOf([capture.id], 1),
      await rowsOf([capture.id], 1),
      await rowsOf([capture.id], 2),
    ];
    expect(one.count).toBe(2);
    expect(again.values).toEqual(one.values);
    expect(other.values).not.toEqual(one.values);
    expect((await rowsOf(['m'], 1)).count).toBe(0);
  });
});

describe('long takes among words', () => {
  const words = (label: string, count: number): Capture[] =>
    Array.from({ length: count }, () => sound(new Float32Array(16_000), label));

  it('give as many windows as keep the balance, spread over all of them', () => {
    const long = [0, 1].map(() => sound(new Float32Array(60 * rateHz), 'background'));
    const captures = [...words('yes', 20), ...words('no', 20), ...long];
    const { starts, thinned } = balancedStarts(captures, resolvedFor(captures), ['background', 'no', 'yes']);
    const kept = long.flatMap(({ id }) => starts.get(id) ?? []);
    expect(kept.length).toBe(40);
    expect(thinned).toEqual([{ label: 'background', windows: expect.any(Number) as number, kept: 40 }]);
    for (const { id } of long) {
      const own = starts.get(id) as readonly number[];
      expect(own.length).toBeGreaterThan(15);
      expect(own[own.length - 1] - own[0]).toBeGreaterThan(50 * rateHz);
    }
  });

  it('lose nothing that was said one by one, however many', () => {
    const captures = [...words('yes', 10), ...words('no', 10), ...words('unknown', 100)];
    const { starts, thinned } = balancedStarts(captures, resolvedFor(captures), ['no', 'unknown', 'yes']);
    expect(thinned).toEqual([]);
    expect([...starts.values()].every((list) => list.length === 1)).toBe(true);
  });
});
