/**
 * Replayed recordings give what a board gives live, whatever pieces they come in; events are counted as people would;
 * and what the solver promises is what its settings do.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { loadCore, type Core } from '../../src/core';
import type { LiveSettings } from '../../src/deploy';
import {
  answersOf,
  choose,
  eventsOf,
  heldOutScores,
  judge,
  partOf,
  Replay,
  scoreEvents,
  toldOf,
  tradeOff,
  type Happening,
  type ReplayResults,
  type SolveQuestion,
  unusual,
} from '../../src/live';
import { boardWith } from '../core/board-images';
import { resultsOf } from '../core/sense-results';
import { noise, normalSample, soundSample, type SenseSample } from '../deploy/sample-senses';
import { message } from '../support/board-talk';

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

async function replayed(sample: SenseSample, values: Float32Array, pieces: number): Promise<ReplayResults> {
  const { axes } = sample.manifest.shape;
  const replay = new Replay(core, sample);
  const size = Math.ceil(values.length / axes / pieces) * axes;
  for (let at = 0; at < values.length; at += size) await replay.push(values.subarray(at, at + size));
  const results = replay.results();
  replay.close();
  return results;
}

/** What the board answers to raw frames of a sensor. */
async function played(sample: SenseSample, sensor: number, raw: Int16Array, axes: number, rateHz: number) {
  const talk = await boardWith({}, sample.image);
  talk.ask(message.runStart, { w: 0 });
  const step = Math.round(rateHz / 40) * axes;
  for (let at = 0; at < raw.length; at += step) {
    talk.board.provide(sensor, raw.subarray(at, at + step));
    talk.board.advance(25_000);
    talk.hear();
  }
  return resultsOf(talk);
}

describe('a replay', () => {
  it('answers as the board does, under any settings', async () => {
    const random = new Random(31);
    const raw = noise(random, 8000 * 6);
    for (let round = 0; round < 6; round++) {
      const live: LiveSettings = {
        threshold: random.uniform() * 0.6,
        smoothing: 1 + random.below(6),
        ...(random.below(2) ? { suppress: 1 + random.below(5) } : {}),
        ...(random.below(2) ? { thresholds: Array.from({ length: 4 }, () => random.uniform() * 0.7) } : {}),
      };
      const sample = soundSample(core, 40 + round, live, round % 2 ? 2000 : 960);
      const board = await played(sample, 1, raw, 1, 8000);
      const results = await replayed(sample, Float32Array.from(raw), 1 + random.below(9));
      expect(results.count).toBe(board.length);
      expect([...results.scores]).toEqual(board.flatMap(({ scores }) => [...scores]));
      expect([...answersOf(results, live)]).toEqual(board.map(({ label }) => label));
    }
  });

  it('tells what is unusual as the board does', async () => {
    const scale = Math.fround((9.80665 * 4) / 32768);
    const random = new Random(32);
    const raw = Int16Array.from({ length: 400 * 6 }, (_, i) => Math.round(random.normal() * (i < 1200 ? 500 : 6000)));
    const values = Float32Array.from({ length: 400 * 3 }, (_, i) => raw[Math.floor(i / 3) * 6 + (i % 3)] * scale);
    for (const [kind, classifier] of [
      ['mixture', true],
      ['kmeans', false],
      ['reconstruction', false],
    ] as const) {
      const live = { threshold: 0.4, smoothing: 2, suppress: 3 };
      const sample = normalSample(core, 50, kind, classifier, live);
      const board = await played(sample, 0, raw, 6, 62.5);
      const results = await replayed(sample, values, 7);
      expect([...(results.ratios ?? [])]).toEqual(board.map(({ ratio }) => ratio));
      expect([...answersOf(results, live)]).toEqual(board.map(({ label }) => label));
    }
  });
});

