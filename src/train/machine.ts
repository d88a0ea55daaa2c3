/**
 * One instance of the training kernels over one memory: puts rows and weights in, runs a batch, takes results out.
 * Knows nothing of epochs, threads' life or who called.
 */
import { readFileSync } from 'node:fs';
import { assetPath } from '../base';
import { initialWeights, type LayerWeights, type ModelSpec, type ModelWeights } from '../model';
import type { LabelledRows } from './engine';
import { TrainError } from './errors';
import { jobBytes, modes, opBytes, quantisedBytes, writeJob, writeOp, writeQuantised, type Values } from './layout';
import type { Plan, PlannedRows } from './plan';

interface Kernels {
  /** Where this instance's thread keeps its stack; each thread of a memory needs its own. */
  readonly __stack_pointer: { value: number };
  readonly __heap_base: { readonly value: number };
  train_lead(job: number): void;
  train_serve(job: number, thread: number, seen: number): void;
  train_op_bytes(): number;
  train_job_bytes(): number;
  train_quantised_bytes(): number;
  train_gemm(m: number, n: number, k: number, a: number, b: number, c: number, pack: number): void;
}

/** As linked in scripts/core-build.mjs: 2 GiB. */
const mostPages = 32_768;
const pageBytes = 65_536;

let compiled: WebAssembly.Module | undefined;

/** The training kernels, compiled once per process. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(assetPath('wasm', 'train.wasm')));
  return compiled;
}

/** Where the kernels leave memory free. */
let heapBase: number | undefined;
export function kernelHeapBase(): number {
  heapBase ??= kernelsOn(kernelModule(), new WebAssembly.Memory({ initial: 2, maximum: mostPages, shared: true }))
    .__heap_base.value;
  return heapBase;
}

function kernelsOn(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}

/** Memory for so many bytes, or one sentence why not. */
export function reserveMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / pageBytes);
  try {
    if (pages > mostPages) throw new RangeError('more than the kernels can address');
    return new WebAssembly.Memory({ initial: Math.max(pages, 2), maximum: mostPages, shared: true });
  } catch (error) {
    const problem = `Training would need ${Math.ceil(bytes / 2 ** 20)} MiB of memory, more than this computer gives.`;
    throw new TrainError('out-of-memory', problem, 'Choose a smaller batch, a smaller model, or fewer rows.', error);
  }
}

/** Runs a helping thread until its leader quits; blocks. */
export function serve(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  job: number,
  thread: number,
  stack: number,
): void {
  const kernels = kernelsOn(module, memory);
  kernels.__stack_pointer.value = stack;
  kernels.train_serve(job, thread, 0);
}

export interface BatchRun {
  readonly mode: keyof typeof modes;
  readonly rows: PlannedRows;
  /** First entry of the order that belongs to this batch, and how many. */
  readonly from: number;
  readonly count: number;
  readonly settings?: Values;
}

export class Machine {
  private readonly kernels: Kernels;
  private readonly view: DataView;
  readonly floats: Float32Array;
  readonly wholes: Int32Array;

  constructor(
    module: WebAssembly.Module,
    readonly memory: WebAssembly.Memory,
    readonly plan: Plan,
  ) {
    this.kernels = kernelsOn(module, memory);
    const { kernels } = this;
    if (
      kernels.train_op_bytes() !== opBytes ||
      kernels.train_job_bytes() !== jobBytes ||
      kernels.train_quantised_bytes() !== quantisedBytes
    )
      throw new TrainError(
        'unsupported',
        'The training kernels and the program around them are of different versions.',
        'Install Dormouse again.',
      );
    this.kernels.__stack_pointer.value = plan.stacks[0];
    this.view = new DataView(memory.buffer);
    this.floats = new Float32Array(memory.buffer);
    this.wholes = new Int32Array(memory.buffer);
  }

  /** Clears the plan's memory and writes its program. Must happen before any thread serves it. */
  install(): void {
    const { plan } = this;
    new Uint8Array(this.memory.buffer, plan.job, plan.bytes - plan.job).fill(0);
    writeJob(this.view, plan.job, plan.jobValues);
    plan.ops.forEach((op, index) => {
      writeOp(this.view, plan.jobValues['ops'] + index * opBytes, op);
    });
    for (const { at, values } of plan.quantised?.records ?? []) writeQuantised(this.view, at, values);
    for (const { at, range } of plan.quantised?.ranges ?? []) {
      this.view.setFloat64(at, range.min, true);
      this.view.setFloat64(at + 8, range.max, true);
    }
    this.floats.fill(1, plan.classWeights / 4, plan.classWeights / 4 + plan.classes);
    if (plan.mask) new Uint8Array(this.memory.buffer, plan.mask, plan.jobValues['paramCount']).fill(1);
  }

