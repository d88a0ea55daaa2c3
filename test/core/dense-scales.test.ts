/**
 * A dense layer with one scale multiplies its scales in double precision, as TensorFlow Lite Micro's and LiteRT's
 * interpreters do. In float32 the product would be off by up to 3e-8: seen only in sums that lie next to a tie, so this
 * test puts every sum there.
 */
import { expect, it } from 'vitest';
import { Random } from '../../src/base';
import type { Graph, GraphNode } from '../../src/compress/graph';
import { writeTflite } from '../../src/compress/write';
import { loadCore } from '../../src/core';

/** MultiplyByQuantizedMultiplier of a ratio below 1, with the double rounding of the reference kernels. */
function requantised(sum: number, ratio: number): number {
  let exponent = 0;
  for (; ratio < 0.5; ratio *= 2) exponent++;
  const multiplier = BigInt(Math.round(ratio * 2 ** 31));
  const high = (BigInt(sum) * multiplier + (1n << 30n)) >> 31n;
  const half = exponent === 0 ? 0n : 1n << BigInt(exponent - 1);
  return Number((high + half) >> BigInt(exponent));
}

it('takes the product of the scales of a dense layer in double precision', async () => {
  const core = await loadCore();
  const random = new Random(11);
  const outputs = 200;
  let decidedByPrecision = 0;
  for (let network = 0; network < 50; network++) {
    const [input, weight] = [Math.fround(0.01 + random.uniform()), Math.fround(0.001 + 0.1 * random.uniform())];
    const output = Math.fround(input * weight * 2 ** 22 * (1 + random.uniform()));
    const ratio = (input * weight) / output;
    const tie = Math.round((random.below(100) + 0.5) / ratio);
    const bias = Int32Array.from({ length: outputs }, (_, i) => tie + i - outputs / 2);
    const node: GraphNode = {
      op: 'FULLY_CONNECTED',
      name: 'dense',
      inputs: [0],
      output: 1,
      weights: new Float64Array(outputs),
      bias: new Float64Array(outputs),
      activation: 'none',
    };
    const values = [
      { name: 'input', shape: [1, 1] },
      { name: 'dense', shape: [1, outputs] },
    ];
    const graph: Graph = { values, nodes: [node], layers: [1], input: 0, output: 1 };
    const quantized = {
      values: new Int8Array(outputs),
      bias,
      scales: Float32Array.of(weight),
      biasScales: Float32Array.of(input * weight),
    };
    const scales = [input, output].map((scale) => ({ scale, zeroPoint: 0 }));
    const model = core.openModel(writeTflite({ graph, values: scales, weights: new Map([[node, quantized]]) }, 'main'));
    const answers = new Int8Array(model.invoke([Uint8Array.of(1)])[0].buffer);
    model.close();
    const expected = Int8Array.from(bias, (sum) => requantised(sum, ratio));
    expect(answers).toEqual(expected);
    const single = Int8Array.from(bias, (sum) => requantised(sum, Math.fround(input * weight) / output));
    decidedByPrecision += single.filter((value, i) => value !== expected[i]).length;
  }
  // So that the test could fail.
  expect(decidedByPrecision).toBeGreaterThan(20);
});