describe('events', () => {
  const timing = { strideSeconds: 0.25, windowSeconds: 1 };
  const told = toldOf(['background', 'yes', 'no'], ['background']);

  it('are runs of one answer that is no background', () => {
    const answers = Int16Array.of(0, 1, 1, -1, 1, 2, 0, -2);
    expect(eventsOf(answers, timing, 1, told)).toEqual([
      { label: 1, start: 0.25, end: 1.5 },
      { label: 1, start: 1, end: 2 },
      { label: 2, start: 1.25, end: 2.25 },
      { label: -2, start: 1.75, end: 2.75 },
    ]);
  });

  it('count once as found, and as false alarms where nothing of the kind happened', () => {
    const truth: Happening[] = [
      { label: 1, start: 10, end: 11 },
      { label: 1, start: 20, end: 21 },
      { label: 2, start: 30, end: 31 },
    ];
    const events: Happening[] = [
      { label: 1, start: 10.2, end: 11.4 }, // found
      { label: 1, start: 11.3, end: 12 }, // again: no false alarm
      { label: 2, start: 20, end: 21 }, // the wrong word
      { label: 1, start: 50, end: 51 }, // nothing there
    ];
    expect(scoreEvents(events, truth, 7200, 0.5)).toEqual({
      hours: 2,
      detections: 1,
      misses: 2,
      falseAlarms: 2,
      missesPerHour: 1,
      falseAlarmsPerHour: 1,
      missShare: 2 / 3,
    });
  });
});

/** Made-up scores: words that rise out of a restless background, some faint, and noises that look like words. */
function madeUp(seed: number): SolveQuestion {
  const random = new Random(seed);
  const count = 3000;
  const labels = ['background', 'yes', 'no', 'stop'];
  const truth: Happening[] = [];
  const sure = new Float64Array(count * 4);
  for (let i = 0; i < count; i++) sure[i * 4] = 2 + random.normal();
  for (let at = 20; at < count - 20; at += 15 + random.below(40)) {
    const label = 1 + random.below(3);
    const real = random.uniform() < 0.7;
    const strength = (real ? 4 : 2) + random.normal() * 1.5;
    for (let i = 0; i < 4; i++) sure[(at + i) * 4 + label] += strength;
    if (real) truth.push({ label, start: at * 0.25, end: at * 0.25 + 1 });
  }
  const scores = new Int8Array(count * 4);
  for (let i = 0; i < count; i++) {
    const powers = [0, 1, 2, 3].map((label) => Math.exp(sure[i * 4 + label]));
    const sum = powers.reduce((a, b) => a + b, 0);
    powers.forEach((power, label) => (scores[i * 4 + label] = Math.min(127, Math.round((power / sum) * 256) - 128)));
  }
  const results: ReplayResults = {
    ...{ count, width: 4, scores, scale: 1 / 256, zeroPoint: -128 },
    ...{ strideSeconds: 0.25, windowSeconds: 1, seconds: count * 0.25 + 0.75 },
  };
  return { results, labels: 4, truth, told: toldOf(labels, ['background']), tolerance: 0.5 };
}

describe('the solver', () => {
  it('promises what its settings do, from few false alarms to few misses', () => {
    for (const seed of [1, 2, 3]) {
      const question = madeUp(seed);
      const curve = tradeOff(question);
      expect(curve.length).toBeGreaterThan(5);
      for (const [i, { settings, score }] of curve.entries()) {
        expect(judge(question, settings)).toEqual(score);
        if (i === 0) continue;
        expect(score.falseAlarms).toBeGreaterThan(curve[i - 1].score.falseAlarms);
        expect(score.misses).toBeLessThan(curve[i - 1].score.misses);
      }
    }
  });

  it('keeps to a wish with no more misses than any one threshold for all labels would leave', () => {
    for (const seed of [4, 5]) {
      const question = madeUp(seed);
      const curve = tradeOff(question);
      for (const wish of [0, 10, 60]) {
        const chosen = choose(curve, wish);
        for (let threshold = 0.25; threshold <= 0.9; threshold += 0.05)
          for (const smoothing of [1, 3]) {
            const score = judge(question, { threshold: Math.round(threshold * 1000) / 1000, smoothing });
            if (score.falseAlarmsPerHour <= wish) expect(chosen?.score.misses).toBeLessThanOrEqual(score.misses);
          }
        if (chosen) expect(chosen.score.falseAlarmsPerHour).toBeLessThanOrEqual(wish);
      }
    }
  });
});

