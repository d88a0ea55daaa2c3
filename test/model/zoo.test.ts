/**
 * The zoo: every kind and size for every shape it suits, its sentences, what it refuses, and that the published
 * networks have the published sizes.
 */
import { describe, expect, it } from 'vitest';
import {
  buildModel,
  macsOf,
  modelAdvice,
  ModelError,
  modelKindsFor,
  parameterCount,
  shapesOf,
  suggestModel,
  type ModelChoice,
  type ModelKind,
  type ModelSize,
} from '../../src/model';

const sizes: readonly ModelSize[] = ['small', 'medium', 'large'];
const kinds = Object.keys(modelAdvice) as ModelKind[];
const of = (kind: ModelKind, size: ModelSize, inputShape: readonly number[], classes: number, rest = {}) =>
  buildModel({ kind, size, inputShape, classes, ...rest });
const millions = (value: number) => value / 1e6;

describe('MobileNet v1', () => {
  const model = (alpha: number, side = 224, channels = 3, classes = 1000) =>
    of('mobilenetv1', 'large', [side, side, channels], classes, { alpha });

  // tf.keras.applications.MobileNet(alpha=..., classes=1000), count_params() (Keras 3, TensorFlow 2.21).
  it.each([
    [1, 4_253_864],
    [0.75, 2_601_976],
    [0.5, 1_342_536],
    [0.25, 475_544],
    [0.2, 347_259],
    [0.1, 142_881],
  ])('of width %d holds as many numbers as Keras', (alpha, parameters) => {
    expect(parameterCount(model(alpha))).toBe(parameters);
  });

  // Howard et al. 2017, tables 6 and 7, "million mult-adds" and "million parameters". Their last digit is sometimes
  // rounded (568.7 -> 569) and sometimes cut (290.7 -> 290), so both are allowed.
  it.each([
    [1, 224, 569, 4.2],
    [0.75, 224, 325, 2.6],
    [0.5, 224, 149, 1.3],
    [0.25, 224, 41, 0.5],
    [1, 192, 418, 4.2],
    [1, 160, 290, 4.2],
    [1, 128, 186, 4.2],
  ])('of width %d at %d pixels costs what the paper says', (alpha, side, macs, parameters) => {
    const counted = millions(macsOf(model(alpha, side)));
    expect([Math.round(counted), Math.floor(counted)]).toContain(macs);
    expect(Math.abs(millions(parameterCount(model(alpha, side))) - parameters)).toBeLessThan(0.06);
  });

  it('sees gray pictures of 96 pixels, as Keras builds it for two classes', () => {
    expect(parameterCount(of('mobilenetv1', 'medium', [96, 96, 1], 2))).toBe(218_914);
    expect(macsOf(of('mobilenetv1', 'medium', [96, 96, 1], 2))).toBe(7_157_888);
  });

  it.each([96, 128, 160, 192, 224])('ends in a thirty-second of %d pixels', (side) => {
    const shapes = shapesOf(model(0.25, side, 1, 3));
    expect(shapes.find((_, at) => shapes[at + 1].length === 1)).toEqual([side / 32, side / 32, 256]);
  });
});

describe('MobileNet v2', () => {
  // tf.keras.applications.MobileNetV2(alpha=..., classes=1000), count_params(); millions of multiply-adds from Sandler et
  // al. 2018 (table 4) and its authors' list of checkpoints, which has none of width 0.1.
  it.each([
    [1.4, 6_156_712, 582],
    [1, 3_538_984, 300],
    [0.75, 2_663_064, 209],
    [0.5, 1_987_224, 97],
    [0.35, 1_691_208, 59],
    [0.1, 1_374_312, undefined],
  ])('of width %d is Keras', (alpha, parameters, macs) => {
    const model = of('mobilenetv2', 'large', [224, 224, 3], 1000, { alpha });
    expect(parameterCount(model)).toBe(parameters);
    const counted = millions(macsOf(model));
    if (macs) expect([Math.round(counted), Math.floor(counted)]).toContain(macs);
  });

  it('begins fomo: the trunk up to block_6_expand_relu as Keras builds it at width 0.35, and two 1x1 convolutions', () => {
    const model = of('fomo', 'medium', [96, 96, 3], 3);
    expect(shapesOf(model).at(-1)).toEqual([12, 12, 3]);
    expect(parameterCount(model)).toBe(17_584 + (96 * 32 + 32) + (32 * 3 + 3));
    const wide = of('fomo', 'medium', [96, 96, 3], 3, { cell: 16 });
    expect(shapesOf(wide).at(-1)).toEqual([6, 6, 3]);
    expect(parameterCount(wide)).toBe(98_512 + (192 * 32 + 32) + (32 * 3 + 3));
    expect(shapesOf(of('fomo', 'small', [96, 96, 1], 2, { cell: 4 })).at(-1)).toEqual([24, 24, 2]);
  });
});

