/** Fine-tuning as the int8 engine computes: what comes out of it, and what it keeps. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  balancedCalibration,
  fineTuneQuantised,
  foldBatchNorm,
  quantiseModel,
  runInt8,
  type FineTuneOptions,
} from '../../src/compress';
import { loadCore } from '../../src/core';
import { buildModel, type ModelWeights } from '../../src/model';
import { coreEngine, tensorflowEngine, type EpochReport } from '../../src/train';
import { unbalanced } from '../support/unbalanced';
import { simulatedForward } from './qat-forward';
import { bundleWorker, digestOf, toyClasses, toyMotion, toyOptions, toySpec } from '../train/toy';

const core = await loadCore();
const training = toyMotion(320, 32, 3, 11);
const held = toyMotion(200, 32, 3, 12);
const spec = toySpec(32, 3);
const options = { ...toyOptions, epochs: 12 };
const quantisation = balancedCalibration(training, toyClasses, 100, 1);
const engine = coreEngine({ workerScript: null });
let weights: ModelWeights;
let script: string;

beforeAll(async () => {
  ({ weights } = await engine.train(spec, training, undefined, options));
  script = await bundleWorker();
});
afterAll(async () => {
  await engine.close();
  rmSync(dirname(script), { recursive: true, force: true });
});

const tune = (changes: Partial<FineTuneOptions> = {}, from = { spec, weights }) =>
  fineTuneQuantised(engine, from.spec, from.weights, training, held, {
    core,
    quantisation,
    training: options,
    ...changes,
  });

describe('fineTuneQuantised', () => {
  it('writes the model that training simulated: the same rows are right', async () => {
    const epochs: EpochReport[] = [];
    const made = await tune({ onEpoch: (epoch) => epochs.push(epoch) });
    expect(made.history).toEqual(epochs);
    expect(made.history).toHaveLength(3);
    expect(made.stopped).toBe('finished');
    const last = made.history[made.history.length - 1];
    expect(made.watched.aware.accuracy).toBe(last.validationAccuracy);
    // The engine's probabilities come in 1/256ths, those of training do not.
    expect(Math.abs(made.watched.aware.loss - last.validationLoss)).toBeLessThan(0.01);
    expect(made.watched.count).toBe(held.count);
    expect(made.spec.layers.some(({ kind }) => kind === 'batchNorm' || kind === 'dropout')).toBe(false);
  });

  it('gives the same bytes as the int8 engine with weights that were trained, and fine-tuned', async () => {
    const tuned = await tune();
    for (const model of [{ spec, weights }, tuned]) {
      const body = { ...model.spec, layers: model.spec.layers.slice(0, -1) };
      const own = model.weights.slice(0, -1);
      const ours = simulatedForward(body, own, held.x, held.count, quantisation);
      const theirs = runInt8(core, quantiseModel(body, own, quantisation), held.x, held.count);
      expect(ours.int8).toEqual(theirs.int8);
    }
  });

  it('has plain int8 scores that are those of quantiseModel, and keeps its bytes where nothing gets better', async () => {
    const plain = quantiseModel(spec, weights, quantisation);
    const wrecked = await tune({ learningRate: 3, epochs: 1 });
    expect(wrecked.kept).toBe('plain');
    expect(wrecked.watched.aware.accuracy).toBeLessThan(wrecked.watched.plain.accuracy);
    expect(Buffer.from(wrecked.quantized.tflite).equals(Buffer.from(plain.tflite))).toBe(true);
    expect(wrecked.weights).toEqual(foldBatchNorm(spec, weights).weights);
  });

  it('wins back what int8 loses where channels differ much in size', async () => {
    const plain = buildModel({ kind: 'dense', size: 'small', inputShape: [96], classes: toyClasses });
    const trained = await engine.train(plain, training, undefined, { ...options, epochs: 20 });
    const from = { spec: plain, weights: unbalanced(plain, trained.weights, 9, 3) };
    const { kept, watched } = await tune({ epochs: 6 }, from);
    const lost = watched.float.accuracy - watched.plain.accuracy;
    expect(lost).toBeGreaterThan(0.1);
    expect(watched.float.accuracy - watched.aware.accuracy).toBeLessThan(lost / 8);
    expect(kept).toBe('aware');
  });

  it('gives the same bits from 1, 2 and 8 threads', async () => {
    const digests: string[] = [];
    for (const threads of [1, 2, 8]) {
      const workers = coreEngine({ workerScript: script });
      const made = await fineTuneQuantised(workers, spec, weights, training, held, {
        core,
        quantisation,
        training: { ...options, threads },
      });
      await workers.close();
      digests.push(`${digestOf(made.weights)} ${made.history.map(({ loss }) => loss).join()}`);
    }
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).toBe(digests[0]);
  });

  it('keeps the plain model when cancelled', async () => {
    const made = await tune({ signal: AbortSignal.abort() });
    expect(made).toMatchObject({ kept: 'plain', stopped: 'cancelled', history: [] });
    expect(made.watched.plain.accuracy).toBeGreaterThan(0.5);
  });

  it('keeps pruned values at zero', async () => {
    const mask = weights.map(({ kernel }) => kernel && Uint8Array.from(kernel, (_, i) => (i % 3 === 0 ? 0 : 1)));
    const pruned = weights.map((layer, index) => ({
      ...layer,
      ...(layer.kernel ? { kernel: layer.kernel.map((value, i) => (mask[index]?.[i] ? value : 0)) } : {}),
    }));
    const made = await tune({ training: { ...options, masks: mask } }, { spec, weights: pruned });
    const before = foldBatchNorm(spec, pruned).weights;
    before.forEach(({ kernel }, index) => {
      kernel?.forEach((value, i) => {
        if (value === 0) expect(made.weights[index].kernel?.[i]).toBe(0);
      });
    });
  });

  it('is refused by the TensorFlow.js engine in one sentence', async () => {
    const other = tensorflowEngine({ plain: true });
    await expect(
      fineTuneQuantised(other, spec, weights, training, held, { core, quantisation, training: options }),
    ).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/^TensorFlow\.js cannot/) as string,
    });
    await other.close();
  });
});
