/** Words in long takes: found where they are, under noise, beside clicks; and a take cut into them is undone at once. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { findWords, type NewCapture } from '../../src/dataset';
import { readWav } from '../../src/dataset/wav';
import { dataFolder, describeWith, needsData } from '../support/needs';
import { temporaryFolders } from './support';

const folders = temporaryFolders();
afterAll(() => folders.clean());

const rateHz = 16_000;

/** Noise of a level with bursts of tone (start and length in seconds) on it. */
function take(seconds: number, level: number, bursts: readonly (readonly [number, number, number])[]): Float32Array {
  const random = new Random(1);
  const values = Float32Array.from({ length: seconds * rateHz }, () => random.normal() * level);
  for (const [start, length, amplitude] of bursts)
    for (let i = 0; i < length * rateHz; i++) values[Math.round(start * rateHz) + i] += amplitude * Math.sin(i * 0.2);
  return values;
}

const middles = (words: { segments: readonly { start: number; end: number }[] }): number[] =>
  words.segments.map(({ start, end }) => Number(((start + end) / 2 / rateHz).toFixed(2)));

describe('words by loudness', () => {
  const bursts = [1, 3, 5.5, 8].map((start) => [start, 0.4, 3000] as const);

  it('are found where they are, a second each', () => {
    const words = findWords(take(10, 50, bursts), rateHz);
    expect(middles(words)).toEqual([1.2, 3.2, 5.7, 8.2]);
    expect(words.segments.every(({ start, end }) => end - start === rateHz)).toBe(true);
    expect(words.level.length).toBe(1000);
    expect(words.level[110]).toBeGreaterThan(words.level[50] + 25);
  });

  it('are found over a hum and an offset, and a noise that grows', () => {
    const values = take(10, 50, bursts).map(
      (value, i) => value + 2000 + 1500 * Math.sin((2 * Math.PI * 20 * i) / rateHz),
    );
    expect(middles(findWords(values, rateHz))).toEqual([1.2, 3.2, 5.7, 8.2]);
    const random = new Random(2);
    const growing = take(10, 20, bursts).map((value, i) => value + (random.normal() * 300 * i) / (10 * rateHz));
    expect(middles(findWords(growing, rateHz))).toEqual([1.2, 3.2, 5.7, 8.2]);
  });

  it('are not clicks, and not noise', () => {
    expect(findWords(take(10, 50, [[4, 0.02, 20_000]]), rateHz).segments).toEqual([]);
    expect(findWords(take(10, 500, []), rateHz).segments).toEqual([]);
    expect(findWords(new Float32Array(rateHz * 3), rateHz).segments).toEqual([]);
    expect(findWords(new Float32Array(0), rateHz).segments).toEqual([]);
  });

  it('stay whole where they pause, and share the time where they follow quickly', () => {
    const pausing = findWords(
      take(4, 50, [
        [1, 0.2, 3000],
        [1.35, 0.2, 3000],
      ]),
      rateHz,
    );
    expect(pausing.segments.length).toBe(1);
    const quick = findWords(
      take(4, 50, [
        [1, 0.3, 3000],
        [1.7, 0.3, 3000],
      ]),
      rateHz,
    ).segments;
    expect(quick.length).toBe(2);
    expect(quick[0].end).toBeLessThanOrEqual(quick[1].start);
    expect(quick[0].end / rateHz).toBeCloseTo(1.5, 1);
  });

  it('are fewer or more with the sensitivity', () => {
    const values = take(8, 100, [
      [1, 0.4, 4000],
      [3, 0.4, 900],
      [5, 0.4, 350],
    ]);
    const counts = [0, 0.5, 1].map((sensitivity) => findWords(values, rateHz, { sensitivity }).segments.length);
    expect(counts).toEqual([1, 2, 3]);
  });

  it('have the length that was asked for, with the loudest of a long sound in it', () => {
    const words = findWords(
      take(6, 50, [
        [1, 3, 1000],
        [2.5, 0.4, 5000],
      ]),
      rateHz,
      { wordMs: 600 },
    );
    expect(words.segments.length).toBe(1);
    const [{ start, end }] = words.segments;
    expect(end - start).toBe(0.6 * rateHz);
    expect(start / rateHz).toBeLessThanOrEqual(2.5);
    expect(end / rateHz).toBeGreaterThanOrEqual(2.9);
    expect(() => findWords(take(1, 50, []), rateHz, { wordMs: 0 })).toThrow(/cannot be looked for/);
    expect(() => findWords(take(1, 50, []), rateHz, { sensitivity: 2 })).toThrow(/cannot be looked for/);
  });
});