  /** Weights of a checked spec into place; without any, fresh ones from the seed. */
  setWeights(spec: ModelSpec, weights: ModelWeights | undefined, seed: number): void {
    const values = weights ?? initialWeights(spec, seed);
    for (const spot of this.plan.weights) this.floats.set(values[spot.layer][spot.name] as Float32Array, spot.at / 4);
  }

  private arraysOf(layers: number, at: (spot: Plan['weights'][number]) => number): LayerWeights[] {
    const result: Record<string, Float32Array>[] = Array.from({ length: layers }, () => ({}));
    for (const spot of this.plan.weights)
      if (at(spot)) result[spot.layer][spot.name] = this.floats.slice(at(spot) / 4, at(spot) / 4 + spot.length);
    return result;
  }

  weights(layers: number): ModelWeights {
    return this.arraysOf(layers, (spot) => spot.at);
  }

  gradients(layers: number): ModelWeights {
    return this.arraysOf(layers, (spot) => (spot.frozen ? 0 : spot.gradientAt));
  }

  /** Of predictions neither labels nor targets matter. */
  setRows(rows: PlannedRows, data: Pick<LabelledRows, 'x' | 'targets'> & { y?: Int32Array }): void {
    this.floats.set(data.x, rows.x / 4);
    if (data.y && this.plan.jobValues['labelsPerRow']) this.wholes.set(data.y, rows.y / 4);
    if (typeof data.targets === 'object') this.floats.set(data.targets, rows.targets / 4);
    for (let i = 0; i < rows.count; i++) this.wholes[rows.order / 4 + i] = i;
  }

  /** The order in which the rows are gone through; a view. */
  orderOf(rows: PlannedRows): Int32Array {
    return this.wholes.subarray(rows.order / 4, rows.order / 4 + rows.count);
  }

  /** The kernel of a layer; a view. */
  kernelOf(layer: number): Float32Array | undefined {
    const spot = this.plan.weights.find((entry) => entry.layer === layer && entry.name === 'kernel');
    return spot && this.floats.subarray(spot.at / 4, spot.at / 4 + spot.length);
  }

  /** Pins the values of a layer's kernel whose mask is 0 to exactly 0, until told otherwise. The plan must be masked. */
  pin(layer: number, mask: Uint8Array): void {
    const kernel = this.kernelOf(layer);
    if (!kernel) return;
    const first = (kernel.byteOffset - this.plan.jobValues['params']) / 4;
    // A frozen kernel lies behind what the optimiser moves, so its zeros stay by themselves.
    if (first < this.plan.jobValues['paramCount'])
      new Uint8Array(this.memory.buffer, this.plan.mask + first, mask.length).set(mask);
    for (let i = 0; i < mask.length; i++) if (!mask[i]) kernel[i] = 0;
  }

  /** A copy of all that a step changes: what restore() wants. */
  save(): { values: Float32Array; mask: Uint8Array | undefined } {
    const { state, mask, jobValues } = this.plan;
    const values = new Float32Array(state.reduce((sum, [, length]) => sum + length, 0));
    let place = 0;
    for (const [at, length] of state) {
      values.set(this.floats.subarray(at / 4, at / 4 + length), place);
      place += length;
    }
    return {
      values,
      mask: mask ? new Uint8Array(this.memory.buffer, mask, jobValues['paramCount']).slice() : undefined,
    };
  }

  restore({ values, mask }: { values: Float32Array; mask: Uint8Array | undefined }): void {
    let place = 0;
    for (const [at, length] of this.plan.state) {
      this.floats.set(values.subarray(place, place + length), at / 4);
      place += length;
    }
    if (mask) new Uint8Array(this.memory.buffer, this.plan.mask, mask.length).set(mask);
  }

  /** One batch: returns the loss summed over its rows, and how many were right. */
  run({ mode, rows, from, count, settings }: BatchRun): { loss: number; correct: number } {
    const { plan } = this;
    writeJob(this.view, plan.job, {
      mode: modes[mode],
      rows: count,
      dataX: rows.x,
      dataY: rows.y,
      dataTargets: rows.targets,
      order: rows.order + from * 4,
      ...settings,
    });
    this.kernels.train_lead(plan.job);
    let loss = 0;
    let correct = 0;
    for (let shard = 0; shard < plan.shards; shard++) {
      loss += this.view.getFloat64(plan.shardLoss + shard * 8, true);
      correct += this.wholes[plan.shardCorrect / 4 + shard];
    }
    return { loss, correct };
  }

  /** Lets the helping threads go. */
  quit(): void {
    writeJob(this.view, this.plan.job, { mode: modes.quit });
    this.kernels.train_lead(this.plan.job);
  }

  /** For benchmarks: c[m][n] = a[m][k] b[k][n], offsets in bytes. */
  gemm(m: number, n: number, k: number, a: number, b: number, c: number, pack: number): void {
    this.kernels.train_gemm(m, n, k, a, b, c, pack);
  }
}
