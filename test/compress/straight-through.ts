/**
 * The backward pass of quantisation-aware training once more, in plain loops and double precision: the activations are
 * what the forward pass left in memory (as whole numbers, times their scale), the weights what their int8 numbers stand
 * for, and no gradient passes where a value was cut off.
 */
import { opKinds, type Values } from '../../src/train/layout';
import type { Machine } from '../../src/train/machine';

type Tensors = Map<number, Float64Array>;
type Cell = (input: number, output: number, place: number) => void;

const sizeOf = (op: Values, side: 'in' | 'out'): number => op[`${side}H`] * op[`${side}W`] * op[`${side}C`];
const clampsAt = { relu: 1, relu6: 2 } as const;

/** Calls `cell` with offsets of the first channels of an input position, an output position, and the place in the window. */
function slide(op: Values, row: number, cell: Cell): void {
  const { inH, inW, inC, outH, outW, outC } = op as Record<string, number>;
  const window = op['kH'] ? { kH: op['kH'], kW: op['kW'], sH: op['sH'], sW: op['sW'] } : { kH: 1, kW: 1, sH: 1, sW: 1 };
  const [padTop, padLeft] = [op['padTop'] ?? 0, op['padLeft'] ?? 0];
  for (let oy = 0; oy < outH; oy++)
    for (let ox = 0; ox < outW; ox++)
      for (let ky = 0; ky < window.kH; ky++)
        for (let kx = 0; kx < window.kW; kx++) {
          const y = oy * window.sH - padTop + ky;
          const x = ox * window.sW - padLeft + kx;
          if (y < 0 || y >= inH || x < 0 || x >= inW) continue;
          const from = row * sizeOf(op, 'in') + (y * inW + x) * inC;
          cell(from, row * sizeOf(op, 'out') + (oy * outW + ox) * outC, ky * window.kW + kx);
        }
}

export class StraightThrough {
  private readonly gradients: Tensors = new Map();
  /** By address of the float weights and biases. */
  readonly weights: Tensors = new Map();

  constructor(
    private readonly machine: Machine,
    private readonly rows: number,
  ) {}

  private record(op: Values): Values {
    return this.machine.plan.quantised?.records.find(({ at }) => at === op['quantised'])?.values ?? {};
  }

  private wholes(address: number, count: number): Float32Array {
    return this.machine.floats.subarray(address / 4, address / 4 + count);
  }

  private scale(address: number): number {
    return this.machine.floats[address / 4];
  }

  private gradient(address: number, size: number): Float64Array {
    let gradient = this.gradients.get(address);
    if (!gradient) this.gradients.set(address, (gradient = new Float64Array(size * this.rows)));
    return gradient;
  }

  /** What came out before it was cut off, in units of the output's scale, or undefined where nothing could be. */
  private uncut(op: Values, record: Values): Float64Array | undefined {
    const size = sizeOf(op, 'out') * this.rows;
    const out = this.scale(record['out']);
    const result = new Float64Array(size);
    const x = this.wholes(op['x'], sizeOf(op, 'in') * this.rows);
    const inScale = this.scale(record['in']);
    if (op['kind'] === opKinds.add) {
      const other = this.wholes(op['x2'], size);
      const second = this.scale(record['in2']);
      return result.map((_, i) => (x[i] * inScale + other[i] * second) / out);
    }
    if (op['kind'] === opKinds.activation) return Float64Array.from(x);
    if (op['kind'] === opKinds.averagePool && record['range']) {
      const share = inScale / (op['inH'] * op['inW'] * out);
      x.forEach((value, i) => {
        const row = Math.floor(i / sizeOf(op, 'in'));
        result[row * op['outC'] + (i % op['outC'])] += value * share;
      });
      return result;
    }
    if (!record['weights']) return undefined;
    this.products(op, record, (input, output, weight) => (result[output] += (x[input] * inScale * weight) / out));
    const bias = op['b'] ? this.wholes(op['b'], op['outC']) : undefined;
    return bias ? result.map((value, i) => value + bias[i % op['outC']] / out) : result;
  }

  /** Calls with the indices of an input and an output value, the weight between them as a real number, and its index. */
  private products(
    op: Values,
    record: Values,
    each: (input: number, output: number, weight: number, index: number) => void,
  ): void {
    const { inC, outC } = op as Record<string, number>;
    const scales = this.wholes(record['scales'], record['perChannel'] ? outC : 1);
    const window = op['kH'] ? op['kH'] * op['kW'] : 1;
    const count = window * outC * (op['kind'] === opKinds.depthwise ? 1 : inC);
    const real = Float64Array.from(this.wholes(op['w'], count), (weight, index) => {
      const scale = scales[record['perChannel'] ? index % outC : 0];
      return Math.sign(weight) * Math.min(127, Math.round(Math.abs(weight / scale))) * scale;
    });
    for (let row = 0; row < this.rows; row++)
      slide(op, row, (from, to, place) => {
        for (let o = 0; o < outC; o++)
          if (op['kind'] === opKinds.depthwise) {
            const index = place * outC + o;
            each(from + Math.floor(o / (outC / inC)), to + o, real[index], index);
          } else
            for (let i = 0; i < inC; i++) {
              const index = (place * inC + i) * outC + o;
              each(from + i, to + o, real[index], index);
            }
      });
  }

