/** Runs an int8 model through the board's own arithmetic, row after row. Knows nothing of how it was made. */
import type { Core } from '../core';
import type { QuantizedModel } from './types';

export interface Int8Scores {
  /** count * outputs: what the board puts out. */
  readonly int8: Int8Array;
  /** The same as real numbers: scale * (q - zeroPoint); probabilities for a classifier. */
  readonly scores: Float32Array;
  readonly outputs: number;
}

/**
 * @param rows count * width normalised inputs (quantised here, by the core's own rule).
 * @throws CoreError where the core cannot run the model.
 */
export function runInt8(core: Core, model: QuantizedModel, rows: Float32Array, count: number): Int8Scores {
  const open = core.openModel(model.tflite);
  try {
    const width = open.inputs[0].bytes;
    const outputs = open.outputs[0].bytes;
    const int8 = new Int8Array(count * outputs);
    for (let row = 0; row < count; row++) {
      const input = core.quantise(
        rows.subarray(row * width, (row + 1) * width),
        model.inputScale,
        model.inputZeroPoint,
      );
      open.reset();
      const [output] = open.invoke([new Uint8Array(input.buffer, input.byteOffset, input.byteLength)]);
      int8.set(new Int8Array(output.buffer, output.byteOffset, output.byteLength), row * outputs);
    }
    const scores = Float32Array.from(int8, (q) => model.outputScale * (q - model.outputZeroPoint));
    return { int8, scores, outputs };
  } finally {
    open.close();
  }
}
