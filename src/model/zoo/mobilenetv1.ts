/**
 * MobileNet v1: Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications"
 * (arXiv 1704.04861, 2017), table 1, with any width (alpha) and resolution. Layers, names and rounding of the channels
 * (down) are those of Keras' MobileNet, so that its weights fit; strides of 2 pad as `same` does, which is Keras'
 * explicit padding wherever sides are even.
 */
import type { LayerSpec } from '../spec';
import { ImageLayers } from './builder';
import type { ModelSize } from './types';

export const mobileNetV1Alpha: Readonly<Record<ModelSize, number>> = { small: 0.1, medium: 0.25, large: 0.5 };

/** [filters at alpha 1, stride] of the separable blocks. */
const blocks: readonly (readonly [number, number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

export function mobileNetV1(alpha: number, inputShape: readonly number[]): LayerSpec[] {
  // 512 * 0.2 must not fall below 102 by the last bit of a product.
  const scaled = (filters: number) => Math.max(Math.floor(filters * alpha + 1e-9), 1);
  const image = new ImageLayers(inputShape);
  image.convNorm(scaled(32), [3, 3], [2, 2], { name: 'conv1', activation: 'relu6' });
  blocks.forEach(([filters, stride], index) => {
    image.depthwiseNorm([stride, stride], { name: `conv_dw_${index + 1}`, activation: 'relu6' });
    image.convNorm(scaled(filters), [1, 1], [1, 1], { name: `conv_pw_${index + 1}`, activation: 'relu6' });
  });
  return image.globalPool().dropout(0.1).layers;
}