  /** The gradient behind the cut. Rounded twice, first to halves, a value up to a quarter away may fall on either side. */
  private masked(op: Values, record: Values, dy: Float64Array): Float64Array {
    const uncut = this.uncut(op, record);
    if (!uncut) return dy;
    const zero = this.machine.wholes[record['out'] / 4 + 1];
    const scale = this.scale(record['out']);
    const low = op['activation'] >= clampsAt.relu ? 0 : -128 - zero;
    const high = op['activation'] === clampsAt.relu6 ? Math.min(127 - zero, Math.round(6 / scale)) : 127 - zero;
    const kept = new Uint8Array(this.machine.memory.buffer, record['kept'], dy.length);
    const border = 0.26;
    return dy.map((value, i) => {
      const inside = Math.min(uncut[i] - (low - 0.5), high + 0.5 - uncut[i]);
      const passes = Math.abs(inside) < border ? kept[i] === 1 : inside > 0;
      return passes ? value : 0;
    });
  }

  private layer(op: Values): void {
    const record = this.record(op);
    const inputs = sizeOf(op, 'in');
    const dy = this.masked(op, record, this.gradient(op['y'], sizeOf(op, 'out')));
    const dx = this.gradient(op['x'], inputs);
    const x = this.wholes(op['x'], inputs * this.rows);
    const inScale = this.scale(record['in']);
    if (record['weights']) {
      const dw = new Float64Array(op['outC'] * inputs * op['outH'] * op['outW'] + op['outC']);
      const db = new Float64Array(op['outC']);
      this.products(op, record, (input, output, weight, index) => {
        dw[index] += x[input] * inScale * dy[output];
        dx[input] += weight * dy[output];
      });
      dy.forEach((value, i) => (db[i % op['outC']] += value));
      this.weights.set(op['w'], dw).set(op['b'], db);
    } else if (op['kind'] === opKinds.add) {
      const other = this.gradient(op['x2'], inputs);
      dy.forEach((value, i) => {
        dx[i] += value;
        other[i] += value;
      });
    } else if (op['kind'] === opKinds.activation) dy.forEach((value, i) => (dx[i] += value));
    else if (op['kind'] === opKinds.zeroPadding) this.padding(op, dy, dx);
    else this.pool(op, x, dy, dx);
  }

  private padding(op: Values, dy: Float64Array, dx: Float64Array): void {
    for (let row = 0; row < this.rows; row++)
      for (let i = 0; i < sizeOf(op, 'in'); i++) {
        const [y, rest] = [Math.floor(i / (op['inW'] * op['inC'])), i % (op['inW'] * op['inC'])];
        const out = ((y + op['padTop']) * op['outW'] + op['padLeft']) * op['outC'] + rest;
        dx[row * sizeOf(op, 'in') + i] += dy[row * sizeOf(op, 'out') + out];
      }
  }

  private pool(op: Values, x: Float32Array, dy: Float64Array, dx: Float64Array): void {
    const cells = new Map<number, number[]>();
    for (let row = 0; row < this.rows; row++)
      slide(op, row, (from, to) => {
        for (let c = 0; c < op['inC']; c++) {
          const inputs = cells.get(to + c);
          if (inputs) inputs.push(from + c);
          else cells.set(to + c, [from + c]);
        }
      });
    for (const [output, inputs] of cells) {
      const largest = Math.max(...inputs.map((input) => x[input]));
      const taking = op['kind'] === opKinds.maxPool ? [inputs.find((input) => x[input] === largest) ?? 0] : inputs;
      for (const input of taking) dx[input] += dy[output] / taking.length;
    }
  }

  /** @param labels one class per row; the loss is the mean cross-entropy of the softmax at the end. */
  run(labels: Int32Array): void {
    const { ops } = this.machine.plan;
    const loss = ops[ops.length - 1];
    const classes = loss['inC'];
    const logits = this.wholes(loss['x'], classes * this.rows);
    const last = this.gradient(ops[ops.length - 2]['x'], classes);
    for (let row = 0; row < this.rows; row++) {
      const own = [...logits.subarray(row * classes, (row + 1) * classes)];
      const exponentials = own.map((value) => Math.exp(value - Math.max(...own)));
      const sum = exponentials.reduce((a, b) => a + b, 0);
      exponentials.forEach((value, c) => {
        last[row * classes + c] = (value / sum - (c === labels[row] ? 1 : 0)) / this.rows;
      });
    }
    for (const op of ops.slice(1, -2).toReversed()) this.layer(op);
  }
}