describe('halves of a recording', () => {
  it('are replays of their own, with what happened in them', () => {
    const question = madeUp(6);
    const { count, seconds } = question.results;
    const [a, b] = [partOf(question, 0, 300), partOf(question, 300, seconds)];
    // Windows of a second, a quarter apart: three of them lie across the cut.
    expect([a.results.count, b.results.count]).toEqual([1197, 1800]);
    expect(a.results.count + b.results.count + 3).toBe(count);
    expect([...b.results.scores.subarray(0, 8)]).toEqual([...question.results.scores.subarray(4800, 4808)]);
    expect(a.results.seconds + b.results.seconds).toBe(seconds);
    const across = question.truth.filter(({ start, end }) => start < 300 && end > 300).length;
    expect(a.truth.length + b.truth.length).toBe(question.truth.length + across);
    expect(b.truth.every(({ start, end }) => start >= 0 && end <= b.results.seconds)).toBe(true);
  });

  it('score what was chosen on the other, and so promise less than the whole does', () => {
    let [promised, kept] = [0, 0];
    for (const seed of [1, 2]) {
      const question = madeUp(seed);
      const heldOut = heldOutScores(question, 375)!;
      const parts = [partOf(question, 0, 375), partOf(question, 375, question.results.seconds)];
      const chosen = parts.map((part) => choose(tradeOff(part), 20)!);
      const expected = [judge(parts[1], chosen[0].settings), judge(parts[0], chosen[1].settings)];
      const score = heldOut(20)!;
      expect(score.misses).toBe(expected[0].misses + expected[1].misses);
      expect(score.falseAlarms).toBe(expected[0].falseAlarms + expected[1].falseAlarms);
      const whole = choose(tradeOff(question), 20)!.score;
      promised += whole.misses + 20 * whole.falseAlarms;
      kept += score.misses + 20 * score.falseAlarms;
      expect(heldOut(-1)).toBeUndefined();
    }
    expect(kept).toBeGreaterThan(promised);
    expect(heldOutScores(madeUp(1), 0.5)).toBeUndefined();
  });
});

describe('a model that only knows the normal', () => {
  it('is right where it calls unusual what is, and misses what it does not', () => {
    const ratios = Float32Array.from({ length: 400 }, (_, i) => ((i >= 100 && i < 140) || i === 300 ? 3 : 0.5));
    const results: ReplayResults = {
      ...{ count: 400, width: 0, scores: new Int8Array(0), ratios, scale: 1, zeroPoint: 0 },
      ...{ strideSeconds: 0.25, windowSeconds: 1, seconds: 100.75 },
    };
    const truth = [
      { label: unusual, start: 25, end: 35 },
      { label: unusual, start: 50, end: 55 },
    ];
    const question = { results, labels: 0, truth, told: toldOf(['fan'], ['fan']), tolerance: 0.5 };
    const counts = ({ detections, misses, falseAlarms }: ReturnType<typeof judge>) => [detections, misses, falseAlarms];
    expect(counts(judge(question, { threshold: 0.6, smoothing: 1 }))).toEqual([1, 1, 1]);
    const curve = tradeOff(question);
    // Averaging over eight leaves a single odd result alone.
    expect(curve).toHaveLength(1);
    expect(counts(curve[0].score)).toEqual([1, 1, 0]);
    expect(judge(question, curve[0].settings)).toEqual(curve[0].score);
  });
});
