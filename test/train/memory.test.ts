/** What a training will take of memory, as its plan says before anything runs, and what is refused. */
import { describe, expect, it } from 'vitest';
import { buildModel, initialWeights, product, shapesOf } from '../../src/model';
import { coreEngine } from '../../src/train';
import { reserveMemory } from '../../src/train/machine';
import { planProgram } from '../../src/train/plan';

const mebi = 2 ** 20;
const spec = buildModel({ kind: 'mobilenetv1', size: 'small', alpha: 0.25, inputShape: [96, 96, 1], classes: 10 });
const request = { spec, batch: 32, threads: 2, validation: { count: 0 }, base: 0 };
const plan = planProgram({ ...request, training: { count: 2000 } });
const rowBytes = 2000 * 96 * 96 * 4;
/** All outputs of one batch. */
const outputBytes = shapesOf(spec).reduce((sum, shape) => sum + product(shape) * 32 * 4, 0);

describe('the plan of a MobileNet on 2,000 images of 96x96', () => {
  it('holds the rows once and needs little beside them', () => {
    expect(plan.bytes).toBeGreaterThan(rowBytes + outputBytes);
    expect(plan.bytes).toBeLessThan(rowBytes + 1.5 * outputBytes + 40 * mebi);
    expect(plan.bytes).toBeLessThan(200 * mebi);
  });

  it('has gradients make room for others: far less than one of each output', () => {
    const starts = new Set(plan.ops.map((op) => op['dy']).filter((at) => at !== 0));
    expect(starts.size).toBeLessThan(plan.ops.length / 2);
  });

  it('is much smaller where only answers are asked for', () => {
    const training = planProgram({ ...request, threads: 1, training: { count: 32 } });
    const answers = planProgram({ ...request, threads: 1, training: { count: 32 }, answersOnly: true });
    expect(answers.bytes).toBeLessThan(training.bytes / 2);
    expect(answers.ops.every((op) => !op['dy'])).toBe(true);
  });

  it('has no gradients of what is frozen', () => {
    const head = spec.layers.length - 2;
    const frozen = spec.layers.map((_, index) => index).filter((index) => index < head);
    const partial = planProgram({ ...request, training: { count: 2000 }, frozen });
    expect(partial.bytes).toBeLessThan(rowBytes + outputBytes + 40 * mebi);
    expect(partial.ops.filter((op) => op['dy']).length).toBeLessThan(5);
  });
});

describe('answers of many rows', () => {
  it('are the same one by one, with residual branches and memory used again', async () => {
    const residual = buildModel({ kind: 'resnet8', size: 'small', inputShape: [12, 12, 2], classes: 4 });
    const weights = initialWeights(residual, 3);
    const width = 12 * 12 * 2;
    const x = Float32Array.from({ length: 70 * width }, (_, i) => Math.fround(((i * 7919) % 1000) / 500 - 1));
    const engine = coreEngine({ workerScript: null });
    const all = await engine.predict(residual, weights, x, 70);
    for (const row of [0, 33, 69]) {
      const one = await engine.predict(residual, weights, x.subarray(row * width, (row + 1) * width), 1);
      expect([...one]).toEqual([...all.subarray(row * 4, row * 4 + 4)]);
    }
    await engine.close();
  });
});

describe('more than can be addressed', () => {
  it('is refused in one sentence, before anything is copied', () => {
    const huge = planProgram({ ...request, training: { count: 60_000 } });
    expect(huge.bytes).toBeGreaterThan(2 ** 31);
    expect(() => reserveMemory(huge.bytes)).toThrow(/^Training would need \d+ MiB of memory/);
  });
});
