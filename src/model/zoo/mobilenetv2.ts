/**
 * MobileNet v2: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (arXiv 1801.04381, 2018),
 * table 2: thin layers without an activation between blocks that expand sixfold, filter and project. Layers, names and
 * rounding of the channels are those of Keras' MobileNetV2. fomo is its beginning.
 */
import type { LayerSpec } from '../spec';
import { ImageLayers } from './builder';
import type { ModelSize } from './types';

export const mobileNetV2Alpha: Readonly<Record<ModelSize, number>> = { small: 0.1, medium: 0.35, large: 0.5 };

/** [channels at alpha 1, stride] of the blocks after the first, which does not expand. */
const blocks: readonly (readonly [number, number])[] = [
  [24, 2],
  [24, 1],
  [32, 2],
  [32, 1],
  [32, 1],
  [64, 2],
  [64, 1],
  [64, 1],
  [64, 1],
  [96, 1],
  [96, 1],
  [96, 1],
  [160, 2],
  [160, 1],
  [160, 1],
  [320, 1],
];
const expansion = 6;

/** The nearest multiple of 8, 8 at least, and never less than nine tenths of what was asked for. */
function inEights(channels: number): number {
  const rounded = Math.max(Math.floor((channels + 4) / 8) * 8, 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/** The layers up to the expansion of block `cut`, or all with the last convolution where it is not given. */
export function mobileNetV2Trunk(alpha: number, inputShape: readonly number[], cut?: number): ImageLayers {
  const image = new ImageLayers(inputShape);
  const norm = (name: string, activation: 'none' | 'relu6') => ({ name, activation, suffix: '_BN' });
  image.conv(inEights(32 * alpha), [3, 3], [2, 2], { name: 'Conv1', activation: 'none', bias: false });
  image.norm('bn_Conv1', 'relu6');
  image.depthwiseNorm([1, 1], norm('expanded_conv_depthwise', 'relu6'));
  image.convNorm(inEights(16 * alpha), [1, 1], [1, 1], norm('expanded_conv_project', 'none'));
  let last = 'expanded_conv_project_BN';
  for (const [index, [wanted, stride]] of blocks.entries()) {
    const name = `block_${index + 1}`;
    const before = image.channels;
    const channels = inEights(wanted * alpha);
    image.convNorm(before * expansion, [1, 1], [1, 1], norm(`${name}_expand`, 'relu6'));
    if (index + 1 === cut) return image;
    image.depthwiseNorm([stride, stride], norm(`${name}_depthwise`, 'relu6'));
    image.convNorm(channels, [1, 1], [1, 1], norm(`${name}_project`, 'none'));
    const residual = stride === 1 && before === channels;
    if (residual) image.add(`${name}_add`, [last, `${name}_project_BN`], 'none');
    last = `${name}_${residual ? 'add' : 'project_BN'}`;
  }
  return image.convNorm(alpha > 1 ? inEights(1280 * alpha) : 1280, [1, 1], [1, 1], {
    name: 'Conv_1',
    activation: 'relu6',
    suffix: '_bn',
  });
}

export function mobileNetV2(alpha: number, inputShape: readonly number[]): LayerSpec[] {
  return mobileNetV2Trunk(alpha, inputShape).globalPool().dropout(0.1).layers;
}
