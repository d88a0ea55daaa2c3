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
  ...pointers('axisMean axisDeviation'),
];

/** struct Quantised of kernels/quantised.h. */
const quantisedFields: readonly Field[] = [
  ...wholes('rule'),
  ...pointers('in in2 out range kept'),
  ...wholes('perChannel'),
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

/** Where each field of a record lies, in bytes, and whether it is a float32. */
type Places = Readonly<Record<string, readonly [at: number, float: boolean] | undefined>>;

const placesOf = (fields: readonly Field[]): Places =>
  Object.fromEntries(fields.map(([name, type], index) => [name, [index * 4, type === 'f'] as const]));

// Once a step: a small model's step takes microseconds, so only what is named is looked at.
function write(view: DataView, record: number, places: Places, values: Values): void {
  for (const name in values) {
    const place = places[name];
    if (!place) continue;
    if (place[1]) view.setFloat32(record + place[0], values[name], true);
    else view.setUint32(record + place[0], values[name] >>> 0, true);
  }
}

const [opPlaces, jobPlaces, quantisedPlaces] = [opFields, jobFields, quantisedFields].map(placesOf);

/** Writes the named fields; those not named keep what they hold. */
export const writeOp = (view: DataView, at: number, values: Values): void => write(view, at, opPlaces, values);
export const writeJob = (view: DataView, at: number, values: Values): void => write(view, at, jobPlaces, values);
export const writeQuantised = (view: DataView, at: number, values: Values): void =>
  write(view, at, quantisedPlaces, values);
