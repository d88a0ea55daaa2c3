/** A batch is cut into shards; some of them may be empty, and none of that may show in the gradients. */
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { initialWeights, macsOf, type ModelSpec } from '../../src/model';
import { coreEngine } from '../../src/train';

const engine = coreEngine({ workerScript: null });
afterAll(() => engine.close());

/** Enough arithmetic for as many shards as there may be. */
const spec: ModelSpec = {
  version: 1,
  input: [40, 6],
  layers: [
    { kind: 'conv1d', filters: 32, kernel: 5, stride: 1, padding: 'same', activation: 'relu' },
    { kind: 'conv1d', filters: 32, kernel: 5, stride: 1, padding: 'same', activation: 'relu' },
    { kind: 'flatten' },
    { kind: 'dense', units: 160, activation: 'relu' },
    { kind: 'dense', units: 3, activation: 'none' },
    { kind: 'softmax' },
  ],
};

describe('the gradient of a batch', () => {
  // 9 and 17 rows make 8 shards of 2 and 3 rows, the last of which are empty.
  it.each([8, 9, 17])('is the mean over its %d rows, one at a time', async (count) => {
    expect((macsOf(spec) * count) / 8).toBeGreaterThan(400_000);
    const random = new Random(count);
    const width = 240;
    const x = Float32Array.from({ length: count * width }, () => random.normal());
    const y = Int32Array.from({ length: count }, (_, i) => i % 3);
    const weights = initialWeights(spec, 5);
    const whole = await engine.gradients(spec, weights, { count, x, y });
    let loss = 0;
    const sums = whole.gradients.map((layer) =>
      Object.fromEntries(
        (Object.entries(layer) as [string, Float32Array][]).map(([name, values]) => [
          name,
          new Float64Array(values.length),
        ]),
      ),
    );
    for (let row = 0; row < count; row++) {
      const one = { count: 1, x: x.slice(row * width, (row + 1) * width), y: y.slice(row, row + 1) };
      const part = await engine.gradients(spec, weights, one);
      loss += part.loss / count;
      part.gradients.forEach((layer, i) => {
        for (const [name, values] of Object.entries(layer) as [string, Float32Array][])
          values.forEach((value, k) => (sums[i][name][k] += value / count));
      });
    }
    expect(whole.loss).toBeCloseTo(loss, 5);
    whole.gradients.forEach((layer, i) => {
      for (const [name, values] of Object.entries(layer) as [string, Float32Array][])
        values.forEach((value, k) => {
          if (!(Math.abs(value - sums[i][name][k]) < 1e-5)) expect(value, `${i} ${name}[${k}]`).toBe(sums[i][name][k]);
        });
    });
  });
});
