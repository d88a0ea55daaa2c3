/** Where int8 loses what: each layer's output in the core against the float network's. Knows nothing of labels. */
import type { Core } from '../../core';
import { runGraph } from '../float-forward';
import { lower } from '../lower';
import type { LayerNoise, QuantizedModel } from '../types';
import type { WeightedModel } from '../fold';

/** Where there is no difference at all, or nothing but zeros. */
const mostDb = 120;

/**
 * @param rows count * width normalised inputs.
 * @param model what was quantised: its lowered graph has the same nodes, in the same order, as the file.
 */
export function layerNoise(
  core: Core,
  model: WeightedModel,
  quantized: QuantizedModel,
  rows: Float32Array,
  count: number,
): LayerNoise[] {
  const graph = lower(model.spec, model.weights);
  const open = core.openModel(quantized.tflite);
  try {
    if (open.operators.join() !== graph.nodes.map((node) => node.op).join())
      throw new Error('the int8 file was not made of this network');
    const width = rows.length / count;
    const signal = new Float64Array(graph.nodes.length);
    const noise = new Float64Array(graph.nodes.length);
    runGraph(graph, rows, count, (values, row) => {
      const input = core.quantise(
        rows.subarray(row * width, (row + 1) * width),
        quantized.inputScale,
        quantized.inputZeroPoint,
      );
      open.reset();
      open.invokeByOperator(
        [new Uint8Array(input.buffer, input.byteOffset, input.byteLength)],
        (index, _name, output, bytes) => {
          const float = values[graph.nodes[index].output];
          for (let i = 0; i < float.length; i++) {
            const whole = (bytes[i] << 24) >> 24;
            signal[index] += float[i] ** 2;
            noise[index] += (float[i] - output.scale * (whole - output.zeroPoint)) ** 2;
          }
        },
      );
    });
    return graph.nodes.flatMap((node, index) => {
      if (node.op === 'RESHAPE') return [];
      const ratio = 10 * Math.log10(signal[index] / noise[index]);
      return [{ name: node.name, operator: node.op, snrDb: Math.min(mostDb, Number.isNaN(ratio) ? mostDb : ratio) }];
    });
  } finally {
    open.close();
  }
}
