/**
 * Plans once, for a spec and a batch, everything that the kernels will touch: the program, all tensors, weights,
 * gradients and rows, at fixed offsets of one memory. Knows nothing of threads' work or of the training loop.
 *
 * The batch is cut into a number of shards that depends on the model and the batch only, never on the threads: that
 * is what makes the result the same to the bit for any number of threads.
 */
import { macsOf, product, weightShapesOf, type ModelSpec, type ResolvedLayer } from '../model';
import { geometryOf, kindOf, windowOf } from './geometry';
import type { FakeQuantisation } from './fake-quantisation';
import { jobBytes, opBytes, opKinds, type Values } from './layout';
import { objectiveOf } from './objective';
import { quantiseProgram, type QuantisedPlan } from './quantised-plan';

/** One array of weights in memory. Moving statistics lie outside what the optimiser updates. */
export interface PlannedWeights {
  readonly layer: number;
  readonly name: 'kernel' | 'bias' | 'gamma' | 'beta' | 'movingMean' | 'movingVariance';
  /** Byte offset of the values. */
  readonly at: number;
  /** Byte offset of the gradient, joined over the shards after a run; 0 for moving statistics. */
  readonly gradientAt: number;
  readonly length: number;
}

export interface PlannedRows {
  readonly count: number;
  readonly x: number;
  readonly y: number;
  readonly order: number;
}

export interface Plan {
  readonly batch: number;
  readonly threads: number;
  readonly shards: number;
  readonly classes: number;
  readonly width: number;
  /** Bytes of memory from 0 to the plan's end. */
  readonly bytes: number;
  readonly job: number;
  readonly ops: readonly Values[];
  readonly jobValues: Values;
  readonly weights: readonly PlannedWeights[];
  readonly classWeights: number;
  readonly shardLoss: number;
  readonly shardCorrect: number;
  /** [batch][augmentValues], see augmentRow() in kernels/loss.cpp. */
  readonly augment: number;
  /** [batch][classes] */
  readonly probabilities: number;
  /** Highest address of each thread's stack. */
  readonly stacks: readonly number[];
  readonly training: PlannedRows;
  readonly validation: PlannedRows;
  /** Present where training simulates the int8 engine. */
  readonly quantised?: QuantisedPlan | undefined;
}

const stackBytes = 16 * 1024;
/** What gemm() may read past the end of a row. */
const slackBytes = 32;
/** kGemmScratch of kernels/gemm.h, in values. */
const gemmScratch = 256 * 8;
const mostShards = 8;
/** kAugmentValues of kernels/program.h. */
export const augmentValues = 16;
/** A shard with fewer multiply-accumulates than this costs more to hand over than to compute. */
const leastMacsPerShard = 400_000;

class Bytes {
  constructor(private end: number) {}
  take(bytes: number): number {
    const at = this.end;
    this.end = at + Math.ceil((bytes + slackBytes) / 16) * 16;
    return at;
  }
  get used(): number {
    return this.end;
  }
}

function shardCount(spec: ModelSpec, batch: number): number {
  const work = macsOf(spec) * batch;
  let shards = 1;
  while (shards < mostShards && shards * 2 <= batch && work / (shards * 2) >= leastMacsPerShard) shards *= 2;
  return shards;
}

/** Values of scratch that a layer needs beside gemm's own. */
function scratchOf(op: Values): number {
  if (op['kind'] === opKinds.dense) return op['inC'] * op['outC'];
  if (op['kind'] !== opKinds.conv) return 0;
  const height = (op['outH'] - 1) * op['sH'] + op['kH'];
  const width = (op['outW'] - 1) * op['sW'] + op['kW'];
  return 2 * (height * width * op['inC'] + 8) + op['kH'] * op['kW'] * op['inC'] * op['outC'];
}

interface Tensor {
  readonly at: number;
  /** 0 where no weights lie before it, so that nobody wants its gradient. */
  readonly gradient: number;
  /** Whether the backward pass, planned from the end, has already written the gradient. */
  written: boolean;
}

const trainable = ['kernel', 'bias', 'gamma', 'beta'] as const;

function planWeights(layers: readonly ResolvedLayer[], bytes: Bytes, shards: number) {
  const shapes = layers.map(weightShapesOf);
  const spots: { layer: number; name: PlannedWeights['name']; offset: number; length: number }[] = [];
  let count = 0;
  shapes.forEach((shape, layer) => {
    for (const name of trainable) {
      const length = shape[name] ? product(shape[name]) : 0;
      if (!length) continue;
      spots.push({ layer, name, offset: count, length });
      // Each array begins at 16 bytes, so the vector loads of the kernels stay aligned.
      count += Math.ceil(length / 4) * 4;
    }
  });
  const stride = count + 16;
  const params = bytes.take(count * 4);
  const gradients = bytes.take(stride * 4 * shards);
  const momentum = bytes.take(count * 4);
  const variance = bytes.take(count * 4);
  const weights: PlannedWeights[] = spots.map(({ layer, name, offset, length }) => ({
    layer,
    name,
    at: params + offset * 4,
    gradientAt: gradients + offset * 4,
    length,
  }));
  shapes.forEach((shape, layer) => {
    for (const name of ['movingMean', 'movingVariance'] as const) {
      const length = shape[name] ? product(shape[name]) : 0;
      if (length) weights.push({ layer, name, at: bytes.take(length * 4), gradientAt: 0, length });
    }
  });
  return { weights, values: { params, gradients, momentum, variance, paramCount: count, gradStride: stride } };
}

