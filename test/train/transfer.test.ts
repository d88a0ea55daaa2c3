/**
 * Teaching a new head on a trained trunk, then the trunk's last layers: one history, frozen numbers untouched, the gain
 * on few rows, and a cancelled transfer that goes on to the same bits.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { buildModel, transferModel, type ModelWeights, type TransferModel } from '../../src/model';
import { coreEngine, TrainError, transferTraining, type LabelledRows, type TransferOptions } from '../../src/train';
import { digestOf, toyOptions } from './toy';

const frames = 48;
const axes = 3;

/** A wave of slopes only: no sin, whose last bit differs between machines. */
const triangle = (phase: number) => Math.abs((phase % 2) - 1) * 2 - 1;

/** Waves of several speeds, loudest on one axis, in much noise; each pair of speed and axis is a label. */
function waves(count: number, speeds: readonly number[], seed: number): LabelledRows {
  const random = new Random(seed);
  const classes = speeds.length * axes;
  const x = new Float32Array(count * frames * axes);
  const y = Int32Array.from({ length: count }, (_, row) => row % classes);
  for (let row = 0; row < count; row++) {
    const speed = speeds[y[row] % speeds.length];
    const loudest = Math.floor(y[row] / speeds.length);
    const start = random.uniform() * 2;
    for (let t = 0; t < frames; t++)
      for (let a = 0; a < axes; a++)
        x[(row * frames + t) * axes + a] =
          (a === loudest ? 1 : 0.5) * triangle(start + t * speed) + 0.35 * random.normal();
  }
  return { count, x, y };
}

function accuracy(answers: Float32Array, y: Int32Array): number {
  const classes = answers.length / y.length;
  const right = y.filter((label, row) => {
    const own = answers.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / y.length;
}

const engine = coreEngine({ workerScript: null });
const known = [0.05, 0.12, 0.2, 0.3];
const fresh = [0.08, 0.25];
const classes = fresh.length * axes;
/** Four rows of each new label. */
const few = waves(4 * classes, fresh, 21);
const many = waves(600, fresh, 22);
const ordinary = { ...toyOptions, leastSteps: 4, resume: undefined };
const options: TransferOptions = { ...ordinary, epochs: 20, fineTuneEpochs: 10 };

describe('a trunk that knows other waves', () => {
  let trunk: { spec: ReturnType<typeof buildModel>; weights: ModelWeights };
  let model: TransferModel;

  beforeAll(async () => {
    const spec = buildModel({
      kind: 'conv1d',
      size: 'medium',
      inputShape: [frames, axes],
      classes: known.length * axes,
    });
    const { weights } = await engine.train(spec, waves(1200, known, 20), undefined, { ...toyOptions, epochs: 15 });
    trunk = { spec, weights };
    model = transferModel({ trunk, classes, inputShape: [frames, axes] });
  });

  it('helps where there are few rows', async () => {
    const scores = { scratch: 0, transfer: 0 };
    const seeds = [1, 2, 3];
    for (const seed of seeds) {
      const scratchSpec = buildModel({ kind: 'conv1d', size: 'medium', inputShape: [frames, axes], classes });
      const scratch = await engine.train(scratchSpec, few, undefined, { ...ordinary, epochs: 30, seed });
      const answers = await engine.predict(scratchSpec, scratch.weights, many.x, many.count);
      scores.scratch += accuracy(answers, many.y) / seeds.length;
      const taught = await transferTraining(engine, model, few, undefined, { ...options, seed });
      const better = await engine.predict(model.spec, taught.weights, many.x, many.count);
      scores.transfer += accuracy(better, many.y) / seeds.length;
    }
    expect(scores.transfer).toBeGreaterThan(scores.scratch + 0.2);
    expect(scores.transfer).toBeGreaterThan(0.7);
  });

  it('comes back with one history, counted on', async () => {
    const heard: number[] = [];
    const done: (number | undefined)[] = [];
    const result = await transferTraining(engine, model, few, many, {
      ...options,
      epochs: 3,
      fineTuneEpochs: 2,
      onEpoch: ({ epoch, epochs }) => heard.push(epoch, epochs),
      onProgress: (progress) => done.push(progress.done, progress.total),
    });
    expect(result.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
    expect(heard).toEqual([1, 5, 2, 5, 3, 5, 4, 5, 5, 5]);
    expect(done).toEqual(heard);
    expect(result).toMatchObject({ headEpochs: 3, bestEpoch: 5, stopped: 'finished' });
  });

  it('leaves frozen numbers alone: all in the first stage, all but the last in the second', async () => {
    const head = await transferTraining(engine, model, few, undefined, { ...options, epochs: 2, fineTuneEpochs: 0 });
    for (const layer of model.frozen) expect(head.weights[layer]).toEqual(model.weights[layer]);
    expect(head.weights.at(-2)).not.toEqual(model.weights.at(-2));
    const fine = await transferTraining(engine, model, few, undefined, { ...options, epochs: 1, unfreeze: 1 });
    for (const layer of model.frozen.slice(0, -1)) expect(fine.weights[layer]).toEqual(model.weights[layer]);
    const last = model.frozen[model.frozen.length - 1];
    expect(fine.weights[last]).not.toEqual(model.weights[last]);
  });

  it('with patience, keeps the better of the two stages', async () => {
    const result = await transferTraining(engine, model, few, many, { ...options, epochs: 4, patience: 4 });
    const best = result.history[result.bestEpoch - 1];
    expect(best.validationLoss).toBe(Math.min(...result.history.map(({ validationLoss }) => validationLoss)));
  });

  it.each([2, 7])('cancelled after epoch %d and resumed, ends in the same bits', async (stopAt) => {
    const short: TransferOptions = { ...options, epochs: 5, fineTuneEpochs: 4 };
    const whole = await transferTraining(engine, model, few, undefined, short);
    const stop = new AbortController();
    const first = await transferTraining(engine, model, few, undefined, {
      ...short,
      signal: stop.signal,
      onEpoch: ({ epoch }) => {
        if (epoch === stopAt) stop.abort();
      },
    });
    expect(first.stopped).toBe('cancelled');
    const second = await transferTraining(engine, model, few, undefined, { ...short, resume: first.checkpoint });
    expect(second.stopped).toBe('finished');
    expect(second.history.map(({ epoch }) => epoch)).toEqual(whole.history.map(({ epoch }) => epoch));
    expect(digestOf(second.weights)).toBe(digestOf(whole.weights));
  });

  it('refuses to unfreeze more than there is', async () => {
    await expect(transferTraining(engine, model, few, undefined, { ...options, unfreeze: 99 })).rejects.toThrow(
      'number of layers to unfreeze is 99',
    );
    await expect(transferTraining(engine, model, few, undefined, { ...options, fineTuneEpochs: -1 })).rejects.toThrow(
      TrainError,
    );
  });
});
