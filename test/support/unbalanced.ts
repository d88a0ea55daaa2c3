/**
 * Networks that are hard on int8: the same function, with channels of very different size, as MobileNets are known to
 * learn them (Nagel et al., 2019, "Data-free quantization through weight equalization and bias correction", figure 2).
 */
import { Random } from '../../src/base';
import type { ModelSpec, ModelWeights } from '../../src/model';

/**
 * Each channel behind a relu is made up to 2^reach times smaller, and what reads it as much larger. For networks whose
 * layers follow each other, with biases, without batch norm, relu6 and depthwise layers.
 */
export function unbalanced(spec: ModelSpec, weights: ModelWeights, reach: number, seed: number): ModelWeights {
  const random = new Random(seed);
  const made = weights.map((layer) => ({ ...layer }));
  const weighted = spec.layers.flatMap((_, index) => (weights[index].kernel ? [index] : []));
  weighted.slice(0, -1).forEach((index, place) => {
    const { kernel, bias } = made[index];
    const next = weighted[place + 1];
    const reader = made[next];
    if (!kernel || !bias || !reader.kernel || !reader.bias) return;
    const scales = Float32Array.from(bias, () => 2 ** -random.below(reach + 1));
    made[index] = {
      kernel: kernel.map((weight, i) => weight * scales[i % bias.length]),
      bias: bias.map((value, c) => value * scales[c]),
    };
    // Kernels are [..., in, out], and a flattened image has its channels last.
    const filters = reader.bias.length;
    made[next] = {
      ...reader,
      kernel: reader.kernel.map((weight, i) => weight / scales[Math.floor(i / filters) % bias.length]),
    };
  });
  return made;
}
