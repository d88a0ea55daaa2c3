/** Settings, rows and accidents that training must answer in one sentence, and be usable after. */
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  coreEngine,
  defaultAugmentationFor,
  tensorflowEngine,
  type LabelledRows,
  type TrainOptions,
} from '../../src/train';
import { everyKind, rowsForEveryKind } from './every-kind';
import { bundleWorker, toyMotion, toyOptions, toySpec } from './toy';

let script: string;
beforeAll(async () => {
  script = await bundleWorker();
});
afterAll(() => {
  rmSync(dirname(script), { recursive: true, force: true });
});

const sentence = expect.stringMatching(/^[A-Z][^\n]*\.$/) as string;
const refused = (code: string) => ({ name: 'TrainError', code, message: sentence, action: sentence });
const engines = [coreEngine({ workerScript: null }), tensorflowEngine({ plain: true })];
const spec = toySpec(48, 3);
const rows = toyMotion(40, 48, 3, 3);

describe.each(engines.map((engine) => [engine.id, engine] as const))('the %s engine refuses', (_, engine) => {
  const sparsity = { target: 0.5, fromEpoch: 1, toEpoch: 2 };
  it.each<Partial<TrainOptions>>([
    { optimiser: 'lion' as 'adam' },
    { momentum: 1 },
    { weightDecay: -1 },
    { labelSmoothing: 0.6 },
    { schedule: 'sometimes' as 'cosine' },
    { schedule: { step: 0, factor: 0.5 } },
    { schedule: { step: 1, factor: 2 } },
    { frozen: [99] },
    { frozen: spec.layers.map((_layer, index) => index) },
    { sparsity: { ...sparsity, target: 1 } },
    { sparsity: { ...sparsity, toEpoch: 4 } },
    { sparsity: { ...sparsity, fromEpoch: 3 } },
    { sparsity, masks: [] },
    { masks: [new Uint8Array(3)] },
    { masks: spec.layers.map(() => new Uint8Array(3)) },
    { augmentation: defaultAugmentationFor('image') },
    { augmentation: { kind: 'smell' } as unknown as TrainOptions['augmentation'] },
  ])('the settings %j', async (change) => {
    const failure = engine.train(spec, rows, undefined, { ...toyOptions, ...change });
    await expect(failure).rejects.toMatchObject(refused('bad-options'));
  });

  const cells = everyKind('cells');
  const values = everyKind('regression');
  const few = rowsForEveryKind(cells, 4, 1);
  const numbers = rowsForEveryKind(values, 4, 1);
  it.each<[string, typeof cells, LabelledRows, string]>([
    ['a label too few for the cells', cells, { ...few, y: few.y.slice(1) }, 'bad-rows'],
    ['background only', cells, { ...few, y: few.y.map(() => 0) }, 'one-class'],
    ['no values to learn', values, { ...numbers, targets: undefined }, 'bad-rows'],
    ['values to learn of another width', values, { ...numbers, targets: new Float32Array(7) }, 'bad-rows'],
    ['NaN among the values to learn', values, { ...numbers, targets: new Float32Array(16).fill(NaN) }, 'not-finite'],
    ['inputs that the model cannot answer', values, { ...numbers, targets: 'input' }, 'bad-rows'],
    ['a label below none', everyKind('oneVsRest'), { ...numbers, y: Int32Array.of(0, 1, -2, 2) }, 'bad-rows'],
  ])('%s', async (_name, model, data, code) => {
    await expect(engine.train(model, data, undefined, toyOptions)).rejects.toMatchObject(refused(code));
  });

  it('models that no spec can mean, and trains one that can afterwards', async () => {
    const broken = { ...spec, layers: [{ kind: 'dense', units: -1, activation: 'none' }] } as typeof spec;
    await expect(engine.train(broken, rows, undefined, toyOptions)).rejects.toMatchObject({ code: 'bad-spec' });
    const small = { ...spec, layers: spec.layers.slice(-2) };
    const flat = { ...small, layers: [{ kind: 'flatten' } as const, ...small.layers] };
    expect((await engine.train(flat, rows, undefined, { ...toyOptions, epochs: 1 })).stopped).toBe('finished');
  });
});

describe('a helping thread that dies in the middle of a batch', () => {
  it('fails the training in one sentence, and the next one goes well', async () => {
    const model = everyKind('classification');
    const data = rowsForEveryKind(model, 48, 1);
    const options = { ...toyOptions, batchSize: 24, threads: 2 };
    const dying = join(dirname(script), 'dying.mjs');
    const leads = `import { workerData } from 'node:worker_threads';
      if (workerData.role === 'help') setTimeout(() => process.exit(3), 50);
      else await import('./train-worker.mjs');`;
    writeFileSync(dying, leads);
    // The leader waits for its helper in the kernels, where no message reaches it.
    const engine = coreEngine({ workerScript: dying });
    await expect(engine.train(model, data, undefined, options)).rejects.toMatchObject(refused('worker-failed'));
    await engine.close();
    const sound = coreEngine({ workerScript: script });
    expect((await sound.train(model, data, undefined, options)).stopped).toBe('finished');
    await sound.close();
  });
});