describe('a take cut into words', () => {
  const sound = (values: Float32Array): NewCapture => ({
    values,
    axes: [{ name: 'audio', units: 'wav' }],
    rateHz,
    kind: 'audio',
    notes: { label: 'yes', person: 'ann', session: 'monday', split: 'testing', gaps: [{ at: 20_000, lost: 5 }] },
  });

  it('says of each what was said of the whole, and comes back whole', async () => {
    const dataset = await folders.dataset();
    const values = Float32Array.from({ length: 4 * rateHz }, (_, i) => i % 1000);
    const whole = await dataset.add(sound(values));
    const ids = await dataset.cut(whole.id, [
      { start: 16_000, end: 32_000 },
      { start: 40_000, end: 56_000, label: 'no' },
    ]);
    const pieces = await Promise.all(ids.map((id) => dataset.get(id)));
    expect(pieces.map((piece) => [piece.label, piece.person, piece.session, piece.split, piece.frames])).toEqual([
      ['yes', 'ann', 'monday', 'testing', 16_000],
      ['no', 'ann', 'monday', 'testing', 16_000],
    ]);
    expect(pieces[0].values).toEqual(values.slice(16_000, 32_000));
    expect(pieces[0].gaps).toEqual([{ at: 4000, lost: 5 }]);
    expect(dataset.count).toBe(2);
    await dataset.undo();
    expect(dataset.list().items.map(({ id }) => id)).toEqual([whole.id]);
    await dataset.redo();
    expect(dataset.count).toBe(2);
  });

  it('is refused where parts lie outside, and nothing happens', async () => {
    const dataset = await folders.dataset();
    const { id } = await dataset.add(sound(new Float32Array(rateHz)));
    await expect(dataset.cut(id, [{ start: 0, end: rateHz + 1 }])).rejects.toThrow(/has no part/);
    await expect(dataset.cut(id, [{ start: 5, end: 5 }])).rejects.toThrow(/has no part/);
    await expect(dataset.cut(id, [])).rejects.toThrow(/Nothing would be left/);
    await expect(dataset.segment(id, [{ start: -1, end: 5, label: 'x' }])).rejects.toThrow(/has no part/);
    expect(dataset.count).toBe(1);
  });

  it('can carry labels of parts instead', async () => {
    const dataset = await folders.dataset();
    const { id } = await dataset.add(sound(new Float32Array(rateHz)));
    await dataset.segment(id, [{ start: 100, end: 5000, label: 'no' }]);
    expect((await dataset.get(id)).segments).toEqual([{ start: 100, end: 5000, label: 'no' }]);
    await dataset.undo();
    expect((await dataset.get(id)).segments).toEqual([]);
  });
});

describeWith(needsData('audio'), 'real words', () => {
  it('of a person, one after the other over a washing machine, are found', () => {
    const folder = dataFolder('audio', 'arabic_commands', 'right');
    const clips = readdirSync(folder)
      .sort()
      .slice(0, 20)
      .map((name) => readWav(readFileSync(`${folder}/${name}`)).values);
    const noise = readWav(readFileSync(dataFolder('audio', 'noise', 'washing_machine_60s.wav'))).values;
    const values = Float32Array.from({ length: 44 * rateHz }, (_, i) => noise[i] * 0.3);
    for (const [i, clip] of clips.entries())
      clip.forEach((value, k) => (values[Math.round((1 + 2.1 * i) * rateHz) + k] += value));
    const { segments } = findWords(values, rateHz);
    const hits = clips.filter((_, i) => {
      const from = (1 + 2.1 * i) * rateHz;
      return (
        segments.filter(({ start, end }) => (start + end) / 2 > from && (start + end) / 2 < from + rateHz).length === 1
      );
    }).length;
    expect(hits).toBeGreaterThanOrEqual(19);
    expect(segments.length).toBeLessThanOrEqual(22);
  });
});
