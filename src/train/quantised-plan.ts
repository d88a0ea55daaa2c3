/**
 * Turns a planned program into one that computes as the int8 engine does: a first step that quantises the rows, a record
 * beside each op that says how (kernels/quantised.h), activations fused where the int8 engine fuses them, and a step
 * before the loss that gives real numbers again. Knows nothing of the loop or of where the ranges come from.
 */
import type { ResolvedLayer } from '../model';
import { hasOwnRange, type FakeQuantisation, type QuantisedRange } from './fake-quantisation';
import { opKinds, quantisedBytes, type Values } from './layout';

/** As enum Rule of kernels/quantised.h. */
const rules = {
  quantiseInput: 0,
  dequantiseOutput: 1,
  weighted: 2,
  addition: 3,
  mean: 4,
  average: 5,
  maximum: 6,
  clamp: 7,
  same: 8,
} as const;

type Mutable = Record<string, number>;

export interface QuantisedPlan {
  /** Byte offset and fields of each record. */
  readonly records: readonly { readonly at: number; readonly values: Values }[];
  /** Byte offset of two doubles. */
  readonly ranges: readonly { readonly at: number; readonly range: QuantisedRange }[];
  /** What goes into the loss, [batch][values] whole numbers as float32, and its scale (float32) and zero point (int32). */
  readonly output: { readonly at: number; readonly quantisation: number };
}

const sizeOf = (op: Values, side: 'in' | 'out'): number => op[`${side}H`] * op[`${side}W`] * op[`${side}C`];

function ruleOf(op: Values, layer: ResolvedLayer): number {
  switch (op['kind']) {
    case opKinds.add:
      return rules.addition;
    case opKinds.averagePool:
      return layer.spec.kind === 'globalAveragePool' ? rules.mean : rules.average;
    case opKinds.maxPool:
      return rules.maximum;
    case opKinds.activation:
      return rules.clamp;
    case opKinds.zeroPadding:
      return rules.same;
    default:
      return rules.weighted;
  }
}

/** relu6 cuts off at least as much as relu, so the stricter of two activations is what both together do. */
const stricter = (one: number, other: number): number => Math.max(one, other);

/** Lets whoever makes the input of an absorbed activation write straight to where the activation would. */
function absorb(ops: Mutable[], layers: readonly ResolvedLayer[], given: FakeQuantisation): Mutable[] {
  const kept: Mutable[] = [];
  for (const op of ops) {
    const layer = op['layer'];
    const maker = kept.find((earlier) => earlier['y'] === op['x']);
    if (!given.layers[layer]?.absorbed || layers[layer].spec.kind !== 'activation' || !maker) {
      kept.push(op);
      continue;
    }
    maker['activation'] = stricter(maker['activation'], op['activation']);
    maker['y'] = op['y'];
    maker['dy'] = op['dy'];
  }
  return kept;
}

class QuantisedPlanner {
  readonly records: { at: number; values: Values }[] = [];
  readonly ranges: { at: number; range: QuantisedRange }[] = [];
  /** Where the quantisation of the tensor at an address lies. */
  private readonly quantisations = new Map<number, number>();

  constructor(
    private readonly layers: readonly ResolvedLayer[],
    private readonly given: FakeQuantisation,
    private readonly batch: number,
    private readonly take: (bytes: number) => number,
  ) {}

  /** @returns the pointer for the op's record. */
  record(op: Values, rule: number, range: QuantisedRange | undefined, own: Values = {}): number {
    const at = this.take(quantisedBytes);
    const out = this.take(8);
    this.quantisations.set(op['y'], out);
    let rangeAt = 0;
    if (range) {
      rangeAt = this.take(16);
      this.ranges.push({ at: rangeAt, range });
    }
    const values = {
      rule,
      in: this.quantisations.get(op['x']) ?? 0,
      in2: this.quantisations.get(op['x2']) ?? 0,
      out,
      range: rangeAt,
      kept: this.take(this.batch * sizeOf(op, 'out')),
      ...own,
    };
    this.records.push({ at, values });
    return at;
  }

  layerRecord(op: Values): number {
    const layer = this.layers[op['layer']];
    const rule = ruleOf(op, layer);
    const range = hasOwnRange(layer) ? this.given.layers[op['layer']].range : undefined;
    const factors = (count: number) => ({ multipliers: this.take(count * 4), shifts: this.take(count * 4) });
    if (rule === rules.addition) return this.record(op, rule, range, factors(3));
    if (rule === rules.mean) return this.record(op, rule, range, factors(1));
    if (rule !== rules.weighted) return this.record(op, rule, range);
    const perChannel = layer.spec.kind !== 'dense' || this.given.perChannelDense ? 1 : 0;
    const channels = op['outC'];
    const window = op['kind'] === opKinds.dense ? 1 : op['kH'] * op['kW'];
    const weights = window * channels * (op['kind'] === opKinds.depthwise ? 1 : op['inC']);
    return this.record(op, rule, range, {
      perChannel,
      weights: this.take(weights * 4),
      realWeights: this.take(weights * 4),
      scales: this.take(channels * 4),
      sums: this.take(channels * 8),
      bias: this.take(channels * 4),
      ...factors(channels),
    });
  }

  quantisationOf(tensor: number): number {
    return this.quantisations.get(tensor) ?? 0;
  }
}

/** A step over plain values, as many out as in. */
const plainOp = (values: number, batch: Mutable): Mutable => ({
  kind: opKinds.activation,
  activation: 0,
  inH: 1,
  inW: 1,
  inC: values,
  outH: 1,
  outW: 1,
  outC: values,
  accumulate: 0,
  ...batch,
});

export interface QuantisedRequest {
  /** Of a float program whose last op is the loss; each with the index of its `layer`. */
  readonly ops: readonly Values[];
  readonly layers: readonly ResolvedLayer[];
  readonly given: FakeQuantisation;
  readonly batch: number;
  /** Where the rows of a batch lie, and how many values each has. */
  readonly batchX: number;
  readonly width: number;
  /** Reserves bytes, 16-byte aligned. */
  readonly take: (bytes: number) => number;
}

export function quantiseProgram(request: QuantisedRequest): { ops: Values[]; quantised: QuantisedPlan } {
  const { layers, given, batch, batchX, width, take } = request;
  const planner = new QuantisedPlanner(layers, given, batch, take);
  const copies = request.ops.map((op): Mutable => ({ ...op }));
  const loss = copies[copies.length - 1];
  const ops = [...absorb(copies.slice(0, -1), layers, given), loss];

  const rows = take(batch * width * 4);
  for (const op of ops) for (const side of ['x', 'x2']) if (op[side] === batchX) op[side] = rows;
  const first = plainOp(width, { x: batchX, y: rows });
  first['quantised'] = planner.record(first, rules.quantiseInput, given.input);

  for (const op of ops.slice(0, -1)) op['quantised'] = planner.layerRecord(op);

  const values = sizeOf(loss, 'in');
  const real = take(batch * values * 4);
  const last = plainOp(values, { x: loss['x'], y: real });
  const output = { at: loss['x'], quantisation: planner.quantisationOf(loss['x']) };
  last['quantised'] = planner.record(last, rules.dequantiseOutput, undefined);
  loss['x'] = real;
  const { records, ranges } = planner;
  return { ops: [first, ...ops.slice(0, -1), last, loss], quantised: { records, ranges, output } };
}
