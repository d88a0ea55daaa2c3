/** Sound that keeps coming, through the board's own streaming features, in a WebAssembly instance of its own. */
import { dspNumbers } from './dsp-parameters';
import { CoreError } from './errors';
import type { DspBlock, SoundStream, WindowShape } from './types';
import { CoreInstance } from './wasm';

/** Samples handed over at a time. */
const chunk = 1 << 20;

type Arguments = [
  kind: number,
  count: number,
  params: number,
  frames: number,
  axes: number,
  rateHz: number,
  stride: number,
];

function callOf(core: CoreInstance, block: DspBlock, shape: WindowShape, strideFrames: number): Arguments {
  const params = core.putFloats(block.params);
  return [dspNumbers[block.kind], block.params.length, params, shape.frames, shape.axes, shape.rateHz, strideFrames];
}

/** Bytes of RAM that a board keeps for it; undefined where the block or the stride cannot stream. */
export function soundStateBytes(
  core: CoreInstance,
  block: DspBlock,
  shape: WindowShape,
  strideFrames: number,
): number | undefined {
  if (shape.axes !== 1 || !Number.isInteger(strideFrames) || strideFrames < 1) return undefined;
  core.exports.core_reset();
  const bytes = core.exports.core_stream_bytes(...callOf(core, block, shape, strideFrames));
  return bytes < 0 ? undefined : bytes;
}

class OpenedSound implements SoundStream {
  constructor(
    private readonly core: CoreInstance,
    private readonly width: number,
    private readonly samples: number,
    private readonly features: number,
  ) {}

  push(values: Int16Array): Float32Array {
    const parts: Float32Array[] = [];
    for (let at = 0; at < values.length; at += chunk) {
      const some = values.subarray(at, at + chunk);
      new Int16Array(this.core.exports.memory.buffer, this.samples, some.length).set(some);
      const windows = this.core.exports.core_stream_push(this.samples, some.length, this.features, this.width);
      parts.push(this.core.floats(this.features, windows * this.width));
    }
    if (parts.length === 1) return parts[0];
    const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  restart(): void {
    this.core.exports.core_stream_restart();
  }
}

export function openSound(
  module: WebAssembly.Module,
  width: number,
  block: DspBlock,
  shape: WindowShape,
  strideFrames: number,
  unit: number,
): SoundStream {
  const core = new CoreInstance(module);
  const bytes = soundStateBytes(core, block, shape, strideFrames);
  if (bytes === undefined)
    throw new CoreError(
      'bad-parameter',
      `The ${block.kind} block cannot stream with a stride of ${strideFrames} frames.`,
    );
  core.exports.core_reset();
  const call = callOf(core, block, shape, strideFrames);
  const state = core.allocate(bytes);
  if (core.exports.core_stream_begin(...call, unit, state, bytes) !== 0)
    throw new CoreError('bad-parameter', `The ${block.kind} block cannot stream.`);
  const samples = core.allocate(chunk * 2);
  // A window that was nearly whole before a push may be one more than the push has strides.
  const features = core.allocate((Math.ceil(chunk / strideFrames) + 1) * width * 4);
  return new OpenedSound(core, width, samples, features);
}