describe('MLPerf Tiny', () => {
  // mlcommons/tiny, keyword_spotting: 24,908 numbers, of which 9 x 64 biases in front of a norm, which ours leaves out.
  it('DS-CNN small on 49 x 10 is its keyword network', () => {
    const model = of('dscnn', 'small', [49, 10], 12);
    expect(macsOf(model)).toBe(2_656_768);
    expect(parameterCount(model)).toBe(24_908 - 9 * 64);
    expect(parameterCount(of('dscnn', 'small', [49, 10, 1], 12))).toBe(parameterCount(model));
  });

  // Zhang et al. 2017, table of the found networks: 5.4, 19.8 and 56.9 million operations, two a multiply-add, biases
  // and norms counted too.
  it.each([
    ['small', 5.4],
    ['medium', 19.8],
    ['large', 56.9],
  ] as const)('DS-CNN %s costs what the paper says, %d million operations', (size, operations) => {
    const counted = (2 * macsOf(of('dscnn', size, [49, 10], 12))) / 1e6;
    expect(counted / operations).toBeGreaterThan(0.98);
    expect(counted / operations).toBeLessThanOrEqual(1);
  });

  // mlcommons/tiny, image_classification: 78,666 numbers, of which 240 biases in front of a norm.
  it('ResNet-8 on 32 x 32 is its image network', () => {
    const model = of('resnet8', 'medium', [32, 32, 3], 10);
    expect(parameterCount(model)).toBe(78_666 - 240);
    expect(macsOf(model)).toBe(12_501_632);
  });

  // mlcommons/tiny, anomaly_detection: 269,992 numbers with 8 x 128 + 8 biases in front of a norm.
  it('the large autoencoder on 640 features is its anomaly network', () => {
    const model = of('autoencoder', 'large', [640], 1);
    expect(macsOf(model)).toBe(264_192);
    expect(parameterCount(model)).toBe(269_992 - (8 * 128 + 8));
    expect(shapesOf(model).at(-1)).toEqual([640]);
  });
});

