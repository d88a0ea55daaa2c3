/**
 * The WebAssembly module that the C++ core is compiled to: its exports, and copying in and out of its memory.
 * Knows nothing of what the numbers mean.
 */
import { readFile } from 'node:fs/promises';
import { assetPath } from '../base';
import { CoreError } from './errors';

/** Pointers and sizes are numbers; see firmware/sim/wasm/core_*.cpp. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  core_alloc(bytes: number): number;
  core_reset(): void;
  core_crc32(bytes: number, count: number, before: number): number;
  core_dsp_parameters(kind: number): number;
  core_dsp_default(kind: number, index: number): number;
  core_dsp_count(
    kind: number,
    count: number,
    params: number,
    frames: number,
    axes: number,
    rateHz: number,
    width: number,
  ): number;
  core_dsp_scratch(
    kind: number,
    count: number,
    params: number,
    frames: number,
    axes: number,
    rateHz: number,
    width: number,
  ): number;
  core_dsp_run(
    kind: number,
    count: number,
    params: number,
    frames: number,
    axes: number,
    rateHz: number,
    width: number,
    window: number,
    windows: number,
    features: number,
    scratch: number,
    scratchBytes: number,
    done: number,
  ): number;
  core_normalise(features: number, rows: number, n: number, mean: number, inverseStd: number, period: number): void;
  core_quantise(input: number, n: number, scale: number, zeroPoint: number, out: number): void;
  core_image_geometry(kind: number, count: number, params: number, width: number, height: number, out: number): number;
  core_image_scratch(
    kind: number,
    count: number,
    params: number,
    bytes: number,
    width: number,
    height: number,
    format: number,
    period: number,
  ): number;
  core_image_features(
    kind: number,
    count: number,
    params: number,
    bytes: number,
    width: number,
    height: number,
    format: number,
    features: number,
    scratch: number,
    scratchBytes: number,
  ): number;
  core_image_input(
    kind: number,
    count: number,
    params: number,
    bytes: number,
    width: number,
    height: number,
    format: number,
    mean: number,
    inverseStd: number,
    period: number,
    scale: number,
    zeroPoint: number,
    out: number,
    scratch: number,
    scratchBytes: number,
  ): number;
  core_stream_bytes(...call: readonly number[]): number;
  core_stream_begin(...call: readonly number[]): number;
  core_stream_restart(): void;
  core_stream_push(samples: number, count: number, features: number, width: number): number;
  core_anomaly(
    section: number,
    bytes: number,
    rows: number,
    count: number,
    features: number,
    outputs: number,
    scale: number,
    zeroPoint: number,
    out: number,
  ): number;
  core_objects(
    scores: number,
    rows: number,
    columns: number,
    labels: number,
    least: number,
    out: number,
    most: number,
  ): number;
  core_model_work(length: number): number;
  core_model_required(tflite: number, length: number, work: number, workBytes: number, out: number): number;
  core_model_required_text(): number;
  core_model_plan(tflite: number, length: number, work: number, workBytes: number, out: number, most: number): number;
  core_model_load(tflite: number, length: number, memory: number, bytes: number): number;
  core_model_calls(tflite: number, length: number, memory: number, text: number, bytes: number): number;
  core_model_text(): number;
  core_model_invoke(): number;
  core_model_reset(): void;
  core_model_invoke_operator(index: number): number;
  core_model_count(what: number): number;
  core_model_view(what: number, index: number): number;
  core_model_operator(index: number): number;
}

/** What the module asks of its host: a stopwatch, in microseconds that wrap, for the simulated board. */
export const coreImports = { env: { host_micros: () => Math.round(performance.now() * 1000) >>> 0 } };

let compiled: Promise<WebAssembly.Module> | undefined;

/** The module, compiled once per process. A failed attempt is not kept. */
export function coreModule(): Promise<WebAssembly.Module> {
  compiled ??= compile().catch((error: unknown) => {
    compiled = undefined;
    throw error;
  });
  return compiled;
}

async function compile(): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(await readFile(assetPath('wasm', 'dormouse.wasm')));
  } catch (cause) {
    throw new CoreError('core-missing', 'The computing core of Dormouse could not be started.', cause);
  }
}

/** One instance with its own memory. Views are made anew at each access, since memory may have grown. */
export class CoreInstance {
  readonly exports: CoreExports;

  constructor(module: WebAssembly.Module) {
    this.exports = new WebAssembly.Instance(module, coreImports).exports as unknown as CoreExports;
  }

  /** 16-aligned memory; throws CoreError 'too-large' when there is no more. */
  allocate(bytes: number): number {
    const pointer = this.exports.core_alloc(bytes);
    if (pointer === 0) throw new CoreError('too-large', `There is not enough memory for ${bytes} bytes.`);
    return pointer;
  }

  putFloats(values: ArrayLike<number>): number {
    const pointer = this.allocate(values.length * 4);
    new Float32Array(this.exports.memory.buffer, pointer, values.length).set(values);
    return pointer;
  }

  putBytes(bytes: Uint8Array, pointer = this.allocate(bytes.length)): number {
    new Uint8Array(this.exports.memory.buffer, pointer, bytes.length).set(bytes);
    return pointer;
  }

  floats(pointer: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.exports.memory.buffer, pointer, count).slice();
  }

  bytes(pointer: number, count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.exports.memory.buffer, pointer, count).slice();
  }

  words(pointer: number, count: number): Int32Array {
    return new Int32Array(this.exports.memory.buffer, pointer, count).slice();
  }

  /** A zero-terminated string. */
  text(pointer: number): string {
    const memory = new Uint8Array(this.exports.memory.buffer);
    let end = pointer;
    while (end < memory.length && memory[end] !== 0) end++;
    return new TextDecoder().decode(memory.slice(pointer, end));
  }
}
