/** Every model of the zoo, end to end, against TensorFlow.js: gradients, and the losses of ten steps. */
import { afterAll, describe, expect, it } from 'vitest';
import { buildModel, type ModelChoice, type ModelSpec } from '../../src/model';
import { coreEngine, tensorflowEngine, type LabelledRows, type TrainOptions } from '../../src/train';
import { expectSameGradients, gradientDifference } from './compare';
import { randomRows, randomWeights } from './random-specs';

const core = coreEngine({ workerScript: null });
const oracle = tensorflowEngine({ plain: true });
afterAll(async () => {
  await core.close();
  await oracle.close();
});

/** Small inputs, for the oracle's sake. */
const choices: ModelChoice[] = [
  { kind: 'dense', size: 'small', inputShape: [33], classes: 3 },
  { kind: 'dense', size: 'medium', inputShape: [33], classes: 3, head: 'oneVsRest' },
  { kind: 'dense', size: 'large', inputShape: [33], classes: 3, head: 'regression' },
  { kind: 'conv1d', size: 'small', inputShape: [24, 3], classes: 3 },
  { kind: 'conv1d', size: 'medium', inputShape: [24, 3], classes: 3, head: 'oneVsRest' },
  { kind: 'conv1d', size: 'large', inputShape: [16, 3], classes: 3 },
  { kind: 'conv2d', size: 'small', inputShape: [12, 10], classes: 3 },
  { kind: 'conv2d', size: 'medium', inputShape: [10, 8], classes: 3, head: 'regression' },
  { kind: 'conv2d', size: 'large', inputShape: [8, 6, 1], classes: 3 },
  { kind: 'dscnn', size: 'small', inputShape: [10, 6], classes: 3 },
  { kind: 'mobilenetv1', size: 'small', inputShape: [48, 48, 1], classes: 3, alpha: 0.1 },
  { kind: 'mobilenetv2', size: 'small', inputShape: [48, 48, 1], classes: 3, alpha: 0.05 },
  { kind: 'resnet8', size: 'small', inputShape: [8, 8, 3], classes: 3 },
  { kind: 'autoencoder', size: 'small', inputShape: [40], classes: 1 },
  { kind: 'autoencoder', size: 'medium', inputShape: [10, 4], classes: 1 },
  { kind: 'fomo', size: 'small', inputShape: [16, 16, 3], classes: 3, alpha: 0.1 },
];

/** What is dropped differs between the engines, so nothing is. */
function wholeModel(choice: ModelChoice): ModelSpec {
  const spec = buildModel(choice);
  return { ...spec, layers: spec.layers.map((layer) => (layer.kind === 'dropout' ? { ...layer, rate: 0 } : layer)) };
}

/** Few rows and pixels make batch norm divide by next to nothing, in 27 layers one behind the other: MobileNets get more. */
function rowsFor(spec: ModelSpec, { kind }: ModelChoice): LabelledRows {
  const rows = randomRows(spec, kind.startsWith('mobilenet') ? 8 : 4, 4);
  return kind === 'autoencoder' ? { ...rows, targets: 'input' } : rows;
}

describe('the zoo against TensorFlow.js', () => {
  it.each(choices)('has the gradients of $kind $size $inputShape', async (choice) => {
    const spec = wholeModel(choice);
    const rows = rowsFor(spec, choice);
    const weights = randomWeights(spec, 3);
    const [ours, theirs] = [await core.gradients(spec, weights, rows), await oracle.gradients(spec, weights, rows)];
    expectSameGradients(gradientDifference(ours.gradients, theirs.gradients), choice.kind);
    expect(Math.abs(ours.loss - theirs.loss)).toBeLessThan(1e-4 * Math.max(1, theirs.loss));
  });

  // One size of each: the others are the same layers, wider.
  const kinds = new Set(choices.map(({ kind }) => kind));
  const first = [...kinds].map((kind) => choices.find((choice) => choice.kind === kind) as ModelChoice);
  it.each(first)('has the losses of ten steps of $kind', async (choice) => {
    const deep = choice.kind.startsWith('mobilenet');
    const spec = wholeModel(deep ? { ...choice, inputShape: [32, 32, 1] } : choice);
    const rows = randomRows(spec, 4, 4);
    const options: TrainOptions = {
      epochs: 10,
      batchSize: 4,
      optimiser: 'sgd',
      // A fresh MobileNet's loss is so steep that any larger step lands anywhere: gradients have norms of hundreds.
      learningRate: deep ? 1e-7 : 1e-3,
      seed: 1,
      threads: 1,
      patience: 0,
      leastSteps: 1,
      initial: randomWeights(spec, 3),
    };
    const [ours, theirs] = [
      await core.train(spec, rows, undefined, options),
      await oracle.train(spec, rows, undefined, options),
    ];
    const losses = ours.history.map(({ loss }) => loss);
    losses.forEach((loss, i) => {
      expect(Math.abs(loss - theirs.history[i].loss)).toBeLessThan(1e-4 * Math.max(1, loss));
    });
    expect(losses[0] - losses[9]).toBeGreaterThan(1e-3);
  });
});
