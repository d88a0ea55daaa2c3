/** The same seed and rows give the same weights to the bit: any number of threads, any machine. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coreEngine, type Augmentation } from '../../src/train';
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

async function digest(threads: number, workerScript: string | null, seed = toyOptions.seed): Promise<string> {
  const engine = coreEngine({ workerScript });
  const result = await engine.train(spec, training, validation, {
    ...toyOptions,
    seed,
    threads,
    augmentation,
  });
  await engine.close();
  return `${digestOf(result.weights)} ${result.history.map((epoch) => `${epoch.loss} ${epoch.validationLoss}`).join(' ')}`;
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
    expect((await digest(1, null)).split(' ')[0]).toBe('6c5d1e45bb180715');
  });
});
