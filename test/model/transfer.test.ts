/** Cutting a trained model and putting a new head on: which layers stay, whose numbers they hold, and what is refused. */
import { describe, expect, it } from 'vitest';
import {
  buildModel,
  decide,
  decideRows,
  initialWeights,
  ModelError,
  modelInput,
  noLabel,
  resolveModel,
  shapesOf,
  transferModel,
  type ModelSpec,
} from '../../src/model';

const trunkOf = (spec: ModelSpec) => ({ spec, weights: initialWeights(spec, 5) });

describe('transferModel', () => {
  it('keeps everything before the last dense layer, with names and numbers, and nothing behind', () => {
    const trunk = trunkOf(buildModel({ kind: 'mobilenetv1', size: 'small', inputShape: [96, 96, 1], classes: 10 }));
    const { spec, weights, frozen } = transferModel({ trunk, classes: 3, inputShape: [96, 96, 1] });
    const kept = trunk.spec.layers.length - 2;
    expect(spec.layers.slice(0, kept)).toEqual(trunk.spec.layers.slice(0, kept));
    expect(spec.layers.slice(kept).map(({ kind }) => kind)).toEqual(['dense', 'softmax']);
    expect(shapesOf(spec).at(-1)).toEqual([3]);
    expect(weights.slice(0, kept)).toEqual(trunk.weights.slice(0, kept));
    expect(frozen).toEqual(spec.layers.flatMap((layer, at) => (at < kept && 'name' in layer ? [at] : [])));
  });

  it('copies the numbers, so that teaching the one leaves the other alone', () => {
    const trunk = trunkOf(buildModel({ kind: 'conv1d', size: 'small', inputShape: [62, 3], classes: 4 }));
    const { weights } = transferModel({ trunk, classes: 2 });
    (weights[0].kernel as Float32Array).fill(7);
    expect(trunk.weights[0].kernel).toEqual(initialWeights(trunk.spec, 5)[0].kernel);
  });

  it('cut earlier, pools what is left of a picture or of time', () => {
    const trunk = trunkOf(buildModel({ kind: 'mobilenetv1', size: 'small', inputShape: [96, 96, 1], classes: 10 }));
    const cut = trunk.spec.layers.findIndex(({ name }) => name === 'conv_pw_5_bn');
    const { spec } = transferModel({ trunk, cut, classes: 3, head: 'oneVsRest' });
    expect(spec.layers.slice(cut + 1).map(({ kind }) => kind)).toEqual([
      'globalAveragePool',
      'dropout',
      'dense',
      'sigmoid',
    ]);
    const wave = trunkOf(buildModel({ kind: 'conv1d', size: 'medium', inputShape: [62, 3], classes: 4 }));
    expect(shapesOf(transferModel({ trunk: wave, cut: 1, classes: 1, head: 'regression' }).spec).at(-1)).toEqual([1]);
  });

  it('leaves out branches that do not lead to the cut', () => {
    const trunk = trunkOf(buildModel({ kind: 'resnet8', size: 'small', inputShape: [32, 32, 3], classes: 10 }));
    const cut = trunk.spec.layers.findIndex(({ name }) => name === 'stack_2_shortcut');
    const { spec, weights, frozen } = transferModel({ trunk, cut, classes: 2 });
    const names = spec.layers.map(({ name }) => name);
    expect(names).toContain('stack_1_add');
    expect(names).not.toContain('stack_2_conv_1');
    const read = new Set(resolveModel(spec).flatMap(({ inputs }) => inputs));
    expect(spec.layers.every((_, at) => read.has(at) || at === spec.layers.length - 1)).toBe(true);
    expect(read.has(modelInput)).toBe(true);
    expect(weights[Math.max(...frozen)].kernel).toEqual(trunk.weights[cut].kernel);
  });

  it('takes the trunk of a detector, too', () => {
    const trunk = trunkOf(buildModel({ kind: 'fomo', size: 'small', inputShape: [96, 96, 1], classes: 2 }));
    const { spec } = transferModel({ trunk, classes: 4 });
    expect(spec.layers.map(({ name }) => name)).not.toContain('cells');
    expect(shapesOf(spec).at(-1)).toEqual([4]);
  });

  const trunk = trunkOf(buildModel({ kind: 'conv1d', size: 'small', inputShape: [62, 3], classes: 4 }));
  const single: ModelSpec = { version: 1, input: [3], layers: [{ kind: 'dense', units: 2, activation: 'none' }] };
  it.each<[string, Parameters<typeof transferModel>[0], string]>([
    [
      'rows of another shape',
      { trunk, classes: 3, inputShape: [124, 3] },
      'The trained model reads rows of [62, 3], but the impulse makes [124, 3].',
    ],
    ['a cut behind the end', { trunk, classes: 3, cut: 40 }, 'cannot be cut after layer 41'],
    ['a cut before the beginning', { trunk, classes: 3, cut: -1 }, 'cannot be cut after layer 0'],
    ['a cut at the answers', { trunk, classes: 3, cut: trunk.spec.layers.length - 1 }, 'the last must go'],
    ['one label', { trunk, classes: 1 }, '2 to 1000 labels'],
    ['numbers of another model', { trunk: { ...trunk, weights: trunk.weights.slice(1) }, classes: 3 }, 'weights'],
    ['a model of one layer', { trunk: trunkOf(single), classes: 3 }, 'no layers before its last one'],
  ])('refuses %s', (_, choice, sentence) => {
    let failure: unknown;
    try {
      transferModel(choice);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ModelError);
    expect((failure as ModelError).message).toContain(sentence);
    expect((failure as ModelError).action).toMatch(/^[A-Z].*\.$/);
  });
});

describe('decide', () => {
  it.each([
    [[0.2, 0.7, 0.6], 0.5, 1],
    [[0.2, 0.4, 0.3], 0.5, noLabel],
    [[0.5, 0.2], 0.5, 0],
    [[0.6, 0.6], 0.5, 0],
    [[NaN, 0.9], 0.5, 1],
    [[NaN, NaN], 0, noLabel],
    [[], 0.5, noLabel],
  ])('of %j at %d is %d', (answers, threshold, label) => {
    expect(decide(answers, threshold)).toBe(label);
  });

  it('goes row by row', () => {
    expect([...decideRows(Float32Array.of(0.9, 0.1, 0.3, 0.2, 0.1, 0.8), 2, 0.5)]).toEqual([0, noLabel, 1]);
  });
});
