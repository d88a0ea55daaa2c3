/**
 * The records that the training kernels read, word by word as in src/train/kernels/program.h. Every field has four
 * bytes; `p` is a pointer, `i` a whole number, `f` a float32.
 */
type Field = readonly [name: string, type: 'p' | 'i' | 'f'];

const pointers = (names: string): Field[] => names.split(' ').map((name) => [name, 'p']);
const wholes = (names: string): Field[] => names.split(' ').map((name) => [name, 'i']);
const floats = (names: string): Field[] => names.split(' ').map((name) => [name, 'f']);

const opFields: readonly Field[] = [
  ...wholes('kind activation'),
  ...pointers('x x2 y dx dx2 dy w b dw db movingMean movingVariance stats'),
  ...wholes('inH inW inC outH outW outC kH kW sH sW padTop padLeft accumulate'),
  ...floats('rate epsilon l2'),
  ...pointers('quantised'),
];

const jobFields: readonly Field[] = [
  ...wholes('ticket arrived generation threads shards shardRows opCount'),
  ...pointers('ops'),
  ...wholes('inputSize inputFrames inputAxes classes'),
  ...pointers('params gradients momentum variance'),
  ...wholes('paramCount gradStride'),
  ...pointers('scratch'),
  ...wholes('scratchStride'),
  ...pointers('batchX shardLoss shardCorrect classWeights'),
  ...wholes('mode rows'),
  ...pointers('dataX dataY order augment'),
  ...wholes('noiseSeed optimiser'),
  ...floats('learningRate beta1 beta2 epsilon correction1 correction2'),
  ...wholes('inputChannels labelsPerRow outputs'),
  ...pointers('mask dataTargets'),
  ...wholes('augmentKind'),
  ...floats('smoothing momentumRate weightDecay'),
];

/** struct Quantised of kernels/quantised.h. */
const quantisedFields: readonly Field[] = [
  ...wholes('rule'),
  ...pointers('in in2 out range kept'),
  ...wholes('perChannel fullyConnected'),
  ...pointers('weights realWeights scales sums bias multipliers shifts'),
  ...wholes('exactInFloat low high'),
];

export const opBytes = opFields.length * 4;
export const jobBytes = jobFields.length * 4;
export const quantisedBytes = quantisedFields.length * 4;

export const opKinds = {
  dense: 0,
  conv: 1,
  depthwise: 2,
  maxPool: 3,
  averagePool: 4,
  batchNorm: 5,
  activation: 6,
  dropout: 7,
  add: 8,
  zeroPadding: 9,
  softmaxLoss: 10,
  sigmoidLoss: 11,
  squaredLoss: 12,
  frozenNorm: 13,
} as const;

/** AugmentKind and Optimiser of program.h. */
export const augmentKinds = { motion: 0, spectrogram: 1, image: 2 } as const;
export const optimisers = { adam: 0, adamw: 0, sgd: 1 } as const;

export const modes = { train: 0, evaluate: 1, gradients: 2, quit: 3 } as const;

export type Values = Readonly<Record<string, number>>;

function write(view: DataView, at: number, fields: readonly Field[], values: Values): void {
  fields.forEach(([name, type], index) => {
    const value = values[name];
    if (value === undefined) return;
    if (type === 'f') view.setFloat32(at + index * 4, value, true);
    else view.setUint32(at + index * 4, value >>> 0, true);
  });
}

/** Writes the named fields; those not named keep what they hold. */
export const writeOp = (view: DataView, at: number, values: Values): void => write(view, at, opFields, values);
export const writeJob = (view: DataView, at: number, values: Values): void => write(view, at, jobFields, values);
export const writeQuantised = (view: DataView, at: number, values: Values): void =>
  write(view, at, quantisedFields, values);
