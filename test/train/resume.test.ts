/** A training that is cancelled and goes on ends in the very bits of one that was not; and nothing else goes on from its checkpoint. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../src/model';
import {
  coreEngine,
  defaultAugmentationFor,
  tensorflowEngine,
  type TrainOptions,
  type TrainResult,
} from '../../src/train';
import { everyKind, objectives, rowsForEveryKind } from './every-kind';
import { bundleWorker, digestOf, toyMotion, toyOptions, toySpec } from './toy';

let script: string;
beforeAll(async () => {
  script = await bundleWorker();
});
afterAll(() => {
  rmSync(dirname(script), { recursive: true, force: true });
});

const digest = ({ weights, history, bestEpoch, stopped }: TrainResult): string =>
  JSON.stringify([
    digestOf(weights),
    history.map(({ loss, accuracy, validationLoss, epoch }) => [epoch, loss, accuracy, validationLoss]),
    bestEpoch,
    stopped,
  ]);

const settings: Partial<TrainOptions>[] = [
  { optimiser: 'adamw', schedule: 'cosine', patience: 3, augmentation: defaultAugmentationFor('image') },
  { optimiser: 'sgd', momentum: 0.9, leastSteps: 5 },
  { augmentation: defaultAugmentationFor('spectrogram'), sparsity: { target: 0.6, fromEpoch: 1, toEpoch: 3 } },
  { frozen: [1, 2], patience: 2, classWeights: undefined },
];

/** Cancels when the engine gives way for the nth time: within epochs, in the middle of scoring, anywhere. */
function afterTurns(turns: number): AbortSignal {
  const stop = new AbortController();
  let left = turns;
  const tick = () => (left-- > 0 ? void setImmediate(tick) : stop.abort());
  setImmediate(tick);
  return stop.signal;
}

describe('a training that is cancelled and goes on', () => {
  it.each(objectives.map((objective, i) => [objective, settings[i]] as const))(
    'gives the bits of one that was not: %s with %j',
    async (objective, more) => {
      const engine = coreEngine({ workerScript: null });
      const spec = everyKind(objective);
      const [rows, held] = [rowsForEveryKind(spec, 20, 1), rowsForEveryKind(spec, 9, 2)];
      const options: TrainOptions = { ...toyOptions, epochs: 4, batchSize: 8, ...more };
      const whole = digest(await engine.train(spec, rows, held, options));
      const places = new Set<string>();
      for (const turns of [0, 1, 3, 5]) {
        let result = await engine.train(spec, rows, held, { ...options, signal: afterTurns(turns) });
        let pieces = 1;
        for (; result.stopped === 'cancelled'; pieces++) {
          // As plain data, the way it would travel to a file or another process and back.
          const resume = structuredClone(result.checkpoint);
          places.add(String(result.history.length));
          result = await engine.train(spec, rows, held, { ...options, resume, signal: afterTurns(turns + pieces) });
        }
        expect(pieces).toBeGreaterThan(1);
        expect(result.checkpoint).toBeUndefined();
        expect(digest(result)).toBe(whole);
      }
      expect(places.size).toBeGreaterThan(1);
    },
  );

  it('does so in workers, at another number of threads', async () => {
    const engine = coreEngine({ workerScript: script });
    const spec = toySpec(48, 3);
    const rows = toyMotion(120, 48, 3, 3);
    const options = { ...toyOptions, epochs: 30, augmentation: defaultAugmentationFor('motion') };
    const whole = digest(await engine.train(spec, rows, undefined, { ...options, threads: 1 }));
    const stop = new AbortController();
    const onEpoch = () => stop.abort();
    const part = await engine.train(spec, rows, undefined, { ...options, threads: 2, signal: stop.signal, onEpoch });
    expect(part.stopped).toBe('cancelled');
    const rest = await engine.train(spec, rows, undefined, { ...options, threads: 2, resume: part.checkpoint });
    expect(digest(rest)).toBe(whole);
    await engine.close();
  });
});

describe('a checkpoint', () => {
  const spec = toySpec(48, 3);
  const rows = toyMotion(60, 48, 3, 3);
  const cancelled = (engine = coreEngine({ workerScript: null })) =>
    engine.train(spec, rows, undefined, { ...toyOptions, signal: AbortSignal.abort() });

  it('is there before the first step, too', async () => {
    const { checkpoint, bestEpoch, history } = await cancelled();
    expect([bestEpoch, history.length]).toEqual([0, 0]);
    const engine = coreEngine({ workerScript: null });
    const whole = digest(await engine.train(spec, rows, undefined, toyOptions));
    expect(digest(await engine.train(spec, rows, undefined, { ...toyOptions, resume: checkpoint }))).toBe(whole);
  });

  it('of another model, other rows or other batches is refused in one sentence', async () => {
    const { checkpoint: resume } = await cancelled();
    const engine = coreEngine({ workerScript: script });
    const other: ModelSpec = { ...spec, layers: spec.layers.filter(({ kind }) => kind !== 'dropout') };
    const refused = { code: 'bad-options', message: expect.stringMatching(/^[A-Z][^\n]*\.$/) as string };
    await expect(engine.train(other, rows, undefined, { ...toyOptions, resume })).rejects.toMatchObject(refused);
    const more = engine.train(spec, toyMotion(61, 48, 3, 3), undefined, { ...toyOptions, resume });
    await expect(more).rejects.toMatchObject(refused);
    await expect(engine.train(spec, rows, undefined, { ...toyOptions, batchSize: 20, resume })).rejects.toMatchObject(
      refused,
    );
    const nonsense = { version: 1, engine: 'core', state: { epoch: 7 } } as const;
    await expect(engine.train(spec, rows, undefined, { ...toyOptions, resume: nonsense })).rejects.toMatchObject(
      refused,
    );
    const tensorflow = tensorflowEngine({ plain: true }).train(spec, rows, undefined, { ...toyOptions, resume });
    await expect(tensorflow).rejects.toMatchObject({ code: 'unsupported' });
  });
});
