/**
 * Models of sound, pictures, objects and the normal on the simulated board: what it computes live, and of data sent to
 * it, must be what the app's core computes of whole windows, bit for bit.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { loadCore, type Core } from '../../src/core';
import { ramItems } from '../../src/fit';
import { ResultSmoother, unusual } from '../../src/live';
import { message } from '../support/board-talk';
import { noise, normalSample, pictureSample, soundSample, soundShape, type SenseSample } from '../deploy/sample-senses';
import { boardWith, refusal } from './board-images';
import { expectedOfPicture, expectedOfWindow, resultsOf } from './sense-results';

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

const motionScale = Math.fround((9.80665 * 4) / 32768);
const live = { threshold: 0.3, smoothing: 3, suppress: 2 };

/** Labels that the app finds in these outputs. */
function labelsOf(sample: SenseSample, results: readonly { scores: Int8Array; ratio: number }[]): number[] {
  const model = sample.tflite.length > 0 ? core.openModel(sample.tflite) : undefined;
  const { scale, zeroPoint } = model?.outputs[0] ?? { scale: 0, zeroPoint: 0 };
  const smoother = new ResultSmoother(sample.manifest.live, scale, zeroPoint);
  return results.map(({ scores, ratio }) => smoother.add(scores, Number.isNaN(ratio) ? undefined : ratio));
}

describe('sound', () => {
  it.each([
    { strideFrames: 1920, way: 'as it comes' },
    { strideFrames: 2000, way: 'in whole windows' },
  ])('is recognised $way, every sample of it heard', async ({ strideFrames }) => {
    const sample = soundSample(core, 3, live, strideFrames);
    const streams = core.soundStateBytes(sample.manifest.block, soundShape, strideFrames) !== undefined;
    expect(streams).toBe(strideFrames === 1920);
    const talk = await boardWith({}, sample.image);
    const random = new Random(4);
    const sound = noise(random, 8000 * 4);
    talk.ask(message.runStart, { w: 0 });
    for (let at = 0; at < sound.length;) {
      const count = 1 + random.below(300);
      talk.board.provide(1, sound.subarray(at, at + count));
      talk.board.advance(Math.round((count / 8000) * 1e6));
      talk.hear();
      at += count;
    }
    const results = resultsOf(talk);
    expect(results.length).toBe(Math.floor((sound.length - 4000) / strideFrames) + 1);
    const model = core.openModel(sample.tflite);
    for (const [i, result] of results.entries()) {
      const window = Float32Array.from(sound.subarray(i * strideFrames, i * strideFrames + 4000));
      expect(result.window).toBe(i);
      expect([...result.scores]).toEqual([...expectedOfWindow(core, model, sample.manifest, window).output]);
    }
    expect(results.map(({ label }) => label)).toEqual(labelsOf(sample, results));
  });

  it('begins a new window behind a gap, on a stride', async () => {
    const sample = soundSample(core, 5, { threshold: 0, smoothing: 1 });
    const talk = await boardWith({}, sample.image);
    const sound = noise(new Random(6), 40_000);
    talk.ask(message.runStart, { w: 0 });
    const play = (from: number, to: number): number => {
      const kept = talk.board.provide(1, sound.subarray(from, to));
      talk.board.advance(Math.round(((to - from) / 8000) * 1e6));
      talk.hear();
      return kept;
    };
    for (let at = 0; at < 6000; at += 200) play(at, at + 200);
    const kept = play(6000, 20_000);
    expect(kept).toBeLessThan(14_000);
    for (let at = 20_000; at < 40_000; at += 200) play(at, at + 200);
    const results = resultsOf(talk);
    const model = core.openModel(sample.tflite);
    const behind = results.filter(({ window }) => window * 1920 >= 20_000);
    expect(behind.length).toBe(results.filter(({ window }) => window * 1920 + 4000 > 6000 + kept).length);
    expect(behind[0].window).toBe(Math.ceil(20_000 / 1920));
    for (const result of behind) {
      const from = result.window * 1920;
      const window = Float32Array.from(sound.subarray(from, from + 4000));
      expect([...result.scores]).toEqual([...expectedOfWindow(core, model, sample.manifest, window).output]);
    }
  });

  it('sent over the line gives what a whole window gives', async () => {
    for (const strideFrames of [1920, 2000]) {
      const sample = soundSample(core, 7, live, strideFrames);
      const talk = await boardWith({}, sample.image);
      const model = core.openModel(sample.tflite);
      const sound = noise(new Random(8), 4000);
      const expected = expectedOfWindow(core, model, sample.manifest, Float32Array.from(sound));
      const answer = talk.infer(2, sound);
      expect([...answer.input]).toEqual([...expected.input]);
      expect([...answer.output]).toEqual([...expected.output]);
      expect(refusal(() => talk.infer(2, sound.subarray(2)))?.code).toBe(4);
      expect(refusal(() => talk.infer(3, new Uint8Array(20)))?.code).toBe(2);
      // A whole window in floats has no place where sound is taken as it comes.
      expect(refusal(() => talk.infer(0, Float32Array.from(sound)))?.code).toBe(strideFrames === 1920 ? 2 : undefined);
    }
  });
});

