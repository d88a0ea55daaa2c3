/**
 * Plans once, for a spec and a batch, everything that the kernels will touch: the program, all tensors, weights,
 * gradients and rows, at fixed offsets of one memory. Knows nothing of threads' work or of the training loop.
 *
 * The batch is cut into a number of shards that depends on the model and the batch only, never on the threads: that
 * is what makes the result the same to the bit for any number of threads.
 */
import { macsOf, product, weightShapesOf, type ModelSpec, type ResolvedLayer } from '../model';
import { augmentShapeOf, augmentValues } from './augment';
import type { LabelledRows } from './engine';
import { geometryOf, kindOf, windowOf } from './geometry';
import type { FakeQuantisation } from './fake-quantisation';
import { jobBytes, opBytes, opKinds, type Values } from './layout';
import { objectiveOf, type ResolvedObjective } from './objective';
import { BufferPools } from './plan-pools';
import { quantiseProgram, type QuantisedPlan } from './quantised-plan';

/** One array of weights in memory. Moving statistics lie outside what the optimiser updates. */
export interface PlannedWeights {
  readonly layer: number;
  readonly name: 'kernel' | 'bias' | 'gamma' | 'beta' | 'movingMean' | 'movingVariance';
  /** Byte offset of the values. */
  readonly at: number;
  /** Byte offset of the gradient, joined over the shards after a run; 0 for moving statistics. */
  readonly gradientAt: number;
  /** Stays as it is: behind the parameters that the optimiser moves, and what is at its gradient means nothing. */
  readonly frozen: boolean;
  readonly length: number;
}

