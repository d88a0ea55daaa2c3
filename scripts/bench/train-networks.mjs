/** The networks that scripts/bench/train.mjs measures, each of another size, from the zoo; `steps` make one epoch. */
export function networksOf(buildModel) {
  const model = (kind, inputShape, classes, rest) => buildModel({ kind, size: 'small', inputShape, classes, ...rest });
  return {
    'dense 33-20-10-6': { spec: model('dense', [33], 6), steps: 500 },
    'keyword 49x13, 8 and 16 filters': { spec: model('conv2d', [49, 13], 4), steps: 60 },
    'DS-CNN small on 49x10': { spec: model('dscnn', [49, 10], 12), steps: 15 },
    'MobileNetV1 0.25 on 96x96x1': { spec: model('mobilenetv1', [96, 96, 1], 10, { alpha: 0.25 }), steps: 6 },
    'ResNet-8 on 32x32x3': { spec: model('resnet8', [32, 32, 3], 10, { size: 'medium' }), steps: 6 },
  };
}

/** Rows of no meaning: only the time counts. */
export function rowsFor(spec, count) {
  const width = spec.input.reduce((a, b) => a * b, 1);
  const classes = spec.layers.at(-2).units;
  return {
    count,
    x: Float32Array.from({ length: count * width }, (_, i) => ((i * 7919) % 1000) / 500 - 1),
    y: Int32Array.from({ length: count }, (_, i) => i % classes),
  };
}

export const batchSize = 32;

/** Plain training: no augmentation, nothing held out, every row once an epoch. */
export const plainOptions = (epochs, threads) => ({
  epochs,
  batchSize,
  learningRate: 0.001,
  seed: 1,
  threads,
  patience: 0,
  leastSteps: 1,
});