describe('pictures', () => {
  const picture = (random: Random, width: number, height: number): Uint8Array =>
    Uint8Array.from({ length: width * height * 2 }, () => random.below(256));

  it.each([false, true])('are recognised as they lie with the camera (objects: %s)', async (objects) => {
    const sample = pictureSample(core, 9, objects, {
      threshold: 0.34,
      smoothing: 2,
      thresholds: objects ? [0.35, 0.4] : undefined,
    });
    const talk = await boardWith({}, sample.image);
    const model = core.openModel(sample.tflite);
    const random = new Random(10);
    talk.ask(message.runStart, { w: 0 });
    const camera = talk.board.sensors.find((sensor) => sensor.kind === 'camera')!;
    const pictures = Array.from({ length: 12 }, () => picture(random, 96, 96));
    for (const bytes of pictures) {
      talk.board.providePicture(camera.id, bytes);
      talk.board.advance(100_000);
      talk.hear();
    }
    const results = resultsOf(talk);
    expect(results.length).toBe(pictures.length);
    const found = talk.events.filter((event) => event.type === 0x46);
    expect(found.length).toBe(objects ? results.length : 0);
    let seen = 0;
    for (const [i, result] of results.entries()) {
      const { output } = expectedOfPicture(core, model, sample.manifest, {
        bytes: pictures[i],
        width: 96,
        height: 96,
        format: 'rgb565',
      });
      if (!objects) {
        expect([...result.scores]).toEqual([...output]);
        continue;
      }
      const [, rows, columns, channels] = model.outputs[0].shape;
      const best = Array.from({ length: channels - 1 }, (_, label) =>
        Math.max(...Array.from({ length: rows * columns }, (_, cell) => output[cell * channels + 1 + label])),
      );
      expect([...result.scores]).toEqual(best);
      const { scale, zeroPoint } = model.outputs[0];
      const grid = { rows, columns, labels: channels - 1, scale, zeroPoint };
      const expected = core.objects(output, grid, sample.manifest.live.thresholds!);
      const view = new DataView(found[i].payload.slice().buffer);
      expect(view.getUint32(0, true)).toBe(result.window);
      expect(view.getUint8(4)).toBe(expected.length);
      expected.forEach((object, n) => {
        const at = 5 + 6 * n;
        const told = {
          label: view.getUint8(at),
          score: view.getInt8(at + 1),
          x: view.getUint16(at + 2, true) / 65535,
          y: view.getUint16(at + 4, true) / 65535,
        };
        expect(told).toEqual(object);
      });
      seen += expected.length;
    }
    expect(results.map(({ label }) => label)).toEqual(labelsOf(sample, results));
    if (objects) expect(seen).toBeGreaterThan(0);
  });

  it('of any size sent over the line give what the app computes', async () => {
    const sample = pictureSample(core, 11, false, live);
    const talk = await boardWith({}, sample.image);
    const model = core.openModel(sample.tflite);
    const random = new Random(12);
    for (const [width, height] of [
      [96, 96],
      [16, 12],
      [31, 7],
    ]) {
      const bytes = picture(random, width, height);
      const data = new Uint8Array(8 + bytes.length);
      data.set([width, 0, height, 0, 1]);
      data.set(bytes, 8);
      const expected = expectedOfPicture(core, model, sample.manifest, { bytes, width, height, format: 'rgb565' });
      const answer = talk.infer(3, data);
      expect([...answer.input]).toEqual([...expected.input]);
      expect([...answer.output]).toEqual([...expected.output]);
      expect(refusal(() => talk.infer(3, data.subarray(0, data.length - 1)))?.code).toBe(4);
    }
    // Larger than what the memory was divided for.
    const wide = new Uint8Array(8 + 4000 * 2);
    new DataView(wide.buffer).setUint16(0, 4000, true);
    wide.set([1, 0, 1], 2);
    expect(refusal(() => talk.infer(3, wide))?.code).toBe(2);
  });
});