describe('every kind and size', () => {
  const shapes = [[7], [33], [126, 3], [200, 6], [49, 10], [49, 13], [99, 40], [32, 32, 3], [48, 64, 1], [96, 96, 3]];

  it.each(shapes.map((shape) => [shape]))('that suits %j has its answers last', (shape) => {
    const suiting = modelKindsFor(shape);
    expect(suiting).toContain(suggestModel(shape));
    for (const kind of suiting)
      for (const size of sizes) {
        const last = shapesOf(of(kind, size, shape, 4)).at(-1);
        if (kind === 'autoencoder') expect(last).toEqual([shape.reduce((a, b) => a * b)]);
        else if (kind === 'fomo') expect(last).toEqual([Math.ceil(shape[0] / 8), Math.ceil(shape[1] / 8), 4]);
        else expect(last).toEqual([4]);
      }
  });

  it('can be built for the oddest of shapes', () => {
    for (const shape of [
      [1, 1, 1],
      [2, 3, 3],
      [5, 1, 2],
      [1, 40],
      [101, 7, 3],
    ])
      for (const kind of kinds.filter((kind) => kind !== 'conv1d'))
        for (const size of sizes) expect(shapesOf(of(kind, size, shape, 2)).length).toBeGreaterThan(1);
  });

  it('grows from small to large', () => {
    const shapeFor = (kind: ModelKind) =>
      kind === 'dense' || kind === 'autoencoder' ? [33] : kind === 'conv1d' ? [126, 3] : [64, 64, 1];
    for (const kind of kinds) {
      const [small, medium, large] = sizes.map((size) => parameterCount(of(kind, size, shapeFor(kind), 3)));
      expect(small).toBeLessThan(medium);
      expect(medium).toBeLessThan(large);
    }
  });

  it('says in one plain sentence when to use it', () => {
    const sentences = kinds.flatMap((kind) => sizes.map((size) => modelAdvice[kind][size]));
    for (const sentence of sentences) expect(sentence).toMatch(/^(For|The usual) [^.]+(\.\d[^.]*)*\.$/);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  it('has no bias in front of a batch norm', () => {
    for (const kind of kinds.filter((kind) => kind !== 'conv1d'))
      for (const size of sizes) {
        const { layers } = of(kind, size, [64, 64, 1], 3);
        layers.forEach((layer, at) => {
          if (layer.kind === 'batchNorm') expect(layers[at - 1]).toMatchObject({ bias: false, activation: 'none' });
        });
      }
  });
});

describe('heads', () => {
  it('answer with one label, yes or no for each, or numbers', () => {
    const ends = (head: ModelChoice['head']) => of('dense', 'small', [33], 3, { head }).layers.at(-1)?.kind;
    expect(ends(undefined)).toBe('softmax');
    expect(ends('oneVsRest')).toBe('sigmoid');
    expect(ends('regression')).toBe('dense');
    expect(shapesOf(of('mobilenetv1', 'small', [96, 96, 1], 1, { head: 'regression' })).at(-1)).toEqual([1]);
    expect(shapesOf(of('dscnn', 'small', [49, 10], 1, { head: 'oneVsRest' })).at(-1)).toEqual([1]);
  });
});

describe('what is suggested', () => {
  it.each([
    [[33], undefined, 'dense'],
    [[4, 3], undefined, 'dense'],
    [[126, 3], undefined, 'conv1d'],
    [[126, 9], 'motion', 'conv1d'],
    [[49, 8], 'audio', 'dscnn'],
    [[49, 13], undefined, 'dscnn'],
    [[96, 96, 1], 'image', 'conv2d'],
    [[32, 32, 3], 'image', 'conv2d'],
    [[96, 96, 3], 'detection', 'fomo'],
    [[33], 'anomaly', 'autoencoder'],
  ] as const)('for %j and the task %s: %s', (shape, task, kind) => {
    expect(suggestModel(shape, task)).toBe(kind);
    expect(() => of(kind, 'small', shape, 2)).not.toThrow();
  });
});

describe('what is refused, in a sentence and with a way out', () => {
  const choice = (more: object): ModelChoice => ({
    kind: 'mobilenetv1',
    size: 'small',
    inputShape: [96, 96, 1],
    classes: 3,
    ...more,
  });
  it.each([
    ['an unknown kind', choice({ kind: 'vgg' }), 'There is no small vgg model.'],
    ['a name of every object', choice({ kind: 'toString' }), 'There is no small toString model.'],
    ['pictures from features', choice({ inputShape: [33] }), 'needs pictures or spectrograms'],
    ['a 1-D convolution on pictures', choice({ kind: 'conv1d' }), 'needs [time, axes]'],
    ['no width', choice({ alpha: 0 }), 'The width (alpha) is 0'],
    ['a width that is none', choice({ alpha: NaN }), 'The width (alpha) is NaN'],
    ['one label', choice({ classes: 1 }), '2 to 1000 labels'],
    ['no answers', choice({ classes: 0, head: 'regression' }), '1 to 1000 answers'],
    ['an unknown head', choice({ head: 'crf' }), 'There is no "crf" head.'],
    ['another head on fomo', choice({ kind: 'fomo', head: 'regression' }), 'has its own last layers'],
    ['odd cells', choice({ kind: 'fomo', cell: 5 }), 'Cells of 5 pixels'],
    ['a background only', choice({ kind: 'fomo', classes: 1 }), '2 to 1000 labels'],
    ['a shape that is none', choice({ inputShape: [] }), 'needs pictures or spectrograms'],
  ])('%s', (_, wrong, sentence) => {
    let failure: unknown;
    try {
      buildModel(wrong);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ModelError);
    expect((failure as ModelError).message).toContain(sentence);
    expect((failure as ModelError).action).toMatch(/^[A-Z].*\.$/);
  });
});
