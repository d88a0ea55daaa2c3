/** The networks that scripts/bench/train.mjs measures, as ModelSpecs: one of each size class that boards run. */

const conv = (filters, kernel, stride, rest = {}) => ({
  kind: 'conv2d',
  filters,
  kernel,
  stride,
  padding: 'same',
  activation: 'none',
  ...rest,
});
const depthwise = (stride) => ({
  kind: 'depthwiseConv2d',
  multiplier: 1,
  kernel: [3, 3],
  stride: [stride, stride],
  padding: 'same',
  activation: 'none',
});
const norm = (activation) => ({ kind: 'batchNorm', activation });
const dense = (units, activation = 'none') => ({ kind: 'dense', units, activation });
const model = (input, layers) => ({ version: 1, input, layers });
const pooled = (classes) => [{ kind: 'globalAveragePool' }, dense(classes), { kind: 'softmax' }];

function keyword() {
  const pool = { kind: 'maxPool2d', size: [2, 2], stride: [2, 2], padding: 'valid' };
  const layer = (filters) => conv(filters, [3, 3], [1, 1], { activation: 'relu' });
  return model([49, 13, 1], [layer(8), pool, layer(16), pool, { kind: 'flatten' }, dense(4), { kind: 'softmax' }]);
}

/** The small DS-CNN of Zhang et al., "Hello Edge" (2017), table 9: 49 x 10 MFCC, 64 filters, four separable blocks. */
function dsCnnSmall() {
  const blocks = Array.from({ length: 4 }, () => [
    depthwise(1),
    norm('relu'),
    conv(64, [1, 1], [1, 1]),
    norm('relu'),
  ]).flat();
  return model([49, 10, 1], [conv(64, [10, 4], [2, 2]), norm('relu'), ...blocks, ...pooled(12)]);
}

/** MobileNetV1 (Howard et al., 2017) at a quarter of its channels. */
function mobileNetQuarter() {
  const widths = [16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256];
  const strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1];
  const blocks = widths.map((width, i) => [
    depthwise(strides[i]),
    norm('relu6'),
    conv(width, [1, 1], [1, 1]),
    norm('relu6'),
  ]);
  return model([96, 96, 1], [conv(8, [3, 3], [2, 2]), norm('relu6'), ...blocks.flat(), ...pooled(10)]);
}

/** ResNet-8 as in MLPerf Tiny: 32 x 32 RGB, three stacks of 16, 32 and 64 filters. */
function resNet8() {
  const stack = (filters, stride, index) => {
    const [from, main] = [`from${index}`, `main${index}`];
    const body = [
      conv(filters, [3, 3], [stride, stride], { inputs: [from] }),
      norm('relu'),
      conv(filters, [3, 3], [1, 1]),
      { ...norm('none'), name: main },
    ];
    const way =
      stride === 1
        ? { layers: [], name: from }
        : {
            layers: [conv(filters, [1, 1], [stride, stride], { inputs: [from], name: `way${index}` })],
            name: `way${index}`,
          };
    return [
      ...body,
      ...way.layers,
      { kind: 'add', inputs: [way.name, main], activation: 'relu', name: `from${index + 1}` },
    ];
  };
  const stacks = [stack(16, 1, 0), stack(32, 2, 1), stack(64, 2, 2)].flat();
  return model([32, 32, 3], [conv(16, [3, 3], [1, 1]), { ...norm('relu'), name: 'from0' }, ...stacks, ...pooled(10)]);
}

export const networks = {
  'dense 33-20-10-6': {
    spec: model([33], [dense(20, 'relu'), dense(10, 'relu'), dense(6), { kind: 'softmax' }]),
    steps: 1000,
  },
  'keyword 49x13, 8 and 16 filters': { spec: keyword(), steps: 100 },
  'DS-CNN small 49x10': { spec: dsCnnSmall(), steps: 20 },
  'MobileNetV1 0.25 at 96x96x1': { spec: mobileNetQuarter(), steps: 6 },
  'ResNet-8 at 32x32x3': { spec: resNet8(), steps: 6 },
};