function planOps(
  layers: readonly ResolvedLayer[],
  weights: readonly PlannedWeights[],
  batch: number,
  shards: number,
  batchX: number,
  bytes: Bytes,
) {
  const input: Tensor = { at: batchX, gradient: 0, written: false };
  const tensors: Tensor[] = [];
  const tensorOf = (index: number): Tensor => (index < 0 ? input : tensors[index]);
  const ops: { values: Record<string, number>; from: Tensor[]; to: Tensor }[] = [];
  layers.forEach((layer, index) => {
    const from = layer.inputs.map(tensorOf);
    const kind = kindOf(layer, windowOf(layer));
    if (kind === undefined) {
      tensors.push(from[0]);
      return;
    }
    const own = new Map(weights.filter((entry) => entry.layer === index).map((entry) => [entry.name, entry]));
    const size = product(layer.outputShape) * batch * 4;
    const wanted = own.size > 0 || from.some((tensor) => tensor.gradient !== 0);
    const to: Tensor = { at: bytes.take(size), gradient: wanted ? bytes.take(size) : 0, written: false };
    tensors.push(to);
    const first = own.get('kernel') ?? own.get('gamma');
    const second = own.get('bias') ?? own.get('beta');
    const values: Record<string, number> = { ...geometryOf(layer, kind), layer: index };
    Object.assign(values, { x: from[0].at, x2: from[1]?.at ?? 0, y: to.at, w: first?.at ?? 0, b: second?.at ?? 0 });
    Object.assign(values, { dw: first?.gradientAt ?? 0, db: second?.gradientAt ?? 0 });
    Object.assign(values, {
      movingMean: own.get('movingMean')?.at ?? 0,
      movingVariance: own.get('movingVariance')?.at ?? 0,
    });
    if (kind === opKinds.batchNorm) values['stats'] = bytes.take((shards * 2 + 2) * values['inC'] * 4);
    ops.push({ values, from, to });
  });
  // From the end: the first to write a gradient stores it, later ones add to it.
  for (const { values, from, to } of ops.toReversed()) {
    values['dy'] = to.gradient;
    values['accumulate'] = 0;
    from.forEach((tensor, which) => {
      values[which === 0 ? 'dx' : 'dx2'] = tensor.gradient;
      if (tensor.written) values['accumulate'] |= which === 0 ? 1 : 2;
      tensor.written = true;
    });
  }
  return ops.map((op) => op.values);
}

export interface PlanRequest {
  readonly spec: ModelSpec;
  readonly batch: number;
  readonly threads: number;
  readonly trainingRows: number;
  readonly validationRows: number;
  /** Where free memory begins (the module's `__heap_base`). */
  readonly base: number;
  readonly fakeQuantisation?: FakeQuantisation | undefined;
}

/** @throws ModelError or TrainError for a model that cannot be trained. */
export function planProgram(request: PlanRequest): Plan {
  const { spec, batch, threads, trainingRows, validationRows, base, fakeQuantisation: given } = request;
  const { layers, width, classes } = objectiveOf(spec);
  const bytes = new Bytes(Math.ceil(base / 64) * 64);
  const job = bytes.take(jobBytes);
  const shards = shardCount(spec, batch);
  const working = Math.min(threads, shards);
  const stacks = Array.from({ length: working }, () => bytes.take(stackBytes) + stackBytes);
  const { weights, values } = planWeights(layers, bytes, shards);
  const batchX = bytes.take(batch * width * 4);
  const floatOps = planOps(layers, weights, batch, shards, batchX, bytes);
  const take = (count: number): number => bytes.take(count);
  const { ops, quantised } = given
    ? quantiseProgram({ ops: floatOps, layers, given, batch, batchX, width, take })
    : { ops: floatOps, quantised: undefined };
  const scratchStride = Math.ceil((gemmScratch + Math.max(...ops.map(scratchOf)) + 16) / 4) * 4;
  const rowsOf = (count: number): PlannedRows => ({
    count,
    x: bytes.take(count * width * 4),
    y: bytes.take(count * 4),
    order: bytes.take(count * 4),
  });
  const shardLoss = bytes.take(shards * 8);
  const shardCorrect = bytes.take(shards * 4);
  const classWeights = bytes.take(classes * 4);
  const jobValues = {
    ...values,
    threads: working,
    shards,
    shardRows: Math.ceil(batch / shards),
    opCount: ops.length,
    ops: bytes.take(ops.length * opBytes),
    inputSize: width,
    inputFrames: spec.input.length === 2 ? spec.input[0] : 1,
    inputAxes: spec.input.length === 2 ? spec.input[1] : width,
    classes,
    scratch: bytes.take(scratchStride * working * 4),
    scratchStride,
    batchX,
    batchY: bytes.take(batch * 4),
    shardLoss,
    shardCorrect,
    classWeights,
  };
  const augment = bytes.take(batch * augmentValues * 4);
  const training = rowsOf(trainingRows);
  const validation = rowsOf(validationRows);
  const probabilities = ops[ops.length - 1]['y'];
  return {
    batch,
    threads: working,
    shards,
    classes,
    width,
    bytes: bytes.used,
    job,
    ops,
    jobValues,
    weights,
    classWeights,
    shardLoss,
    shardCorrect,
    augment,
    probabilities,
    stacks,
    training,
    validation,
    quantised,
  };
}
