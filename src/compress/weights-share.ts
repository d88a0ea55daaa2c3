/** How many of a .tflite's stored weights are zero. Knows nothing of why. */
import { readTflite } from './read';
import { slots } from './schema/facts';
import { Table } from './schema/table-reader';

const weighted: ReadonlySet<string> = new Set(['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED']);

/**
 * Share of the int8 or float32 weights (not biases) of convolutions and dense layers that are exactly 0; NaN where there are none.
 * @throws CompressError as readTflite().
 */
export function zeroShareOf(tflite: Uint8Array): number {
  const { operators, tensors } = readTflite(tflite);
  const root = Table.root(new DataView(tflite.buffer, tflite.byteOffset, tflite.byteLength));
  const stored = root.tables(slots.model.subgraphs)[0].tables(slots.subgraph.tensors);
  const buffers = root.tables(slots.model.buffers);
  let zeros = 0;
  let count = 0;
  for (const { name, inputs } of operators) {
    if (!weighted.has(name)) continue;
    const bytes = buffers[stored[inputs[1]].uint32(slots.tensor.buffer)].bytes(slots.buffer.data) ?? new Uint8Array(0);
    const size = tensors[inputs[1]].type === 'float32' ? 4 : 1;
    for (let i = 0; i < bytes.length; i += size, count++)
      // Minus zero is zero, too.
      if (bytes.subarray(i, i + size).every((byte, k) => byte === 0 || (k === 3 && byte === 0x80))) zeros++;
  }
  return count === 0 ? NaN : zeros / count;
}