export interface PlannedRows {
  readonly count: number;
  readonly x: number;
  /** [count][labels per row] */
  readonly y: number;
  /** [count][outputs], `x` where the rows themselves are learned; 0 without. */
  readonly targets: number;
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
  /** [batch][augmentValues], see augmentRow() in kernels/augment.cpp. */
  readonly augment: number;
  /** Mean and deviation of each axis, one list after the other; see MotionAugmentation.units. */
  readonly axisUnits: number;
  /** [batch][outputs]: what the model answers. */
  readonly answers: number;
  readonly outputs: number;
  /** One byte per parameter that the optimiser moves; 0 without masks. */
  readonly mask: number;
  /** All float32 values that a training changes from step to step: [byte offset, number]. */
  readonly state: readonly (readonly [number, number])[];
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
export const gemmScratch = 256 * 256 + 4096;
const mostShards = 8;
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

/** Values of scratch that a depthwise layer needs: roomOf() of kernels/depthwise.cpp. */
function depthwiseScratch({ inH, inW, outH, outW, kH, kW, sH, sW, padTop, padLeft }: Values): number {
  const input = ((outH - 1) * sH + kH) * ((outW - 1) * sW + kW);
  const height = Math.max((outH - 1) * sH + 1 + 2 * (kH - 1), padTop + inH + kH - 1);
  const width = Math.max((outW - 1) * sW + 1 + 2 * (kW - 1), padLeft + inW + kW - 1);
  return 4 * (2 * kH * kW + input + height * width) + 8;
}

/** Values of scratch that a layer needs beside gemm's own: roomOf() of kernels/conv.cpp. */
function scratchOf(op: Values): number {
  const { inH, inW, inC, outH, outW, outC, kH, kW, sH, sW } = op;
  if (op['kind'] === opKinds.depthwise) return depthwiseScratch(op);
  if (op['kind'] !== opKinds.conv) return 0;
  const packed = kH * kW * Math.max(inC * Math.ceil(outC / 8) * 8, outC * Math.ceil(inC / 8) * 8);
  const input = ((outH - 1) * sH + kH) * ((outW - 1) * sW + kW) * inC + 8;
  const gradient = (inH + kH - 1) * (inW + kW - 1) * outC + 8;
  const tile = 4 * kH * kW * Math.max(inC, outC);
  return tile + packed + kH * kW * inC * outC + 8 + input + Math.max(input, gradient);
}

interface Tensor {
  readonly at: number;
  /** Of the whole batch. */
  readonly bytes: number;
  /** Whether weights that learn lie before it, so that somebody wants its gradient. */
  readonly wanted: boolean;
  /** Where the gradient lies, found on the way back; 0 without. */
  gradient: number;
}

const trainable = ['kernel', 'bias', 'gamma', 'beta'] as const;

/** Without shards, nothing is learned. */
function planWeights(layers: readonly ResolvedLayer[], bytes: Bytes, shards: number, frozen: ReadonlySet<number>) {
  const shapes = layers.map(weightShapesOf);
  const spots: { layer: number; name: PlannedWeights['name']; offset: number; length: number }[] = [];
  let count = 0;
  const place = (fixed: boolean) => {
    shapes.forEach((shape, layer) => {
      for (const name of trainable) {
        const length = shape[name] ? product(shape[name]) : 0;
        if (!length || frozen.has(layer) !== fixed) continue;
        spots.push({ layer, name, offset: count, length });
        // Each array begins at 16 bytes, so the vector loads of the kernels stay aligned.
        count += Math.ceil(length / 4) * 4;
      }
    });
  };
  place(false);
  const paramCount = count;
  place(true);
  const gradStride = count + 16;
  const params = bytes.take(count * 4);
  const gradients = bytes.take(gradStride * 4 * shards);
  const [momentum, variance] = [0, 1].map(() => bytes.take(shards && paramCount * 4));
  const weights: PlannedWeights[] = spots.map(({ layer, name, offset, length }) => ({
    layer,
    name,
    at: params + offset * 4,
    gradientAt: gradients + offset * 4,
    length,
    frozen: frozen.has(layer),
  }));
  const state: [number, number][] = [params, momentum, variance].map((at) => [at, paramCount]);
  shapes.forEach((shape, layer) => {
    for (const name of ['movingMean', 'movingVariance'] as const) {
      const length = shape[name] ? product(shape[name]) : 0;
      if (!length) continue;
      const at = bytes.take(length * 4);
      weights.push({ layer, name, at, gradientAt: 0, length, frozen: frozen.has(layer) });
      state.push([at, length]);
    }
  });
  return { weights, state, values: { params, gradients, momentum, variance, paramCount, gradStride } };
}

interface Room {
  readonly batch: number;
  readonly shards: number;
  readonly batchX: number;
  readonly bytes: Bytes;
  /** Nothing will be learned: no gradients, and outputs that nobody reads any more make room for others. */
  readonly answersOnly: boolean;
  /** Whether gradients may make room for others once they are used up. */
  readonly reuse: boolean;
}

interface PlannedOp {
  readonly values: Record<string, number>;
  readonly from: readonly Tensor[];
  readonly to: Tensor;
}

/**
 * From the end: the first to write a gradient stores it, later ones add to it; where a layer's own gradient is used up,
 * its memory goes to a later one. Batch norm turns one into the other in place.
 */
function planGradients(ops: readonly PlannedOp[], { bytes, answersOnly, reuse }: Room): void {
  const pools = new BufferPools((size) => bytes.take(size));
  const written = new Set<Tensor>();
  for (const { values, from, to } of answersOnly ? [] : ops.toReversed()) {
    values['dy'] = to.gradient;
    values['accumulate'] = 0;
    let passedOn = false;
    from.forEach((tensor, which) => {
      if (written.has(tensor)) values['accumulate'] |= which === 0 ? 1 : 2;
      else if (tensor.wanted) {
        passedOn = reuse && values['kind'] === opKinds.batchNorm;
        tensor.gradient = passedOn ? to.gradient : pools.take(tensor.bytes);
      }
      written.add(tensor);
      values[which === 0 ? 'dx' : 'dx2'] = tensor.gradient;
    });
    if (reuse && to.gradient && !passedOn) pools.give(to.gradient, to.bytes);
  }
}

function planOps(
  { layers, objective, outputs }: ResolvedObjective,
  weights: readonly PlannedWeights[],
  frozen: ReadonlySet<number>,
  room: Room,
) {
  const { batch, shards, batchX, bytes, answersOnly } = room;
  const input: Tensor = { at: batchX, bytes: 0, wanted: false, gradient: 0 };
  const tensors: Tensor[] = [];
  const tensorOf = (index: number): Tensor => (index < 0 ? input : tensors[index]);
  const ops: PlannedOp[] = [];
  const pools = new BufferPools((size) => bytes.take(size));
  /** Where each tensor is read last; layers without a record of their own hand their input on. */
  const lastReader = new Map<Tensor, number>();
  const reading = readersOf(layers);
  layers.forEach((layer, index) => {
    const from = layer.inputs.map(tensorOf);
    const usual = kindOf(layer, windowOf(layer));
    const kind = usual === opKinds.batchNorm && frozen.has(index) ? opKinds.frozenNorm : usual;
    if (kind === undefined) {
      tensors.push(from[0]);
      lastReader.set(from[0], Math.max(lastReader.get(from[0]) ?? 0, reading[index]));
      return;
    }
    const own = new Map(weights.filter((entry) => entry.layer === index).map((entry) => [entry.name, entry]));
    const size = product(layer.outputShape) * batch * 4;
    const wanted = (own.size > 0 && !frozen.has(index)) || from.some((tensor) => tensor.wanted);
    const to: Tensor = { at: pools.take(size), bytes: size, wanted, gradient: 0 };
    tensors.push(to);
    lastReader.set(to, reading[index]);
    const values: Record<string, number> = { ...geometryOf(layer, kind), layer: index };
    Object.assign(values, { x: from[0].at, x2: from[1]?.at ?? 0, y: to.at }, pointersOf(own));
    if (kind === opKinds.batchNorm) values['stats'] = bytes.take((shards * 2 + 2) * values['inC'] * 4);
    if (kind === opKinds.frozenNorm) values['stats'] = bytes.take(shards * values['inC'] * 4);
    ops.push({ values, from, to });
    for (const tensor of new Set(from))
      if (answersOnly && tensor.bytes && lastReader.get(tensor) === index) pools.give(tensor.at, tensor.bytes);
  });
  if (objective === 'regression') {
    const answers = tensorOf(layers.length - 1);
    const values = { kind: opKinds.squaredLoss, x: answers.at, inH: 1, inW: 1, inC: outputs };
    ops.push({ values, from: [answers], to: { ...answers, wanted: false } });
  }
  planGradients(ops, room);
  return ops.map((op) => op.values);
}

/** Per layer, the last that reads it; the end for the model's answer. */
function readersOf(layers: readonly ResolvedLayer[]): number[] {
  const last = layers.map((_, index) => (index === layers.length - 1 ? layers.length : index));
  layers.forEach((layer, index) => {
    for (const input of layer.inputs) if (input >= 0) last[input] = Math.max(last[input], index);
  });
  return last;
}

function pointersOf(own: ReadonlyMap<string, PlannedWeights>): Values {
  const first = own.get('kernel') ?? own.get('gamma');
  const second = own.get('bias') ?? own.get('beta');
  return {
    w: first?.at ?? 0,
    b: second?.at ?? 0,
    dw: first?.gradientAt ?? 0,
    db: second?.gradientAt ?? 0,
    movingMean: own.get('movingMean')?.at ?? 0,
    movingVariance: own.get('movingVariance')?.at ?? 0,
  };
}

/** What there must be room for; the rows' values do not matter here. */
export type RowsRequest = Pick<LabelledRows, 'count' | 'targets'>;

export interface PlanRequest {
  readonly spec: ModelSpec;
  readonly batch: number;
  readonly threads: number;
  readonly training: RowsRequest;
  readonly validation: RowsRequest;
  readonly frozen?: readonly number[] | undefined;
  /** Whether kernel values may be pinned to 0. */
  readonly masked?: boolean | undefined;
  /** Where free memory begins (the module's `__heap_base`). */
  readonly base: number;
  readonly fakeQuantisation?: FakeQuantisation | undefined;
  /** The program will only be asked for answers: it needs no gradients, and little memory. */
  readonly answersOnly?: boolean | undefined;
}

/** @throws ModelError or TrainError for a model that cannot be trained. */
export function planProgram({ spec, batch, threads, base, fakeQuantisation: given, ...request }: PlanRequest): Plan {
  const objective = objectiveOf(spec);
  const { layers, width, outputs, classes } = objective;
  const [inputFrames, inputAxes, inputChannels] = augmentShapeOf(spec.input);
  const labelsPerRow = classes ? objective.cells : 0;
  const frozen = new Set(request.frozen);
  const bytes = new Bytes(Math.ceil(base / 64) * 64);
  const job = bytes.take(jobBytes);
  const shards = shardCount(spec, batch);
  const working = Math.min(threads, shards);
  const stacks = Array.from({ length: working }, () => bytes.take(stackBytes) + stackBytes);
  const { weights, state, values } = planWeights(layers, bytes, request.answersOnly ? 0 : shards, frozen);
  const batchX = bytes.take(batch * width * 4);
  const room = { batch, shards, batchX, bytes, answersOnly: request.answersOnly ?? false, reuse: !given };
  const floatOps = planOps(objective, weights, frozen, room);
  const take = (count: number): number => bytes.take(count);
  const { ops, quantised } = given
    ? quantiseProgram({ ops: floatOps, layers, given, batch, batchX, width, take })
    : { ops: floatOps, quantised: undefined };
  const scratchStride = Math.ceil((gemmScratch + Math.max(...ops.map(scratchOf)) + 16) / 4) * 4;
  const rowsOf = ({ count, targets }: RowsRequest): PlannedRows => {
    const x = bytes.take(count * width * 4);
    const y = bytes.take(count * labelsPerRow * 4);
    const order = bytes.take(count * 4);
    return { count, x, y, order, targets: targets === 'input' ? x : targets ? bytes.take(count * outputs * 4) : 0 };
  };
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
    inputFrames,
    inputAxes,
    inputChannels,
    labelsPerRow,
    outputs,
    mask: request.masked ? bytes.take(values.paramCount) : 0,
    classes,
    scratch: bytes.take(scratchStride * working * 4),
    scratchStride,
    batchX,
    shardLoss,
    shardCorrect,
    classWeights,
  };
  const augment = bytes.take(batch * augmentValues * 4);
  const axisUnits = bytes.take(inputAxes * inputChannels * 2 * 4);
  const training = rowsOf(request.training);
  const validation = rowsOf(request.validation);
  const loss = ops[ops.length - 1];
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
    axisUnits,
    answers: loss['kind'] === opKinds.squaredLoss ? loss['x'] : loss['y'],
    outputs,
    mask: jobValues.mask,
    state,
    stacks,
    training,
    validation,
    quantised,
  };
}
