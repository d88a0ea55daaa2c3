/**
 * Plans of the arena that travel in the file: never more memory than without one, the same answers, and a false one does no
 * harm.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { plannedTflite, quantiseModel, readTflite, withMemoryPlan } from '../../src/compress';
import { loadCore, type Core } from '../../src/core';
import { buildModel, initialWeights } from '../../src/model';
import { dataFolder } from '../support/needs';
import { randomModel } from './random-models';

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

function zoo(kind: 'conv1d' | 'conv2d', inputShape: number[]): Uint8Array {
  const spec = buildModel({ kind, size: 'medium', inputShape, classes: 4 });
  const random = new Random(3);
  const calibration = Float32Array.from({ length: 8 * inputShape.reduce((a, b) => a * b, 1) }, () => random.normal());
  return quantiseModel(spec, initialWeights(spec, 3), { calibration, calibrationCount: 8 }).tflite;
}

function generated(seed: number): Uint8Array {
  const { spec, weights, rows, count } = randomModel(seed);
  return quantiseModel(spec, weights, { calibration: rows, calibrationCount: count }).tflite;
}

interface Run {
  readonly arenaBytes: number;
  readonly answers: string[];
}

/** Every operator's output, as they come, for two inputs. */
function run(tflite: Uint8Array): Run {
  const model = core.openModel(tflite);
  const random = new Random(11);
  const answers: string[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const inputs = model.inputs.map(({ bytes }) => Uint8Array.from({ length: bytes }, () => random.below(256)));
    model.invokeByOperator(inputs, (_, operator, __, bytes) =>
      answers.push(`${operator} ${Buffer.from(bytes).toString('hex')}`),
    );
  }
  const { arenaBytes } = model;
  model.close();
  return { arenaBytes, answers };
}

const corpusFolder = 'test/firmware/corpus';
const corpus = readdirSync(corpusFolder)
  .filter((name) => name !== 'damaged_scales.tflite')
  .map((name) => join(corpusFolder, name));
const published = ['tflm', 'mlperf_tiny']
  .map((folder) => dataFolder('models', folder))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((path) => path.endsWith('.tflite'));

describe('a plan in the file', () => {
  it('keeps the file behind it as it was, and is read as the same model', () => {
    const tflite = zoo('conv1d', [75, 3]);
    const whole = plannedTflite(core, tflite);
    const added = whole.length - tflite.length;
    expect(added % 16).toBe(0);
    expect(added).toBeLessThan(300 + 4 * (readTflite(tflite).tensors.length * 2 + 20));
    expect(whole.subarray(added)).toEqual(tflite);
    expect(readTflite(whole)).toEqual({
      ...readTflite(tflite),
      bytes: whole.length,
      weightBytes: readTflite(tflite).weightBytes + 12 + 4 * readTflite(tflite).tensors.length,
      metadata: [...readTflite(tflite).metadata, 'OfflineMemoryAllocation'],
    });
    expect(plannedTflite(core, tflite)).toBe(whole);
    // A new plan takes the place of the one that was there.
    const again = readTflite(withMemoryPlan(whole, core.planModel(whole)));
    expect(again.metadata.filter((name) => name === 'OfflineMemoryAllocation')).toHaveLength(1);
  });

  it('needs no more memory than the board’s own, and gives the same bits', () => {
    const files = [
      ...Array.from({ length: 40 }, (_, i) => generated(i + 1)),
      zoo('conv1d', [75, 3]),
      zoo('conv2d', [49, 13, 1]),
      ...[...corpus, ...published].map((path) => new Uint8Array(readFileSync(path))),
    ];
    let ran = 0;
    for (const tflite of files) {
      let plain: Run;
      try {
        plain = run(tflite);
      } catch {
        continue; // nothing that a board runs
      }
      const planned = run(plannedTflite(core, tflite));
      expect(planned.answers).toEqual(plain.answers);
      expect(planned.arenaBytes).toBeLessThanOrEqual(plain.arenaBytes);
      ran++;
    }
    expect(ran).toBeGreaterThanOrEqual(40 + corpus.length);
  });

  it('may leave any tensor to the board', () => {
    const tflite = zoo('conv2d', [49, 13, 1]);
    const plain = run(tflite);
    const offsets = core.planModel(tflite);
    for (let every = 1; every <= 4; every++) {
      const some = offsets.map((offset, i) => (i % every === 0 ? -1 : offset));
      const { answers, arenaBytes } = run(withMemoryPlan(tflite, some));
      expect(answers).toEqual(plain.answers);
      expect(arenaBytes).toBeLessThanOrEqual(plain.arenaBytes);
    }
  });
});

describe('a false plan', () => {
  it('changes neither answers nor memory, whatever it says', () => {
    const random = new Random(7);
    for (const tflite of [zoo('conv2d', [49, 13, 1]), zoo('conv1d', [75, 3]), generated(5), generated(9)]) {
      const plain = run(tflite);
      const right = core.planModel(tflite);
      const plans = [
        right.map(() => 0),
        right.map((offset) => (offset < 0 ? 0 : offset)),
        right.map((offset) => (offset < 0 ? offset : offset + 4)),
        right.map((offset) => (offset < 0 ? offset : offset + (1 << 24))),
        right.map((offset) => (offset < 0 ? offset : 0x7ffffff0)),
        right.map(() => -0x80000000),
        ...Array.from({ length: 60 }, () =>
          right.map((offset) => (random.below(3) === 0 ? 16 * random.below(1 + random.below(500)) : offset)),
        ),
      ];
      for (const plan of plans) {
        const { answers, arenaBytes } = run(withMemoryPlan(tflite, plan));
        expect(answers).toEqual(plain.answers);
        expect(arenaBytes).toBeLessThanOrEqual(plain.arenaBytes);
      }
      // For another graph: too few, too many.
      expect(run(withMemoryPlan(tflite, right.subarray(1)))).toEqual(plain);
      expect(run(withMemoryPlan(tflite, Int32Array.of(...right, 0)))).toEqual(plain);
    }
  });

  it('whose metadata are damaged never leads outside of the file', () => {
    const tflite = generated(5);
    const whole = plannedTflite(core, tflite);
    const front = whole.length - tflite.length;
    const plain = run(tflite);
    let ran = 0;
    for (let at = 8; at < front; at++) {
      const damaged = whole.slice();
      damaged[at] ^= 1 << (at % 8);
      try {
        expect(run(damaged).answers).toEqual(plain.answers);
        ran++;
      } catch (error) {
        expect(error, `byte ${at}`).toMatchObject({ name: 'CoreError' });
      }
    }
    expect(ran).toBeGreaterThan(front / 4);
  });
});
