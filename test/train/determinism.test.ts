/** The same seed and rows give the same weights to the bit: any number of threads, any machine. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  coreEngine,
  defaultAugmentationFor,
  type Augmentation,
  type TrainOptions,
  type TrainResult,
} from '../../src/train';
import { planProgram } from '../../src/train/plan';
import { everyKind, objectives, rowsForEveryKind } from './every-kind';
import { bundleWorker, digestOf, toyMotion, toyOptions, toySpec } from './toy';

let script: string;
beforeAll(async () => {
  script = await bundleWorker();
});
afterAll(() => {
  rmSync(dirname(script), { recursive: true, force: true });
});

const training = toyMotion(203, 64, 3, 11);
const validation = toyMotion(50, 64, 3, 12);
const spec = toySpec(64, 3);
/** Of its own, so that other defaults do not change what is pinned below. */
const augmentation: Augmentation = {
  kind: 'motion',
  jitter: 0.05,
  scale: 0.2,
  shift: 0.1,
  warp: 0.15,
  rotation: 0.5,
  offset: 0,
};

const summary = ({ weights, history }: TrainResult): string =>
  `${digestOf(weights)} ${history.map((epoch) => `${epoch.loss} ${epoch.validationLoss}`).join(' ')}`;

async function digest(threads: number, workerScript: string | null, seed = toyOptions.seed): Promise<string> {
  const engine = coreEngine({ workerScript });
  const options = { ...toyOptions, seed, threads, augmentation };
  const result = await engine.train(spec, training, validation, options);
  await engine.close();
  return summary(result);
}

describe('the same bits', () => {
  it('from 1, 2 and 8 threads, and without any worker', async () => {
    const here = await digest(1, null);
    for (const threads of [1, 2, 8]) expect(await digest(threads, script), `${threads} threads`).toBe(here);
  });

  it('in two runs, and others for another seed', async () => {
    const [first, second, other] = [await digest(2, script), await digest(2, script), await digest(2, script, 8)];
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  // Made on x86-64. If a machine disagrees, its arithmetic differs (or the training changed: then pin the new one).
  it('as on every other machine', async () => {
    expect((await digest(1, null)).split(' ')[0]).toBe('f54e3d666e623c17');
  });

  const settings: Partial<TrainOptions>[] = [
    { optimiser: 'adamw', schedule: 'cosine', labelSmoothing: 0.1, augmentation: defaultAugmentationFor('image') },
    { optimiser: 'sgd', momentum: 0.9, classWeights: [0.5, 1, 2], schedule: { step: 1, factor: 0.5 } },
    { augmentation: defaultAugmentationFor('spectrogram'), sparsity: { target: 0.6, fromEpoch: 1, toEpoch: 2 } },
    { optimiser: 'adam', frozen: [1, 2], augmentation: { ...augmentation, offset: 0.1 } },
  ];
  it.each(objectives.map((objective, i) => [objective, settings[i]] as const))(
    'of every kind of layer, learning %s with %j',
    async (objective, more) => {
      const all = everyKind(objective);
      const [rows, held] = [rowsForEveryKind(all, 45, 1), rowsForEveryKind(all, 10, 2)];
      const options = { ...toyOptions, epochs: 2, batchSize: 24, ...more };
      const { shards } = planProgram({ spec: all, batch: 24, threads: 8, training: rows, validation: held, base: 0 });
      expect(shards).toBe(8);
      const run = async (threads: number, workerScript: string | null) => {
        const engine = coreEngine({ workerScript });
        const result = await engine.train(all, rows, held, { ...options, threads });
        await engine.close();
        return summary(result);
      };
      const here = await run(1, null);
      for (const threads of [2, 8]) expect(await run(threads, script), `${threads} threads`).toBe(here);
    },
  );
});