describe('what is unusual', () => {
  it.each([
    ['kmeans', false],
    ['kmeans', true],
    ['mixture', false],
    ['mixture', true],
    ['reconstruction', false],
  ] as const)('is told by %s (beside a classifier: %s)', async (kind, classifier) => {
    const sample = normalSample(core, 13, kind, classifier, { threshold: 0.4, smoothing: 2 });
    const talk = await boardWith({}, sample.image);
    const model = sample.tflite.length > 0 ? core.openModel(sample.tflite) : undefined;
    const random = new Random(14);
    const raw = Int16Array.from({ length: 200 * 6 }, (_, i) =>
      Math.round(random.normal() * (i % 300 < 150 ? 500 : 6000)),
    );
    talk.ask(message.runStart, { w: 0 });
    for (let at = 0; at < 200; at += 10) {
      talk.board.provide(0, raw.subarray(at * 6, (at + 10) * 6));
      talk.board.advance(160_000);
      talk.hear();
    }
    const results = resultsOf(talk);
    expect(results.length).toBe(37);
    for (const [i, result] of results.entries()) {
      const window = Float32Array.from({ length: 60 }, (_, n) =>
        Math.fround(raw[(i * 5 + Math.floor(n / 3)) * 6 + (n % 3)] * motionScale),
      );
      const expected = expectedOfWindow(core, model, sample.manifest, window);
      expect(result.ratio).toBe(expected.ratio);
      expect([...result.scores]).toEqual(classifier ? [...expected.output] : []);
    }
    const labels = results.map(({ label }) => label);
    expect(labels).toEqual(labelsOf(sample, results));
    expect(new Set(labels.map((label) => label === unusual)).size).toBe(2);
    talk.ask(message.runStop);
    const window = sample.windows[1];
    expect(talk.infer(0, window).score).toBe(expectedOfWindow(core, model, sample.manifest, window).ratio);
  });

  it('is told without a network where one was before, whose memory now holds other things', async () => {
    const frames = 80;
    const sample = normalSample(core, 15, 'kmeans', false, live, frames);
    const talk = await boardWith({}, normalSample(core, 16, 'kmeans', true, live).image, sample.image);
    const random = new Random(17);
    for (let run = 0; run < 3; run++) {
      talk.ask(message.runStart, { w: 0 });
      for (let at = 0; at < 160; at += 10) {
        talk.board.provide(
          0,
          Int16Array.from({ length: 60 }, () => Math.round(random.normal() * 3000)),
        );
        talk.board.advance(160_000);
        talk.hear();
      }
      talk.ask(message.runStop);
      expect(resultsOf(talk)).toHaveLength(17 * (run + 1));
    }
    const [window] = sample.windows;
    expect(talk.infer(0, window).score).toBe(expectedOfWindow(core, undefined, sample.manifest, window).ratio);
  });
});

describe('RAM', () => {
  it('is what the fit counts, to the last 16 bytes, for every way', async () => {
    const camera = { width: 96, height: 96, format: 'rgb565' } as const;
    const samples = [
      soundSample(core, 21, live),
      soundSample(core, 22, { threshold: 0.5, smoothing: 5 }, 2000),
      pictureSample(core, 23, true, live),
      normalSample(core, 24, 'mixture', true, live),
      normalSample(core, 25, 'kmeans', false, live),
      normalSample(core, 26, 'reconstruction', false, live),
    ];
    for (const { manifest, tflite, image } of samples) {
      const { shape, block, sensor, axes, units, strideFrames, head, labels, anomaly } = manifest;
      const featureCount = core.featureCount(block, shape);
      const resolved = { shape, block, axes, units, strideFrames, featureCount, inputShape: [featureCount] };
      const { smoothing, suppress = 0 } = manifest.live;
      const normalised = manifest.normalisation.mean.length;
      const run = {
        head,
        labels: labels.length,
        anomaly: anomaly !== undefined,
        suppresses: suppress > 0,
        normalised,
        camera,
      };
      const items = ramItems(core, { ...run, tflite, resolved, smoothing, sensor });
      const used = items.reduce((sum, { bytes }) => sum + bytes, 0);
      await expect(boardWith({ arenaBytes: used }, image)).resolves.toBeDefined();
      await expect(boardWith({ arenaBytes: used - 16 }, image)).rejects.toMatchObject({ code: 7 });
    }
  });
});
